"""Bodies of nothing but emoji."""

import pytest

from webchat.markup.emoji import only_emoji


@pytest.mark.parametrize(
    "text", ["👍", " 👍🏽 ", "❤\ufe0f", "👩\u200d💻", "🇫🇷", "1\ufe0f\u20e3", "😀 😀 😀", "🏴\u200d☠\ufe0f"]
)
def test_only_emoji(text: str) -> None:
    assert only_emoji(text)


@pytest.mark.parametrize("text", ["", "👍 ok", "1", "😀" * 4, "a", "😀\n😀x", "🇫" * 3 + "x", " "])
def test_more_than_emoji(text: str) -> None:
    assert not only_emoji(text)
