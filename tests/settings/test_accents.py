"""Twelve accents, each readable in every theme (look.md: text at least 4.5:1, computed from the tokens)."""

import re
from math import cos, radians, sin

import pytest

from tests.house.tree import ROOT
from webchat.settings.show import CHOICES

TOKENS = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
HUES = {int(number): float(hue) for number, hue in re.findall(r"\.accent-(\d+) \{ --hue: (\d+); \}", TOKENS)}
TEXT = 4.5
Colour = tuple[float, float, float]


def tokens(selector: str) -> dict[str, tuple[str, str]]:
    """Name → (light, dark) of the block with this selector."""
    block = TOKENS[TOKENS.index(f"{selector} {{") :].partition("\n}")[0]
    pairs = re.findall(r"--([\w-]+): light-dark\(oklch\((.+?)\), oklch\((.+?)\)\);", block)
    return {name: (light, dark) for name, light, dark in pairs}


def linear(words: str, hue: float) -> Colour:
    """OKLCH as linear sRGB (CSS Color 4 §10.1), cut where a screen cannot show it."""
    lightness, chroma, angle = (float(word) for word in words.replace("var(--hue)", str(hue)).split()[:3])
    a, b = chroma * cos(radians(angle)), chroma * sin(radians(angle))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return tuple(min(1.0, max(0.0, part)) for part in (red, green, blue))  # type: ignore[return-value]


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2: relative luminance of the lighter over that of the darker."""
    shades = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (one, other))
    return (shades[1] + 0.05) / (shades[0] + 0.05)


@pytest.mark.parametrize("theme", [":root", '[data-theme="contrast"]'])
@pytest.mark.parametrize("accent", range(12))
def test_every_accent_can_be_read(theme: str, accent: int) -> None:
    found = tokens(":root") | tokens(theme)
    for side in (0, 1):
        ink = {name: linear(pair[side], HUES[accent]) for name, pair in found.items()}
        for under in ("ground", "surface", "tint"):
            assert contrast(ink["accent"], ink[under]) >= TEXT, (accent, side, under)
        assert contrast(ink["accent-ink"], ink["accent"]) >= TEXT, (accent, side)
        assert contrast(ink["text"], ink["tint"]) >= TEXT, (accent, side)


def test_there_are_twelve_and_each_has_a_name() -> None:
    assert sorted(HUES) == list(range(12))
    assert [value for value, _ in CHOICES["accent"]] == [str(number) for number in range(12)]
    assert len({name for _, name in CHOICES["accent"]}) == 12
