"""One line of a body for lists and titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webchat.markup.excerpt import LONGEST, excerpt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wherefore art thou", "Wherefore art thou"),
        ("two\n\nlines\there", "two lines here"),
        ("*strong* and _em ~and~_ `code`", "strong and em and code"),
        ("2*3*4 snake_case", "2*3*4 snake_case"),
        ("> quoted\nmy answer", "my answer"),
        ("> only\n>> quoted", "only"),
        (">> deep", "deep"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("/me waves", "/me waves"),
        ("\u202eevil\u2066", "evil"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("https://romeo:secret@example.org/a", "https://example.org/a…"),
        ("https://example.org/reset?token=secret now", "https://example.org/reset… now"),
        ("https://example.org/file#key", "https://example.org/file…"),
        ("", ""),
        ("x" * 121, "x" * 119 + "…"),
    ],
)
def test_excerpt(text: str, expected: str) -> None:
    assert excerpt(text) == expected


@given(st.text(alphabet=st.sampled_from("ab *_~`>\n/:.@?#\u202e\u200f")))
def test_one_short_line(text: str) -> None:
    line = excerpt(text)
    assert len(line) <= LONGEST
    assert "\n" not in line
    assert not {"\u202e", "\u200f"} & set(line)
    assert line == line.strip()
