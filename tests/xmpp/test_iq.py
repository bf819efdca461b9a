"""This room proves which requests are answered, and how everything else is refused.

RFC 6120 §8.2.3, RFC 6121 §2.1.6, XEP-0030, XEP-0199.
"""

import pytest

from tests.xmpp.cast import FULL, JULIET, ROMEO, context, load, xml
from webchat.xmpp import disco, iq
from webchat.xmpp.context import Context
from webchat.xmpp.errors import stanza_error
from webchat.xmpp.events import BlocklistReceived, RosterItem, RosterPushed

PUSH = (
    "<iq type='set' id='1' %s><query xmlns='jabber:iq:roster'>"
    "<item jid='mercutio@verona.example' name='Bank' subscription='both'/></query></iq>"
)


def refused(text: str, judge: Context | None = None) -> str:
    reply, event = iq.answer(xml(text), judge or context())
    assert reply is not None
    assert event is None
    assert reply.get("type") == "error"
    assert reply.get("id") == xml(text).get("id")
    assert reply.get("to") == (xml(text).get("from") or None)
    return stanza_error(reply).condition


def test_roster_push_of_prosody() -> None:
    reply, event = iq.answer(load("prosody-roster-push"), context())
    assert event == RosterPushed(RosterItem(JULIET, "Juliet", "to", "subscribe", ("Verona", "Friends")), "12")
    assert reply is not None
    assert (reply.attrib, len(reply)) == ({"type": "result", "id": "push1"}, 0)


def test_roster_push_in_our_own_name() -> None:
    reply, event = iq.answer(xml(PUSH % f"from='{ROMEO}'"), context())
    assert isinstance(event, RosterPushed)
    assert reply is not None
    assert reply.get("to") == ROMEO


@pytest.mark.parametrize(
    "sender",
    ["mercutio@verona.example/x", "mercutio@verona.example", "montague.example", f"{ROMEO}/other", FULL, ""],
)
def test_A07_roster_pushes_of_anybody_else_change_nothing(sender: str) -> None:
    judge = context()
    assert refused(PUSH % f"from='{sender}'", judge) == "service-unavailable"
    assert judge.dropped == {"roster": 1}


@pytest.mark.parametrize(
    "items", ["", "<item/>", "<item jid='@'/>", "<item jid='a@b'/><item jid='c@d'/>", "<item jid='a@b'/><x/>"]
)
def test_A07_a_push_is_one_item(items: str) -> None:
    push = f"<iq type='set' id='1'><query xmlns='jabber:iq:roster'>{items}</query></iq>"
    assert refused(push) == "bad-request"


def test_roster_question_to_us_is_refused() -> None:
    assert refused(f"<iq type='get' id='1' from='{JULIET}/b'><query xmlns='jabber:iq:roster'/></iq>")


def test_ping() -> None:
    judge = context()
    judge.acquainted["people"] = frozenset({JULIET})
    reply, event = iq.answer(
        xml(f"<iq type='get' id='p' from='{JULIET}/b'><ping xmlns='urn:xmpp:ping'/></iq>"), judge
    )
    assert event is None
    assert reply is not None
    assert (reply.attrib, len(reply)) == ({"type": "result", "id": "p", "to": f"{JULIET}/b"}, 0)


@pytest.mark.parametrize(
    "payload",
    [
        "<ping xmlns='urn:xmpp:ping'/>",
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "<query xmlns='http://jabber.org/protocol/disco#info' node='x#y'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items'/>",
    ],
)
@pytest.mark.parametrize(
    "sender",
    ["mercutio@verona.example/x", "mercutio@verona.example", "verona.example", "@", "room@muc.example/romeo"],
)
def test_A31_strangers_with_our_full_address_learn_nothing(payload: str, sender: str) -> None:
    judge = context()
    judge.acquainted = {"people": frozenset({JULIET}), "rooms": frozenset({"balcony@muc.example"})}
    assert refused(f"<iq type='get' id='1' from='{sender}'>{payload}</iq>", judge) == "service-unavailable"


