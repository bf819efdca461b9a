"""This room reads and writes stanza errors (RFC 6120 §8.3)."""

from xml.etree.ElementTree import Element, SubElement

from webchat.errors import XmppError
from webchat.xmpp import namespaces as ns

CONDITIONS = frozenset(
    (
        "bad-request",
        "conflict",
        "feature-not-implemented",
        "forbidden",
        "gone",
        "internal-server-error",
        "item-not-found",
        "jid-malformed",
        "not-acceptable",
        "not-allowed",
        "not-authorized",
        "policy-violation",
        "recipient-unavailable",
        "redirect",
        "registration-required",
        "remote-server-not-found",
        "remote-server-timeout",
        "resource-constraint",
        "service-unavailable",
        "subscription-required",
        "undefined-condition",
        "unexpected-request",
    )
)
LONGEST_TEXT = 1024

_ERROR = f"{{{ns.CLIENT}}}error"
_TEXT = f"{{{ns.STANZA_ERRORS}}}text"
_PREFIX = f"{{{ns.STANZA_ERRORS}}}"


def stanza_error(xml: Element) -> XmppError:
    """What a stanza of type "error" says; "undefined-condition" where it says nothing that is defined."""
    condition, text, specific = "undefined-condition", "", ""
    error = xml.find(_ERROR)
    if error is not None:
        for child in error:
            if child.tag == _TEXT:
                text = text or (child.text or "").strip()[:LONGEST_TEXT]
            elif child.tag.startswith(_PREFIX) and child.tag.removeprefix(_PREFIX) in CONDITIONS:
                condition = child.tag.removeprefix(_PREFIX)
            elif not child.tag.startswith(_PREFIX):
                specific = specific or child.tag.rpartition("}")[2][:64]
    return XmppError(condition, text, specific)


def refusal(condition: str, kind: str = "cancel") -> Element:
    """The <error/> of an answer that says no."""
    error = Element(_ERROR, {"type": kind})
    SubElement(error, _PREFIX + condition)
    return error
