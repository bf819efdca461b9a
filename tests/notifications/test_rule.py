"""Which message is worth a notice, and in which words: by cases."""

from datetime import UTC, datetime, timedelta

import pytest

from webchat.notifications.show import FOREVER, Telling, mode_view, muted_until, words, worth_telling

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OMEMO = "eu.siacs.conversations.axolotl"


@pytest.mark.parametrize(
    ("telling", "mentions_me", "told"),
    [
        (Telling(), False, True),
        (Telling("whisper"), False, True),
        (Telling("room"), False, False),
        (Telling("room"), True, True),
        (Telling(stranger=True), False, False),
        (Telling(stranger=True), True, False),
        (Telling("room", notify="always"), False, True),
        (Telling("room", notify="never"), True, False),
        (Telling(notify="never"), False, False),
        (Telling(notify="on-mention"), False, False),
        (Telling(notify="on-mention"), True, True),
        (Telling(stranger=True, notify="always"), False, True),
        (Telling(notify="something else"), False, True),
        (Telling(muted_until=NOW + HOUR), True, False),
        (Telling("room", notify="always", muted_until=FOREVER), True, False),
        (Telling(muted_until=NOW - HOUR), False, True),
        (Telling(muted_until=NOW), False, True),
    ],
)
def test_44_what_is_told(telling: Telling, mentions_me: bool, told: bool) -> None:
    assert worth_telling(telling, mentions_me=mentions_me, stamp=NOW, moment=NOW) is told


@pytest.mark.parametrize(("age", "told"), [(timedelta(), True), (timedelta(minutes=1), True), (HOUR, False)])
def test_44_what_waited_for_us_is_no_news(age: timedelta, told: bool) -> None:
    assert worth_telling(Telling(), mentions_me=False, stamp=NOW - age, moment=NOW) is told


def test_35_how_long_a_mute_lasts() -> None:
    assert muted_until("1h", NOW) == NOW + HOUR
    assert muted_until("8h", NOW) == NOW + 8 * HOUR
    assert muted_until("always", NOW) == FOREVER
    assert muted_until("off", NOW) is None


@pytest.mark.parametrize(
    ("body", "values", "text"),
    [
        ("*Come*, gentle night", {}, "Come, gentle night"),
        ("/me waits", {}, "waits"),
        ("secret", {"hide": True}, "New message"),
        ("secret", {"hide": True, "encryption": OMEMO}, "New message"),
        (
            "I sent you an OMEMO message",
            {"encryption": OMEMO},
            "Encrypted message",
        ),
        ("he dies", {"spoiler": ""}, "Covered text"),
        ("he dies", {"spoiler": "The end"}, "Covered text: The end"),
        ("a\u202eb\nc", {}, "ab c"),
        ("x" * 10_000, {}, "x" * 199 + "…"),
    ],
)
def test_44_what_a_notice_says(body: str, values: dict[str, object], text: str) -> None:
    given: dict[str, object] = {"encryption": "", "spoiler": None, "hide": False, "language": "en"} | values
    assert words(body, **given) == text  # type: ignore[arg-type]


def test_what_a_menu_offers() -> None:
    chat, room = (mode_view("a@b.example", Telling(kind), NOW) for kind in ("chat", "room"))
    assert [value for value, _ in chat.modes] == ["always", "never"]
    assert room.modes == ()
    assert (chat.mode, room.mode) == ("always", "on-mention")
    assert room.path == "/conversations/a@b.example/notifications"
    muted = mode_view("a@b.example", Telling(muted_until=NOW + HOUR), NOW)
    assert (muted.muted, muted.until) == (True, NOW + HOUR)
    assert mode_view("a@b.example", Telling(muted_until=FOREVER), NOW).until is None
