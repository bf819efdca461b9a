"""Addresses as people type them (hands 68, security case A19)."""

import pytest

from webchat.chats.forms import NEEDED, NO_ADDRESS, StartForm
from webchat.errors import Invalid

HOME = "montague.example"


@pytest.mark.parametrize(
    ("typed", "jid"),
    [
        ("juliet@capulet.example", "juliet@capulet.example"),
        ("Juliet@CAPULET.example", "juliet@capulet.example"),
        ("juliet@capulet.example/balcony", "juliet@capulet.example"),
        ("xmpp:juliet@capulet.example?message", "juliet@capulet.example"),
        ("mercutio", "mercutio@montague.example"),
        ("capulet.example", "capulet.example"),
        ("juliet@xn--bcher-kva.example", "juliet@bücher.example"),
    ],
)
def test_an_address_is_understood(typed: str, jid: str) -> None:
    assert StartForm(typed).address(HOME) == jid


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", NEEDED),
        ("xmpp:", NEEDED),
        ("a@b@c", NO_ADDRESS),
        ("juliet capulet@capulet.example", NO_ADDRESS),
        ("@capulet.example", NO_ADDRESS),
        ("juliet@", NO_ADDRESS),
        ("\u202ejuliet@capulet.example", NO_ADDRESS),
    ],
)
def test_what_is_no_address(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid) as raised:
        StartForm(typed).address(HOME)
    assert raised.value.fields == {"jid": sentence}


def test_a_name_alone_needs_a_home() -> None:
    assert StartForm("mercutio").address("") == "mercutio"
