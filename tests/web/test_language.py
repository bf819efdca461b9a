"""Languages and times: what a reader gets is what they chose, or what their browser asks for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from webchat.web import time
from webchat.web.language import choose, direction, languages, own_name, place, translate

NOON = datetime(2025, 3, 3, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("preferred", "accept", "chosen"),
    [
        ("", "", "en"),
        ("fr", "en", "fr"),
        ("tlh", "fr", "fr"),
        ("", "fr-CA,fr;q=0.9", "fr"),
        ("", "de, fr;q=0.5, en;q=0.4", "fr"),
        ("", "en;q=0.5, fr;q=0.9", "fr"),
        ("", "fr;q=0, en;q=0.1", "en"),
        ("", "*", "en"),
        ("", "fr;q=much", "en"),
        ("", ",;=,q", "en"),
    ],
)
def test_the_choice_wins_then_the_browser(preferred: str, accept: str, chosen: str) -> None:
    assert choose(preferred, accept) == chosen


def test_english_and_french_are_shipped() -> None:
    assert languages()[0] == "en"
    assert "fr" in languages()
    assert [own_name("en"), own_name("fr")] == ["English", "Français"]


def test_a_sentence_that_no_catalogue_has_stays_as_it_is() -> None:
    assert translate("no such sentence", "fr") == "no such sentence"
    assert translate("Password", "en") == "Password"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_translated_into_nothing(language: str) -> None:
    assert translate("", language) == "", "an empty id names the header of a catalogue"


def test_some_languages_run_from_right_to_left() -> None:
    assert [direction(code) for code in ("ar", "he", "fa", "ur", "ar-EG", "fr")] == ["rtl"] * 5 + ["ltr"]


@pytest.mark.parametrize("name", ["", "../etc/passwd", "Europe/Nowhere", "x" * 100, "Europe", "é", "a\0b"])
def test_a_zone_that_does_not_exist_is_utc(name: str) -> None:
    assert time.zone(name) is UTC


def test_times_are_written_in_the_readers_zone_and_way() -> None:
    paris = time.zone("Europe/Paris")
    assert time.clock(NOON, "fr", paris) == "13:05"
    assert time.clock(NOON, "en", UTC).replace("\u202f", " ") == "12:05 PM"
    assert time.day(date(2025, 3, 3), "fr", paris) == "lundi 3 mars 2025"
    assert time.day(datetime(2025, 3, 3, 23, 30, tzinfo=UTC), "en", paris) == "Tuesday, March 4, 2025"
    assert time.iso(NOON.astimezone(paris)) == "2025-03-03T12:05:00Z"


def test_today_and_yesterday_are_the_readers_own() -> None:
    late = datetime(2025, 3, 3, 23, 30, tzinfo=UTC)
    paris = time.zone("Europe/Paris")
    said = [time.near(date(2025, 3, day), "fr_FR", "fr", paris, late) for day in (4, 3, 2)]
    assert said == ["Aujourd’hui", "Hier", "dimanche 2 mars 2025"]
    assert time.near(date(2025, 3, 3), "en_GB", "en", UTC, late) == "Today"


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min. ago"),
        (timedelta(hours=3), "3 hr. ago"),
        (timedelta(days=2), "Mar 1"),
        (timedelta(days=300), "May 7, 2024"),
        (timedelta(minutes=-5), "Mar 3"),
    ],
)
def test_recent_times_are_relative(age: timedelta, said: str) -> None:
    assert time.relative(NOON - age, "en", UTC, NOON) == said


@pytest.mark.parametrize(
    ("language", "accept", "expected"),
    [
        ("en", "en-GB,en;q=0.9", "en_GB"),
        ("en", "fr-CA, en-AU;q=0.5", "en_AU"),
        ("fr", "fr-CA", "fr_CA"),
        ("fr", "en-GB", "fr"),
        ("en", "en", "en"),
        ("en", "en-ZZ", "en"),
        ("en", "en-<b>, en-GBR", "en"),
        ("en", "", "en"),
    ],
)
def test_dates_are_written_as_where_the_reader_lives(language: str, accept: str, expected: str) -> None:
    assert place(language, accept) == expected