@pytest.mark.parametrize(
    "sender", [ROMEO, FULL, "montague.example", f"{JULIET}/b", "balcony@muc.example/romeo"]
)
def test_A31_who_knows_that_we_are_here_is_answered(sender: str) -> None:
    judge = context()
    judge.acquainted = {"people": frozenset({JULIET}), "rooms": frozenset({"balcony@muc.example"})}
    reply, _ = iq.answer(
        xml(f"<iq type='get' id='1' from='{sender}'><ping xmlns='urn:xmpp:ping'/></iq>"), judge
    )
    assert reply is not None
    assert reply.get("type") == "result"


def test_A31_who_may_see_us_is_answered_from_the_push_on() -> None:
    judge = context()
    for subscription, known in (("both", True), ("to", False), ("from", True), ("remove", False)):
        push = PUSH.replace("both", subscription) % f"from='{ROMEO}'"
        iq.answer(xml(push), judge)
        assert judge.knows("mercutio@verona.example/x") is known


def test_blocklist_pushes_come_from_our_own_account_only() -> None:
    push = "<iq type='set' id='1' %s><block xmlns='urn:xmpp:blocking'><item jid='a@b.example'/></block></iq>"
    assert refused(push % f"from='{JULIET}'") == "service-unavailable"
    reply, event = iq.answer(xml(push % f"from='{ROMEO}'"), context())
    assert reply is not None
    assert reply.get("type") == "result"
    assert event == BlocklistReceived(("a@b.example",))


@pytest.mark.parametrize("ours", [False, True])
def test_disco_info(ours: bool) -> None:
    judge = context(features=("urn:xmpp:receipts",))
    node = f"node='{disco.CAPS_NODE}#{disco.verification(judge.features)}'" if ours else ""
    question = f"<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info' {node}/></iq>"
    reply, _ = iq.answer(xml(question), judge)
    assert reply is not None
    known = disco.read(reply[0])
    assert known.identities == (("client", "web", "Webchat"),)
    assert {"urn:xmpp:receipts", "urn:xmpp:ping", "urn:xmpp:mds:displayed:0+notify"} <= known.features
    assert (reply[0].get("node") is not None) is ours


def test_disco_info_of_a_node_we_do_not_have() -> None:
    question = "<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info' node='x#y'/></iq>"
    assert refused(question) == "item-not-found"


def test_disco_items_are_none() -> None:
    question = "<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#items' node='n'/></iq>"
    reply, _ = iq.answer(xml(question), context())
    assert reply is not None
    assert (reply.get("type"), reply[0].get("node"), len(reply[0])) == ("result", "n", 0)


@pytest.mark.parametrize(
    "payload",
    [
        "<query xmlns='jabber:iq:version'/>",
        "<query xmlns='jabber:iq:last'/>",
        "<time xmlns='urn:xmpp:time'/>",
        "<query xmlns='jabber:iq:private'/>",
        "<query xmlns='jabber:iq:oob'><url>https://example.org</url></query>",
        "<command xmlns='http://jabber.org/protocol/commands' node='x' action='execute'/>",
        "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='1'/>",
        "<x xmlns='nobody:knows'/>",
    ],
)
@pytest.mark.parametrize("type", ["get", "set"])
def test_A31_everything_else_is_not_there(payload: str, type: str) -> None:
    question = f"<iq type='{type}' id='1' from='mercutio@verona.example/x'>{payload}</iq>"
    assert refused(question) == "service-unavailable"


@pytest.mark.parametrize("inside", ["", "<ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/>"])
def test_a_request_has_one_content(inside: str) -> None:
    assert refused(f"<iq type='get' id='1'>{inside}</iq>") == "bad-request"


@pytest.mark.parametrize(
    "text",
    [
        "<iq type='result' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq type='error' id='1'/>",
        "<iq type='dance' id='1'/>",
        "<iq id='1'/>",
        "<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<message type='get' id='1'/>",
    ],
)
def test_answers_are_never_answered(text: str) -> None:
    assert iq.answer(xml(text), context()) == (None, None)
