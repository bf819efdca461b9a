"""Names and addresses as they are shown (security cases A18, A19, A24)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webchat.markup.names import initial, is_odd, shown, shown_host


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Juliet Capulet", "Juliet Capulet"),
        ("  Juliet\n\tCapulet ", "Juliet Capulet"),
        ("Ju\u200bliet\u00ad", "Juliet"),
        ("\u202eteiluJ", "teiluJ"),
        ("\u3164", ""),
        ("\u2800 \u115f", ""),
        ("\u0301\u0302", ""),
        ("Romeo\U000e0041\U000e0042", "Romeo"),
        ("Romeo\ufe0f", "Romeo"),
        ("J\u0341\u0343" + "\u0300" * 600, "J\u0301\u0313\u0300"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Ro\u200dmeo", "Romeo"),
        ("Zo\u00eb", "Zo\u00eb"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("x" * 8192, "x" * 79 + "…"),
        ("\ud800", "?"),
    ],
)
def test_shown(name: str, expected: str) -> None:
    assert shown(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "f ",
        "f\u200b",
        "\u202enimda",
        "\u0440\u043emeo",
        "\u3164",
        "f\U000e0066",
        "f\ufe01",
        "f\n",
        "f" + "\u0300" * 600,
        "\uff46oo",
        "f\u2060",
        "a\u2028b",
    ],
)
def test_odd_names(name: str) -> None:
    assert is_odd(name)


@pytest.mark.parametrize(
    "name", ["f", "Juliet Capulet", "Жулиета", "Romeo Жук", "東京タワー", "Zoë", "👩\u200d💻 Ada"]
)
def test_ordinary_names(name: str) -> None:
    assert not is_odd(name)


def test_punycode_of_a_look_alike_host() -> None:
    assert shown_host("example.org") == "example.org"
    assert shown_host("пример.рф") == "пример.рф"
    assert shown_host("\u0430\u0440\u0440\u04cf\u0435.com") == "xn--80ak6aa92e.com"
    assert shown_host("\uff41b.com").isascii()


@pytest.mark.parametrize(
    ("name", "expected"), [("juliet", "J"), (" «élise»", "É"), ("❤", "?"), ("", "?"), ("ßa", "S")]
)
def test_initial(name: str, expected: str) -> None:
    assert initial(name) == expected


@given(st.text())
def test_showing_twice_is_showing_once(name: str) -> None:
    once = shown(name)
    assert shown(once) == once


@given(st.text())
def test_a_shown_name_is_one_line_that_can_be_sent(name: str) -> None:
    text = shown(name)
    assert len(text) <= 80
    assert len(text.splitlines()) <= 1
    assert text.isprintable() or not text.isascii()
    text.encode()
