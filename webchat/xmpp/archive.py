"""This room asks an archive, our own or that of a room, for one page of messages (XEP-0313 with XEP-0059)."""

import secrets
from datetime import datetime
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import XmppError
from webchat.xmpp import dates, forms
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Query, Stream
from webchat.xmpp.events import ArchivePage

_SET = f"{{{ns.RSM}}}set"
_FIN = f"{{{ns.MAM}}}fin"


async def page(
    stream: Stream,
    *,
    to: str = "",
    with_jid: str = "",
    after: str = "",
    before: str | None = None,
    limit: int = 100,
    start: datetime | None = None,
    end: datetime | None = None,
    timeout: float = 20,
) -> ArchivePage:
    """At most `limit` results, in archive order.

    to          the room whose own archive is asked (XEP-0313 §5), "" for ours
    with_jid    bare address of one conversation, "" for everything
    after       forward from behind this archive id ("" = from the oldest)
    before      backward from this archive id, "" from the newest; takes the place of `after`
    start, end  only what the archive took in between these moments

    Raises XmppError ("item-not-found": the archive has no such id any longer), TimedOut, Offline.
    """
    query = Query(secrets.token_hex(8), with_jid, limit, room=to)
    stream.queries[query.id] = query
    try:
        question = _question(query, after, before, start, end)
        answer = await stream.request("set", question, to=to, timeout=timeout)
    finally:
        del stream.queries[query.id]
    fin = answer.find(_FIN)
    if fin is None:
        raise XmppError("undefined-condition")
    results = list({id: (id, stamp, event) for id, stamp, event in query.results}.values())
    first = results[0][0] if results else ""
    last = results[-1][0] if results else ""
    direction: Literal["forward", "backward"] = "forward" if before is None else "backward"
    # A page that leads nowhere new must end the walk, whatever the server says.
    stuck = (last == after) if before is None else (first == (before or ""))
    return ArchivePage(
        conversation=to or with_jid,
        room=bool(to),
        query=direction,
        after=after if before is None else "",
        before=before or "",
        first=first,
        last=last,
        complete=not results or stuck or fin.get("complete") in ("true", "1"),
        results=tuple(results),
    )


def _question(
    query: Query, after: str, before: str | None, start: datetime | None, end: datetime | None
) -> Element:
    xml = Element(f"{{{ns.MAM}}}query", {"queryid": query.id})
    fields = {"with": query.with_jid} if query.with_jid else {}
    fields |= {name: dates.text(moment) for name, moment in (("start", start), ("end", end)) if moment}
    if fields:
        xml.append(forms.submit(ns.MAM, fields))
    window = SubElement(xml, _SET)
    SubElement(window, f"{{{ns.RSM}}}max").text = str(query.limit)
    if before is not None:
        SubElement(window, f"{{{ns.RSM}}}before").text = before
    elif after:
        SubElement(window, f"{{{ns.RSM}}}after").text = after
    return xml
