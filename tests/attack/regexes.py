"""This room finds every regular expression of the program and makes texts that could keep it busy (D16)."""

import ast
import importlib
import re
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as words  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any

from tests.house.tree import name, nodes, under
from tests.house.tree import text as source

WHOLE = {"match", "fullmatch"}
CALLS = ("compile", "sub", "subn", "split", "search", "match", "fullmatch", "finditer", "findall")


BOUNDED = {"webchat.posts.show.players._SITES": 2000}
"""Where whoever asks has cut the text before."""


class TooLong(Exception):
    """The time of one attempt is over."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression of the program.

    place  where it stands
    whole  it is only asked whether a text begins with it or is it, never looked for further on
    """

    place: str
    pattern: re.Pattern[Any]
    whole: bool


def expressions() -> list[Expression]:
    """Those that modules keep under a name, and those that stand in a call."""
    paths = tuple(path for path in under("webchat", ".py") if not name(path).endswith("__main__.py"))
    everywhere = _asked(paths)
    return [each for path in paths if "import re\n" in source(path) for each in _of(path, everywhere)]


def _of(path: Path, everywhere: dict[str, set[str]]) -> Iterator[Expression]:
    module = name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    names = vars(importlib.import_module(module))
    stored = dict.fromkeys(re.findall(r"^(\w+)(?:: [^=\n]+)? = ", source(path), re.MULTILINE))
    kept = [(key, each) for key in stored for each in _patterns(names.get(key))]
    here = set().union(*_asked((path,)).values())
    for key, each in kept:
        yield Expression(f"{module}.{key}", each, everywhere.get(key, here) <= WHOLE)
    for node in nodes(path) if re.search(r"\bre\.(?!compile)\w+\(", source(path)) else ():
        if isinstance(node, ast.Call) and (written := _written(node)) is not None:
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if method != "compile":
                yield Expression(f"{module}:{node.lineno}", re.compile(written), method in WHOLE)


def _asked(paths: Iterable[Path]) -> dict[str, set[str]]:
    """Name of a pattern → the methods that are called on it in these files."""
    found: dict[str, set[str]] = {}
    for path in paths:
        for key, method in re.findall(rf"(\w+)\.({'|'.join(CALLS[1:])})\(", source(path)):
            found.setdefault(key, set()).add(method)
    return found


def _patterns(value: object) -> Iterator[re.Pattern[Any]]:
    """What stands under a name: an expression, or several in a table."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _patterns(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _patterns(each) if isinstance(each, re.Pattern | tuple | list) else ()


def _written(call: ast.Call) -> str | bytes | None:
    """The expression that stands in a call of `re`, if it is all written out."""
    function = call.func
    if not (isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and call.args):
        return None
    first = call.args[0]
    if function.value.id != "re" or function.attr not in CALLS or not isinstance(first, ast.Constant):
        return None
    return first.value if isinstance(first.value, str | bytes) else None


# ---- texts


def texts(expression: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Texts of this length: everything that may be repeated, repeated, then what does not belong there."""
    source = expression.pattern
    tree = parser.parse(
        source, expression.flags & ~re.UNICODE if isinstance(source, bytes) else expression.flags
    )
    alphabet = list(dict.fromkeys(_characters(tree)))[:10] or ["a"]
    example = _example(tree)
    made: dict[str, None] = {}
    for unit in (*alphabet, *(one + two for one in alphabet[:4] for two in alphabet[:4]), example):
        repeated = (unit or "a") * (size // max(1, len(unit)))
        for before in ("", example[:50]):
            for behind in ("", "\x00", "\n!"):
                made[(before + repeated)[: size - len(behind)] + behind] = None
    for text in made:
        yield text if isinstance(source, str) else text.encode("latin-1", "ignore")


def _characters(tree: Iterable[Any]) -> Iterator[str]:
    """The characters that an expression speaks of, one for each class of them."""
    for code, value in tree:
        if code in (words.LITERAL, words.NOT_LITERAL):
            yield chr(value) if code is words.LITERAL else ("a" if value != ord("a") else "b")
        elif code is words.IN:
            yield _one_of(value)
        elif code is words.ANY:
            yield "a"
        else:
            for part in _inside(value):
                yield from _characters(part)


def _example(tree: Iterable[Any]) -> str:
    """A text that the expression mostly fits, with each repetition twice at the most."""
    made = ""
    for code, value in tree:
        if code is words.LITERAL:
            made += chr(value)
        elif code is words.NOT_LITERAL or code is words.ANY:
            made += "a"
        elif code is words.IN:
            made += _one_of(value)
        elif code in (words.MAX_REPEAT, words.MIN_REPEAT, getattr(words, "POSSESSIVE_REPEAT", None)):
            least, most, part = value
            made += _example(part) * max(min(int(least), 20), min(int(most), 2))
        elif code is words.BRANCH:
            made += _example(value[1][-1])
        elif code is words.SUBPATTERN:
            made += _example(value[-1])
    return made


def _inside(value: Any) -> Iterator[Any]:
    """The parts of a node that are expressions themselves."""
    if isinstance(value, parser.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _inside(each)


def _one_of(members: list[Any]) -> str:
    """A character of a class."""
    if members[0][0] is words.NEGATE:
        named = {chr(value) for code, value in members if code is words.LITERAL}
        return next(each for each in "a0 -\x7f" if each not in named)
    code, value = members[0]
    if code is words.LITERAL:
        return chr(value)
    if code is words.RANGE:
        return chr(value[0])
    return {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "0"}.get(str(value), "a")


# ---- trying


def seconds(expression: Expression, text: Any, most: float) -> float:
    """How long the expression takes for a text, in seconds of the processor. Raises TooLong."""

    def over(_number: int, _frame: FrameType | None) -> None:
        raise TooLong

    # The processor's clock: on a busy machine that of the wall says nothing about an expression.
    former = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    since = time.thread_time()
    try:
        expression.pattern.match(text)
        expression.pattern.fullmatch(text)
        for _ in () if expression.whole else expression.pattern.finditer(text):
            pass
        return time.thread_time() - since
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)


def worst(expression: Expression, size: int, most: float) -> tuple[float, Any]:
    """(seconds, text) of the text that takes longest; `most` seconds and the text when one takes too long."""
    found: tuple[float, Any] = (0.0, "")
    for text in texts(expression.pattern, min(size, BOUNDED.get(expression.place, size))):
        try:
            found = max(found, (seconds(expression, text, most), text), key=lambda one: one[0])
        except TooLong:
            return most, text
    return found
