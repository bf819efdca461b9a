"""This room proves that verbs survive the outbox."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webchat.xmpp.verbs import SendChatState, SendDisplayed, SendMessage, SendPresence, SendReceipt, Verb
from webchat.xmpp.verbs_json import pack, unpack


@pytest.mark.parametrize(
    "verb",
    [
        SendMessage("juliet@capulet.example", 'a "b"\n\u2028 🐦', "1"),
        SendDisplayed("juliet@capulet.example", "1"),
        SendReceipt("juliet@capulet.example", "1"),
        SendChatState("juliet@capulet.example", "composing"),
        SendPresence("away", "x"),
        SendPresence(),
    ],
)
def test_there_and_back(verb: Verb) -> None:
    assert unpack(pack(verb)) == verb


@given(st.text(), st.text(), st.text())
def test_any_text_there_and_back(to: str, body: str, id: str) -> None:
    verb = SendMessage(to, body, id)
    assert unpack(pack(verb)) == verb


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"verb": "Verb"}',
        '{"verb": "SendMessage"}',
        '{"verb": "SendReceipt", "to": "a", "id": 1}',
        '{"verb": "SendReceipt", "to": "a", "id": "b", "more": "c"}',
        '{"verb": ["SendReceipt"], "to": "a", "id": "b"}',
        '{"verb": "__class__"}',
    ],
)
def test_what_was_not_packed(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(text)


def test_a_verb_nobody_knows() -> None:
    @dataclass(frozen=True, slots=True)
    class Shout(Verb):
        to: str

    with pytest.raises(ValueError, match="Shout"):
        pack(Shout("x"))
