"""Hues of XEP-0392, with its test vectors (§13.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webchat.markup.colour import colour, hue


@pytest.mark.parametrize(
    ("text", "angle"),
    [
        ("Romeo", 327.255249),
        ("juliet@capulet.lit", 209.410400),
        ("😺", 331.199341),
        ("council", 359.994507),
        ("Board", 171.430664),
    ],
)
def test_hues_of_the_standard(text: str, angle: float) -> None:
    assert hue(text) == pytest.approx(angle, abs=1e-5)


def test_classes() -> None:
    assert [colour("Romeo"), colour("juliet@capulet.lit"), colour("council")] == [32, 20, 35]


@given(st.text())
def test_every_text_has_a_class(text: str) -> None:
    assert 0 <= colour(text) <= 35
