"""This room proves what people may call themselves (XEP-0172)."""

import pytest

from tests.xmpp.cast import JULIET, ROMEO, context, read
from webchat.xmpp.events import NicknameReceived
from webchat.xmpp.people import LONGEST_NICK


def event(inside: str, sender: str = JULIET, kind: str = "headline") -> str:
    return (
        f"<message from='{sender}' type='{kind}'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
        f"{inside}</event></message>"
    )


def nick(text: str) -> str:
    return (
        "<items node='http://jabber.org/protocol/nick'><item id='x'>"
        f"<nick xmlns='http://jabber.org/protocol/nick'>{text}</nick></item></items>"
    )


def test_a_nickname() -> None:
    assert read(event(nick(" Jule &lt;b&gt; "))) == NicknameReceived(JULIET, "Jule <b>")
    assert read(event(nick("Romeo"), sender=ROMEO)) == NicknameReceived(ROMEO, "Romeo")


def test_a_nickname_is_taken_back() -> None:
    assert read(event(nick(""))) == NicknameReceived(JULIET, "")
    gone = "<items node='http://jabber.org/protocol/nick'><retract id='x'/></items>"
    assert read(event(gone)) == NicknameReceived(JULIET, "")
    assert read(event("<purge node='http://jabber.org/protocol/nick'/>")) == NicknameReceived(JULIET, "")


def test_a_long_one_is_cut() -> None:
    named = read(event(nick("a" * 5000)))
    assert isinstance(named, NicknameReceived)
    assert len(named.nick) == LONGEST_NICK


@pytest.mark.parametrize(("sender", "kind"), [(f"{JULIET}/x", "headline"), (JULIET, "groupchat")])
def test_A10_only_an_account_speaks_for_its_node(sender: str, kind: str) -> None:
    judge = context()
    assert read(event(nick("Bank"), sender, kind), judge) is None
    assert judge.dropped == {"pubsub": 1}


def test_an_empty_event_says_nothing() -> None:
    assert read(event("<items node='http://jabber.org/protocol/nick'/>")) is None
    assert read(event("")) is None
