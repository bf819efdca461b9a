"""This room cuts text into the words that search knows it by, and shows where they stand in it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from webchat.markup.characters import clean

LONGEST = 64
"""Letters of a word that count."""

MOST = 2000
"""Different words of one text that count."""

_READ = 32 * 1024

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_PIECE = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_SEEN = re.compile(r"\w[\w\u0300-\u036f]*")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Term:
    """One word that is looked for; `open` also finds the words that begin with it."""

    text: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `hit` when it is what was looked for."""

    text: str
    hit: bool = False


def fold(text: str) -> str:
    """The text without the differences that search does not make: case, accents, width."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _combining().sub("", plain).casefold()


@cache
def _combining() -> re.Pattern[str]:
    """Marks that stand on the letter before them."""
    # There are none beyond.
    marks = "".join(char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(char))
    return re.compile(f"[{marks}]")


def words(text: str) -> list[str]:
    """Every word of a text once, folded.

    Where a script puts no spaces between words, its letters count singly and by twos.
    """
    found: dict[str, None] = {}
    # A text may be one word, said ten thousand times.
    for piece in dict.fromkeys(_pieces(text)):
        if _IS_UNSPACED.match(piece):
            found |= dict.fromkeys(piece)
            found |= dict.fromkeys(_pairs(piece))
        else:
            found[piece[:LONGEST]] = None
        if len(found) >= MOST:
            break
    return list(found)[:MOST]


def terms(text: str, most: int) -> list[Term]:
    """What somebody looks for who typed this: at most `most` words, each of which must be there.

    A last single letter is the beginning of a word that is still being typed, and says too little to count.
    """
    found: dict[Term, None] = {}
    pieces = list(_pieces(text))
    if (
        len(pieces) > 1
        and len(pieces[-1]) == 1
        and not _IS_UNSPACED.match(pieces[-1])
        and text[-1:].isalnum()
    ):
        pieces.pop()
    for piece in pieces:
        if _IS_UNSPACED.match(piece):
            found |= dict.fromkeys(Term(pair) for pair in _pairs(piece) or [piece])
        else:
            found[Term(piece[:LONGEST], open=1 < len(piece) < LONGEST)] = None
        if len(found) >= most:
            break
    return list(found)[:most]


def matches(text: str, wanted: Iterable[Term]) -> bool:
    """Whether every term is a word of this text."""
    here = words(text)
    return all(any(_is(word, term) for word in here) for term in wanted)


def _pieces(text: str) -> Iterable[str]:
    folded = fold(text[:_READ])[: 2 * _READ]
    for word in _WORD.findall(folded):
        yield from _PIECE.findall(word)


def _pairs(piece: str) -> list[str]:
    return [piece[n : n + 2] for n in range(len(piece) - 1)]


def _is(word: str, term: Term) -> bool:
    return word.startswith(term.text) if term.open else word == term.text


def marked(text: str, wanted: Sequence[Term], limit: int) -> list[Piece]:
    """One line of a text around the first thing that was looked for, of about `limit` characters."""
    line = _SPACES.sub(" ", clean(text[:_READ])).strip()
    hits = list(_spans(line, wanted, limit))
    start = 0
    if hits and hits[0][0] > limit // 2:
        start = line.find(" ", hits[0][0] - limit // 3, hits[0][0]) + 1 or hits[0][0]
    end = min(len(line), start + limit)
    found, at = [Piece("…")] if start else [], start
    for first, last in hits:
        if start <= first and last <= end:
            found += [Piece(line[at:first]), Piece(line[first:last], hit=True)]
            at = last
    found += [Piece(line[at:end]), Piece("…" if end < len(line) else "")]
    return [piece for piece in found if piece.text]


def _spans(line: str, wanted: Sequence[Term], limit: int) -> Iterator[tuple[int, int]]:
    """Where the first of what was looked for stands, and what of it stands so near that both are shown."""
    last, judged = len(line), dict[str, bool]()
    for match in _SEEN.finditer(line):
        if match.start() > last:
            return
        word = match.group()
        if word not in judged:
            judged[word] = _hits(word, wanted)
        if judged[word]:
            last = min(last, match.end() + limit)
            yield match.span()


def _hits(word: str, wanted: Sequence[Term]) -> bool:
    if word.isascii() and "_" not in word:
        plain = word[:LONGEST].lower()
        return any(_is(plain, term) for term in wanted)
    if _IS_UNSPACED.search(word):
        folded = fold(word)
        return any(term.text in folded for term in wanted)
    here = words(word)
    return any(_is(one, term) for one in here for term in wanted)
