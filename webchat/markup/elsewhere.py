"""This room cleans what is long in a process of its own, so that nobody waits for the text of a stranger.

The cleaner and the reader of Markdown hold up the whole program while they work. Short texts take no time and
are done at once; for all others there is a process (webchat.apart), which the system ends when one text takes
more than half a second of the processor: then the words of the text are shown without their form. Run as a
program (`python -m webchat.markup.elsewhere`) this file is that process.
"""

import asyncio
import hashlib
import logging
import re
from collections import OrderedDict
from dataclasses import dataclass
from html import escape, unescape
from typing import Literal

from webchat import apart
from webchat.markup import html, markdown
from webchat.markup.characters import clean as clean_characters

log = logging.getLogger(__name__)

AT_ONCE = 4096
"""Characters of what is cleaned where it is asked for, if it also has few signs."""

SIMPLE = 24_000
"""Its characters times its signs and lines: what such a text costs at worst, for some milliseconds. A
thousand brackets are a short text, and hold everybody up for long."""

TIME = 0.5
"""Seconds of the processor for one text."""

PATIENCE = 5.0
"""Seconds of the clock for it, on a machine that has much to do, the start of the process included."""

WORKERS = 2
MEMORY = 512 * 1024 * 1024
LONGEST_ANSWER = 4 * 1024 * 1024
LONGEST_WORDS = 20_000
"""Characters that are looked at of what could not be cleaned."""

LONGEST_TEXT = 50_000
"""Characters of the words that stand beside the HTML."""

KEPT = 8 * 1024 * 1024
"""Characters that are remembered, for all who receive the same text."""

Kind = Literal["html", "markdown", "typed"]

_SIGNS = re.compile(r"[^\w .,;\"'?]|_|  ")
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")


@dataclass(frozen=True, slots=True)
class Clean:
    """What may be shown of a text.

    text   its words, one line for each block, as far as search and excerpts look at them
    whole  it is all there, in the form that it had
    """

    html: str
    text: str = ""
    whole: bool = True


async def clean(text: str) -> Clean:
    """Foreign HTML, as webchat.markup.html cleans it."""
    return await _made("html", text, html.LONGEST)


async def render(text: str) -> Clean:
    """Foreign Markdown, as webchat.markup.markdown renders it."""
    return await _made("markdown", text, markdown.LONGEST)


async def written(text: str) -> str:
    """Markdown of a user as the HTML that is sent to others, which nobody has cleaned (markdown.unclean)."""
    return (await _made("typed", text, markdown.LONGEST)).html


_pool = apart.Pool("webchat.markup.elsewhere", WORKERS, answers=LONGEST_ANSWER)
_asked: OrderedDict[bytes, "asyncio.Task[Clean]"] = OrderedDict()
_known: OrderedDict[bytes, Clean] = OrderedDict()


def is_simple(text: str) -> bool:
    """Whether a text is cleaned at once."""
    return len(text) <= AT_ONCE and len(text) * len(_SIGNS.findall(text)) <= SIMPLE


async def _made(kind: Kind, text: str, longest: int) -> Clean:
    if is_simple(text):
        return _cleaned(kind, text)
    data = text[: longest + 1].encode("utf-8", "replace")
    key = hashlib.sha256(kind.encode() + b" " + data).digest()
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    task = _asked.get(key)
    if task is None or task.get_loop() is not asyncio.get_running_loop():
        task = _asked[key] = asyncio.create_task(_elsewhere(key, kind, data, longest), name="clean a text")
    # One who waits no longer takes nothing from the others.
    return await asyncio.shield(task)


async def _elsewhere(key: bytes, kind: Kind, data: bytes, longest: int) -> Clean:
    try:
        facts, made = await _pool.ask({"kind": kind}, data, seconds=PATIENCE)
        shown, _, words = made.decode().partition("\0")
        found = Clean(shown, words, facts.get("whole") is True)
    except (apart.Refused, apart.Ended, UnicodeDecodeError) as error:
        log.warning("a text could not be cleaned (%s)", type(error).__name__)
        text = clean_characters(data.decode()[:longest])
        shown = words_alone(text) if kind == "html" else markdown.as_typed(text)
        found = Clean(shown, html.text_of(shown[:LONGEST_WORDS]), whole=False)
    finally:
        _asked.pop(key, None)
    _known[key] = found
    while sum(len(each.html) + len(each.text) for each in _known.values()) > KEPT:
        _known.popitem(last=False)
    return found


def words_alone(text: str) -> str:
    """The first words of HTML that nobody could clean, as HTML that needs no cleaning."""
    plain = clean_characters(unescape(_TAG.sub("\n", text[:LONGEST_WORDS])))
    return "".join(f"<p>{escape(line.strip())}</p>" for line in plain.split("\n") if line.strip())


def _cleaned(kind: Kind, text: str) -> Clean:
    if kind == "typed":
        return Clean(markdown.unclean(text))
    made, whole = html.judged(text) if kind == "html" else markdown.judged(text)
    return Clean(str(made), html.text_of(made)[:LONGEST_TEXT], whole)


# ---- the other side: the process


def _work(facts: apart.Facts, data: bytes) -> tuple[apart.Facts, bytes]:
    found = _cleaned(facts["kind"], data.decode())
    return {"whole": found.whole}, f"{found.html}\0{found.text}".encode("utf-8", "replace")


if __name__ == "__main__":
    apart.serve(_work, memory=MEMORY, seconds=TIME)
