"""This room reads from an address what somebody wants to write: where, about what, instead of what."""

from starlette.datastructures import QueryParams

from webchat.posts.show import ref_of
from webchat.publish import commands, forms
from webchat.publish.forms import Sheet
from webchat.session.session import Session
from webchat.web.reader import reader
from webchat.xmpp import atom
from webchat.xmpp.entries import MICROBLOG, Ref


def key(session: Session, query: QueryParams) -> str:
    """Under which key the draft of this sheet would be."""
    if named := query.get("draft", "")[:64]:
        return named
    item, url = query.get("item", "")[: forms.LONGEST], query.get("url", "")[: forms.MOST_ADDRESS]
    return commands.key_of(_place(session, query), item, _reply(query), url)


def begun(session: Session, query: QueryParams) -> Sheet:
    """A sheet that nobody has written on yet, with what was brought from outside."""
    url = query.get("url", "").strip()[: forms.MOST_ADDRESS]
    url = url if url.startswith(("https://", "http://")) else ""
    texts = (query.get("text", "").strip()[: forms.MOST_TEXT], url)
    return Sheet(
        # A draft that is gone leaves a sheet like any other.
        key=commands.key_of("", "", "", "") if query.get("draft") else key(session, query),
        id=commands.fresh_id(),
        where=_place(session, query),
        item=query.get("item", "")[: forms.LONGEST],
        reply=_reply(query),
        url=url,
        title=query.get("title", "").strip()[: forms.MOST_TITLE],
        text="\n\n".join(text for text in texts if text),
        language=reader.get().language,
    )


def reference(text: str) -> Ref | None:
    """The post that is named by its xmpp: URI, the path of its page, or service/node/item; None for none."""
    text = text.strip()[: 4 * forms.LONGEST]
    found = atom.ref(text) if text.startswith("xmpp:") else ref_of(text)
    if found is None and not text.startswith(("xmpp:", "/")) and text.count("/") >= 2:
        service, _, rest = text.partition("/")
        node, _, item = rest.rpartition("/")
        found = Ref(service, node, item)
    return found if found is not None and found.service and found.node and found.item else None


def _place(session: Session, query: QueryParams) -> str:
    service, node = query.get("service", "").strip(), query.get("node", "").strip()
    if not service or not node or (service == session.jid and node == MICROBLOG):
        return ""
    return f"{service}/{node}"[: 2 * forms.LONGEST]


def _reply(query: QueryParams) -> str:
    found = reference(query.get("reply", ""))
    return atom.uri(found) if found is not None else ""
