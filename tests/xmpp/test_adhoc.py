"""This room proves how commands are listed and run (XEP-0050), and how a server is asked what it is."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.xmpp.cast import ROMEO, FakeStream, failing, xml
from webchat.errors import XmppError
from webchat.xmpp import adhoc, errors, forms, server
from webchat.xmpp.adhoc import Command, Note, Step

C = "http://jabber.org/protocol/commands"
HOME = "montague.example"


async def test_the_list_of_commands() -> None:
    items = (
        f"<item jid='{HOME}' node='a' name=' Config\n ure '/><item jid='{HOME}' node='a' name='twice'/>"
        f"<item jid='Other.Example' node='b'/><item jid='@' node='c'/><item jid='{HOME}'/>"
        f"<item jid='{HOME}' node='{'x' * 2000}'/>"
        + "".join(f"<item jid='{HOME}' node='n{n}'/>" for n in range(500))
    )
    stream = FakeStream(lambda *_: f"<query xmlns='http://jabber.org/protocol/disco#items'>{items}</query>")
    found = await adhoc.commands(stream, HOME)
    assert found[:2] == (Command(HOME, "a", "Config ure"), Command("other.example", "b", "b"))
    assert len(found) < adhoc.MOST
    assert (stream.asked[0][1].get("node"), stream.asked[0][2]) == (C, HOME)


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ("", ((), "execute")),
        ("<actions/>", ((), "execute")),
        ("<actions><prev/><next/></actions>", (("prev", "next"), "next")),
        ("<actions execute='complete'><next/><complete/></actions>", (("next", "complete"), "complete")),
        ("<actions execute='erase'><prev/><complete/><erase/></actions>", (("prev", "complete"), "complete")),
    ],
)
def test_which_ways_there_are_from_a_step(actions: str, expected: tuple[tuple[str, ...], str]) -> None:
    step = adhoc.read(xml(f"<command xmlns='{C}' sessionid='s' status='executing'>{actions}</command>"))
    assert (step.actions, step.default) == expected


async def test_a_command_from_its_beginning_to_its_end() -> None:
    answers = [
        f"<command xmlns='{C}' sessionid='s' status='executing'>"
        "<note type='warn'> Mind </note><note/></command>",
        f"<command xmlns='{C}' sessionid='s' status='completed'><actions><next/></actions></command>",
    ]
    stream = FakeStream(lambda *_: answers.pop(0))
    assert await adhoc.begin(stream, HOME, "n", "fr") == Step("s", "executing", notes=(Note("warn", "Mind"),))
    filled = forms.submit("x", {"a": "b"})
    assert await adhoc.go_on(stream, HOME, "n", "s", "next", filled) == Step("s", "completed", default="")
    (_, first, _), (_, second, _) = stream.asked
    assert dict(first.attrib) == {
        "node": "n",
        "action": "execute",
        "{http://www.w3.org/XML/1998/namespace}lang": "fr",
    }
    assert dict(second.attrib) == {"node": "n", "action": "next", "sessionid": "s"}
    assert second.find("{jabber:x:data}x") is not None


def test_the_condition_that_commands_add_to_an_error() -> None:
    inside = "<not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
    error = f"<error type='cancel'>{inside}<session-expired xmlns='{C}'/></error>"
    found = errors.stanza_error(xml(f"<iq type='error'>{error}</iq>"))
    assert (found.condition, found.specific) == ("not-allowed", "session-expired")
    assert found.specific in adhoc.ENDED


def test_items_without_a_head_have_the_columns_of_the_first() -> None:
    items = "".join(f"<item><field var='a'><value>{n}</value></field></item>" for n in "xy")
    form = forms.read_form(xml(f"<x xmlns='jabber:x:data' type='result'>{items}</x>"))
    assert ([field.label for field in form.columns], form.rows) == (["a"], (("x",), ("y",)))


def test_what_is_hidden_comes_back_as_it_was() -> None:
    value = " " + "x" * 5000
    field = f"<field var='h' type='hidden'><value>{value}</value></field>"
    form = forms.read_form(xml(f"<x xmlns='jabber:x:data'>{field}</x>"))
    assert forms.fill(form, {"h": ["forged"]}).findtext(".//{jabber:x:data}value") == value


async def test_a_server_that_half_answers() -> None:
    """XEP-0012 and XEP-0092 are asked beside discovery; each may be missing."""

    def answer(kind: str, payload: object, to: str) -> str:
        tag = getattr(payload, "tag", "")
        if tag == "{jabber:iq:last}query":
            return "<query xmlns='jabber:iq:last' seconds='60'/>"
        if tag == "{http://jabber.org/protocol/disco#items}query":
            items = f"<item jid='{HOME}'/><item jid='@'/><item jid='a.example'/>" + "".join(
                f"<item jid='s{n}.example'/>" for n in range(100)
            )
            return f"<query xmlns='http://jabber.org/protocol/disco#items'>{items}</query>"
        return failing("service-unavailable")

    found = await server.look(FakeStream(answer))
    assert (found.domain.silent, found.account.jid, found.software) == (True, ROMEO, "")
    assert found.since is not None
    assert abs(datetime.now(UTC) - found.since - timedelta(minutes=1)) < timedelta(seconds=5)
    assert len(found.services) == server.MOST_SERVICES - 1
    with pytest.raises(XmppError):
        await server.version(FakeStream(answer), HOME)
