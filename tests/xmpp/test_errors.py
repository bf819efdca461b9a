"""This room proves what is read from stanza errors (RFC 6120 §8.3)."""

import pytest

from tests.xmpp.cast import failing, load, xml
from webchat.xmpp.errors import CONDITIONS, LONGEST_TEXT, stanza_error


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
def test_defined_conditions(condition: str) -> None:
    error = stanza_error(xml(f"<iq type='error' id='1'>{failing(condition)}</iq>"))
    assert (error.condition, error.text) == (condition, "")


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<error/>",
        "<error><item-not-found/></error>",
        "<error><made-up xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        "<error><precondition-not-met xmlns='http://jabber.org/protocol/pubsub#errors'/></error>",
    ],
)
def test_anything_else_is_undefined(inside: str) -> None:
    assert stanza_error(xml(f"<iq type='error' id='1'>{inside}</iq>")).condition == "undefined-condition"


def test_condition_beside_one_of_an_application() -> None:
    inside = failing("conflict").replace(
        "</error>", "<precondition-not-met xmlns='http://jabber.org/protocol/pubsub#errors'/></error>"
    )
    assert stanza_error(xml(f"<iq type='error' id='1'>{inside}</iq>")).condition == "conflict"


def test_text() -> None:
    assert stanza_error(load("prosody-bounce")).text == "Server-to-server connection failed: No route to host"
    long = f"<error><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>{'x' * 5000}</text></error>"
    assert len(stanza_error(xml(f"<iq type='error' id='1'>{long}</iq>")).text) == LONGEST_TEXT
