"""This room proves that no stanza, however mangled, makes the parser raise or believe a stranger."""

import copy
import random
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xmpp.cast import FULL, JULIET, ROMEO, STANZAS, context, load
from webchat.xmpp import errors, iq
from webchat.xmpp.context import Query
from webchat.xmpp.events import MessageReceived, PresenceReceived, ReadMarksReceived
from webchat.xmpp.parse import event

ALL = sorted(path.stem for path in STANZAS.glob("*.xml"))
PIECES = [element for name in ALL for element in load(name).iter()]
TAGS = sorted({element.tag for element in PIECES})
NAMES = sorted({name for element in PIECES for name in element.attrib})
TEXTS = sorted(
    {value for element in PIECES for value in element.attrib.values()}
    | {
        "",
        "@",
        "q1",
        ROMEO,
        FULL,
        JULIET,
        "error",
        "set",
        "get",
        "groupchat",
        "\ud800",
        "x" * 4000,
        "9999-99-99",
    }
)
# One number for all choices: to draw each from Hypothesis took most of the time.
CHOICES = st.builds(random.Random, st.integers(0, 2**32 - 1))


def mutate(xml: ET.Element, choice: random.Random) -> None:
    """One random change somewhere in the tree."""
    target = choice.choice(list(xml.iter()))
    kind = choice.randrange(7)
    if kind == 0:
        target.tag = choice.choice(TAGS)
    elif kind == 1:
        target.set(choice.choice(NAMES), choice.choice(TEXTS))
    elif kind == 2 and target.attrib:
        del target.attrib[choice.choice(sorted(target.attrib))]
    elif kind == 3:
        target.text = choice.choice([None, *TEXTS])
    elif kind == 4 and len(target):
        del target[choice.randrange(len(target))]
    elif kind == 5:
        target.insert(0, copy.deepcopy(choice.choice(PIECES)))
    elif len(target):
        target.append(copy.deepcopy(target[0]))


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(ALL), st.integers(1, 12), CHOICES)
def test_mangled_stanzas_never_raise(name: str, changes: int, choice: random.Random) -> None:
    xml = load(name)
    for _ in range(changes):
        mutate(xml, choice)
    judge = context()
    judge.queries["q1"] = Query("q1", limit=2)
    hash(event(xml, judge))
    reply, _ = iq.answer(xml, judge)
    assert reply is None or reply.get("id")
    assert errors.stanza_error(xml).condition in errors.CONDITIONS


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(ALL), st.integers(0, 12), CHOICES)
def test_a_stranger_is_never_anybody_else(name: str, changes: int, choice: random.Random) -> None:
    xml = load(name)
    for _ in range(changes):
        mutate(xml, choice)
    xml.set("from", "mallory@evil.example/x")
    judge = context()
    judge.queries["q1"] = Query("q1")
    seen = event(xml, judge)
    assert judge.queries["q1"].results == []
    assert not isinstance(seen, ReadMarksReceived)
    assert getattr(seen, "mine", False) is False
    assert getattr(seen, "conversation", "mallory@evil.example") == "mallory@evil.example"
    assert getattr(seen, "sender", "mallory@evil.example/x") == "mallory@evil.example/x"
    if isinstance(seen, PresenceReceived):
        assert seen.jid == "mallory@evil.example/x"
    if isinstance(seen, MessageReceived):
        assert (seen.carbon, seen.archived) == (False, False)
    assert iq.answer(xml, judge)[1] is None
