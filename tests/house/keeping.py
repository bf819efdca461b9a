"""This room is what the tests of forms ask an account's own server for: what it keeps, and who may read."""

from xml.etree.ElementTree import Element, fromstring

from webchat.xmpp import namespaces as ns

_PREFS = f"<iq type='result'><prefs xmlns='{ns.MAM}' default='always'/></iq>"
_BLOG = (
    f"<iq type='result'><pubsub xmlns='{ns.PUBSUB_OWNER}'><configure><x xmlns='{ns.DATA_FORM}' type='form'>"
    "<field var='pubsub#access_model' type='list-single'><value>open</value></field>"
    "</x></configure></pubsub></iq>"
)


def answered(kind: str, payload: Element) -> Element | None:
    """A server whose archive does what it is told, whose blog is open, and that ends accounts and apps."""
    if payload.tag == f"{{{ns.MAM}}}prefs":
        if kind == "set":
            answer = Element("iq", {"type": "result"})
            answer.append(payload)
            return answer
        return fromstring(_PREFS)  # noqa: S314
    if payload.tag in (f"{{{ns.REGISTER}}}query", f"{{{ns.CLIENTS}}}revoke") and kind == "set":
        return fromstring("<iq type='result'/>")  # noqa: S314
    holder = payload.find(f"{{{ns.PUBSUB_OWNER}}}configure")
    if holder is not None and holder.get("node") == "urn:xmpp:microblog:0":
        return fromstring(_BLOG)  # noqa: S314
    return None
