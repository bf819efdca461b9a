"""This room answers requests: pushes of roster and blocklist, pings, what we are; to the rest it says no."""

from xml.etree.ElementTree import Element

from webchat.xmpp import bits, blocking, disco, errors, roster
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context
from webchat.xmpp.events import Event, RosterPushed

IQ = f"{{{ns.CLIENT}}}iq"
_PING = f"{{{ns.PING}}}ping"


def answer(xml: Element, context: Context) -> tuple[Element | None, Event | None]:
    """The stanza to send back and what was learnt; (None, None) for an answer or what cannot be answered.

    Time, version, last activity, Jingle and commands are refused like anything unknown, so that a stranger
    learns nothing that an absent address would not tell as well. Who we are hear those who see our presence.
    """
    kind, id = xml.get("type"), xml.get("id")
    if xml.tag != IQ or kind not in ("get", "set") or not id:
        return None, None
    payload = xml[0] if len(xml) == 1 else None
    if payload is None:
        return _refuse(xml, "bad-request"), None
    if payload.tag == roster.QUERY and kind == "set":
        return _pushed(xml, payload, context)
    if kind == "set" and payload.tag in (blocking.BLOCK, blocking.UNBLOCK):
        return _blocked(xml, payload, context)
    if payload.tag == bits.DATA and context.knows(xml.get("from")):
        # COMPAT(Movim, 0.26): it asks by a set.
        data = bits.told(payload)
        return _refuse(xml, "item-not-found") if data is None else _reply(xml, data), None
    if kind == "get" and context.knows(xml.get("from")):
        if payload.tag == _PING:  # XEP-0199 §4
            return _reply(xml), None
        node = payload.get("node", "")
        if payload.tag == disco.INFO_QUERY:
            if not disco.is_ours(node, context.features):
                return _refuse(xml, "item-not-found"), None
            return _reply(xml, disco.our_info(context.features, node)), None
        if payload.tag == disco.ITEMS_QUERY:
            return _reply(xml, Element(disco.ITEMS_QUERY, {"node": node} if node else {})), None
    return _refuse(xml, "service-unavailable"), None


def _pushed(xml: Element, query: Element, context: Context) -> tuple[Element | None, Event | None]:
    """RFC 6121 §2.1.6: only our own account pushes, one item at a time."""
    sender = xml.get("from")
    if sender is not None and not context.is_own(sender):
        context.drop("roster")
        return _refuse(xml, "service-unavailable"), None
    items = roster.read_items(query) if len(query) == 1 else []
    if len(items) != 1:
        return _refuse(xml, "bad-request"), None
    # At once: whoever may see us from now on gets our presence now, and asks what we are.
    people = context.acquainted.get("people", frozenset()) - {items[0].jid}
    sees_us = items[0].subscription in ("from", "both")
    context.acquainted["people"] = people | {items[0].jid} if sees_us else people
    return _reply(xml), RosterPushed(items[0], query.get("ver", ""))


def _blocked(xml: Element, payload: Element, context: Context) -> tuple[Element | None, Event | None]:
    """XEP-0191 §3.3: only our own account tells what another client of ours blocked."""
    sender = xml.get("from")
    if sender is not None and not context.is_own(sender):
        context.drop("blocklist")
        return _refuse(xml, "service-unavailable"), None
    return _reply(xml), blocking.pushed(payload)


def _reply(xml: Element, payload: Element | None = None, kind: str = "result") -> Element:
    reply = Element(IQ, {"type": kind, "id": xml.get("id", "")})
    if sender := xml.get("from"):
        reply.set("to", sender)
    if payload is not None:
        reply.append(payload)
    return reply


def _refuse(xml: Element, condition: str) -> Element:
    return _reply(
        xml, errors.refusal(condition, "modify" if condition == "bad-request" else "cancel"), "error"
    )
