"""This room proves what is read of places (XEP-0080): who may say it, what is no place."""

from datetime import UTC, datetime

import pytest

from tests.xmpp.cast import JULIET, read, xml
from webchat.xmpp import geoloc
from webchat.xmpp.geoloc import Place, PlaceReceived

EVENT = "http://jabber.org/protocol/pubsub#event"
TIME = "<timestamp>2026-02-01T10:00:00Z</timestamp>"
SINCE = datetime(2026, 2, 1, 10, tzinfo=UTC)


def said(inside: str) -> str:
    return f"<geoloc xmlns='http://jabber.org/protocol/geoloc'>{inside}</geoloc>"


def notice(content: str, sender: str = JULIET, kind: str = "headline") -> str:
    items = f"<items node='http://jabber.org/protocol/geoloc'>{content}</items>"
    return f"<message from='{sender}' type='{kind}'><event xmlns='{EVENT}'>{items}</event></message>"


def test_a_contact_is_somewhere_and_nowhere() -> None:
    inside = f"<lat>45.44</lat><lon>11</lon><accuracy>20</accuracy><locality> Verona </locality>{TIME}"
    place = Place(45.44, 11.0, 20.0, ("Verona",), SINCE)
    assert read(notice(f"<item id='x'>{said(inside)}</item>")) == PlaceReceived(JULIET, place)
    for gone in (f"<item id='x'>{said('')}</item>", "<retract id='x'/>"):
        assert read(notice(gone)) == PlaceReceived(JULIET, None)


@pytest.mark.parametrize("sender", [f"{JULIET}/phone", "@"])
def test_only_an_account_speaks_for_itself(sender: str) -> None:
    assert read(notice(f"<item id='x'>{said('<text>here</text>')}</item>", sender)) is None
    assert read(notice(f"<item id='x'>{said('<text>here</text>')}</item>", kind="groupchat")) is None


@pytest.mark.parametrize(
    "inside",
    [
        "<lat>91</lat><lon>0</lon>",
        "<lat>nan</lat><lon>0</lon>",
        "<lat>1e999</lat><lon>0</lon>",
        "<lat>1</lat>",
        "<lon/>",
    ],
)
def test_what_is_nowhere_on_this_globe(inside: str) -> None:
    assert geoloc.read(xml(said(inside))) is None


def test_long_words_are_cut_and_what_is_written_is_read() -> None:
    place = geoloc.read(xml(said(f"<text>{'x' * 5000}</text>{TIME}")))
    assert place == Place(words=("x" * geoloc.LONGEST,), since=SINCE)
    written = Place(-1.5, 170.25, 5.0, ("A & <b>",), SINCE)
    assert geoloc.read(geoloc.write(written)) == written
