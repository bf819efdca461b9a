"""This room reads why a server ended the talk: stream errors and failures of SASL."""

from xml.etree import ElementTree as ET

STREAMS = "{urn:ietf:params:xml:ns:xmpp-streams}"
SASL = "{urn:ietf:params:xml:ns:xmpp-sasl}"

FATAL = frozenset({"not-authorized", "account-disabled", "plain-only", "wrong-address"})
"""Conditions of a login that waiting does not mend."""


def login_condition(condition: str) -> str:
    """The condition of errors.LoginFailed for a stream that was lost with this one."""
    known = FATAL | {"unknown-host", "not-secure"}
    return condition if condition in known else "cannot-connect"


def stream_error(xml: ET.Element) -> str:
    """The condition of a <stream:error/> (RFC 6120 §4.9.3).

    What login pages say about passwords comes from SASL only, so "not-authorized" is not taken from here.
    """
    for child in xml:
        name = child.tag.removeprefix(STREAMS)
        if name not in (child.tag, "text", "not-authorized"):
            return name
    return "undefined-condition"


def sasl_failure(xml: ET.Element) -> str:
    """The condition of errors.LoginFailed for a SASL <failure/> (RFC 6120 §6.5)."""
    names = {child.tag.removeprefix(SASL) for child in xml}
    if "account-disabled" in names:
        return "account-disabled"
    if names & {"temporary-auth-failure", "aborted"}:
        return "cannot-connect"
    return "not-authorized"
