"""This room proves that no text of a stranger holds everybody up: what is broken is read in one pass."""

import time
from collections.abc import Callable

import pytest

from webchat.markup import html, markdown
from webchat.markup.shape import bounded
from webchat.xmpp.atom import xhtml

PATIENCE = 2.0
"""Seconds on a slow and busy machine; what is not bounded takes ten times as long and more."""

HTML = (
    ("<ul><li>",),
    ("<div>",),
    ("<b>", "<p>"),
    ("<b><div>", "</b>"),
    ("<div>", "</span>"),
    ("<svg><td>", "<td>"),
    ("<p a='", '"'),
    ("<a ", "<p          "),
    ("<!--", "<script></"),
)
MARKDOWN = ("[", "![a](", "**_", "|a\n", "- a\n", "a\n\n", "> " * 15, "~~a", "\\")


def full(unit: str, length: int) -> str:
    """A text of this length."""
    return (unit * (length // len(unit) + 1))[:length]


def takes(act: Callable[[str], str], text: str) -> tuple[float, str]:
    """How long it takes, and what comes of it."""
    start = time.process_time()
    made = act(text)
    return time.process_time() - start, made


@pytest.mark.parametrize("units", HTML, ids=repr)
def test_r07_broken_html_is_read_at_once(units: tuple[str, ...]) -> None:
    """Elements that nest, that never end, that end where nothing began (D07)."""
    text = "".join(full(unit, html.LONGEST // len(units)) for unit in units)
    took, made = takes(html.clean, text + "<p>end</p>")
    assert took < PATIENCE
    assert len(made) > html.LONGEST or html.clean(made) == made


def test_d07_many_open_formats() -> None:
    """Each paragraph would take up all that is still open."""
    many = "".join(f"<b lang=x{number}>" for number in range(5000))
    took, _ = takes(html.clean, many + full("<p>", 100_000))
    assert took < PATIENCE


@pytest.mark.parametrize("unit", MARKDOWN)
def test_d08_markdown_is_read_at_once(unit: str) -> None:
    """What would take its parser seconds is shown as it was typed, and nothing of it is lost."""
    took, made = takes(markdown.render, full(unit, markdown.LONGEST))
    assert took < PATIENCE
    assert len(html.text_of(made)) > 100 or unit == "> " * 15


@pytest.mark.parametrize(("columns", "rows"), [(2000, 60), (300, 30_000), (20, 800)])
def test_d08_tables_are_bounded(columns: int, rows: int) -> None:
    """A short line in a broad table stands for all of its cells."""
    text = f"|{'a|' * columns}\n|{'-|' * columns}\n" + "x\n" * rows
    took, made = takes(markdown.render, text)
    assert took < PATIENCE
    assert "<table" not in made


def test_ordinary_markdown_is_none_of_that() -> None:
    """A long article with lists, links, a table and a line across stays what it is."""
    part = "# A\n\nSome *words* and a [link](https://a.example/).\n\n- one\n- two\n  - three\n\n> said\n\n"
    made = markdown.render(part * 100 + "-" * 40 + "\n\n|a|b|\n|-|-|\n|1|2|\n")
    assert made.count("<h1>") == 100
    assert "<table" in made
    assert "<hr" in made
    assert made.count("<a ") == 100


@pytest.mark.parametrize("unit", ["<a ", "<!--", "<a b='", "<", "&#", "<" + "a" * 99_999], ids=range(6))
def test_titles_of_html_are_read_at_once(unit: str) -> None:
    """The words of a title are found in one pass."""
    took, _ = takes(xhtml.words, full(unit, 200_000))
    assert took < PATIENCE


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c"),
        ("<tr><td>a<td>b<tr><td>c</table>", "<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>"),
        ("<b>a<i>b</b>c", "<b>a<i>b</i></b>c"),
        ("a</p>b<br>c<img src='x'>", 'ab<br>c<img src="x">'),
        ("1 < 2 > 0 &lt;b&gt; <3", "1 &lt; 2 &gt; 0 &lt;b&gt; &lt;3"),
        ("<P TITLE=x>a</P><o:p>b</o:p>", '<p title="x">a</p>b'),
        ("<script>a</b></script>b<style>c", "b"),
        ("<svg><p>a</p></svg>b<!-- c --><!--d-->e", "be"),
        ("<div><table><tr><td></div>a</td></tr></table>", "<div><table><tr><td>a</td></tr></table></div>"),
    ],
)  # fmt: skip
def test_broken_html_is_made_whole(broken: str, whole: str) -> None:
    """As a browser would, where many write so."""
    assert bounded(broken, html.TAGS, html.EMPTIED) == whole
