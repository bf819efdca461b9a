"""What somebody looks for, as the address has it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webchat.search.forms import LONGEST, question


def test_filters_are_taken_out_of_the_words() -> None:
    asked = question(
        {"q": 'from:me light in:"The Balcony" before:2026-03-31 after:2026-03-01 has:link is:unread'}
    )
    assert asked.words == "light"
    assert asked.from_ == ("me",)
    assert asked.in_ == ("The Balcony",)
    assert (asked.before, asked.after) == (date(2026, 3, 31), date(2026, 3, 1))
    assert asked.has == ("link",)
    assert asked.unread
    assert not asked.problems


def test_fields_mean_the_same_as_filters() -> None:
    fields = {"q": "light", "from": "me", "in": "a@b", "before": "2026-03-31", "has": "file", "unread": "1"}
    asked = question(fields)
    assert (asked.words, asked.from_, asked.in_, asked.has) == ("light", ("me",), ("a@b",), ("file",))
    assert asked.unread
    assert question({"q": "light"}).filtered is False
    assert asked.path(17) == "/search?q=light&in=a%40b&from=me&before=2026-03-31&has=file&unread=1&older=17"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("http://example.org from the start", "http://example.org from the start"),
        ("xfrom:me", "xfrom:me"),
        ("FROM:me light", "light"),
        ('from:"unclosed light', ""),
        ("from: light", "light"),
        ("light\0 in:", "light"),
    ],
)
def test_what_is_no_filter_stays_words(typed: str, words: str) -> None:
    assert question({"q": typed}).words == words


@pytest.mark.parametrize("typed", ["before:yesterday", "after:2026-02-31", "has:cake", "is:happy"])
def test_what_is_unknown_is_said(typed: str) -> None:
    asked = question({"q": f"light {typed}"})
    assert asked.words == "light"
    assert len(asked.problems) == 1
    assert asked.problems[0].sentence % asked.problems[0].values


def test_what_is_long_is_cut_and_said() -> None:
    asked = question({"q": "a" * 1000})
    assert len(asked.typed) == LONGEST
    assert len(asked.problems) == 1


@given(st.dictionaries(st.sampled_from(["q", "in", "from", "before", "older", "has"]), st.text(max_size=60)))
def test_any_address_is_a_question(given_: dict[str, str]) -> None:
    asked = question(given_)
    assert asked.older >= 0
    assert question({"q": asked.typed}).typed == asked.typed.strip()
