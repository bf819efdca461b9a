"""This room puts what is said about a post in order: answers below what they answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webchat.posts.store import Post

DEEPEST = 3
"""Answers to answers further down stand beside each other: a phone is no wider."""

LONG = 15
SHOWN = 10
"""Of more comments than the first number about as many as the second are shown at once."""

STEP = 5
"""What is folded away grows in steps, so that not every new comment moves what one reads."""


@dataclass(frozen=True, slots=True)
class Said:
    """One comment at its place; `to` is the one that it answers."""

    post: Post
    depth: int
    to: Post | None


def threaded(comments: Sequence[Post]) -> list[Said]:
    """Comments (the oldest first) in the order they are read (RFC 4685 §3). Only what stands before a comment
    can be answered by it; an answer to what is not here is a comment like others."""
    here: dict[tuple[str, str, str], Post] = {}
    below: dict[int, list[tuple[Post, Post | None]]] = {0: []}
    for one in comments:
        ref = one.reply_to
        over = here.get((ref.service, ref.node, ref.item)) if ref is not None else None
        below.setdefault(over.id if over else 0, []).append((one, over))
        here[one.service, one.node, one.item] = one
    return list(_walk(below))


def _walk(below: dict[int, list[tuple[Post, Post | None]]]) -> Iterator[Said]:
    """By hand: what strangers answer to each other may be deeper than functions may call themselves."""
    waiting = [(one, over, 0) for one, over in reversed(below[0])]
    while waiting:
        one, over, depth = waiting.pop()
        yield Said(one, depth, over)
        inner = min(depth + 1, DEEPEST)
        waiting += [(child, parent, inner) for child, parent in reversed(below.get(one.id, []))]


def earlier(number: int) -> int:
    """How many of so many comments are folded away."""
    return (number - SHOWN) // STEP * STEP if number > LONG else 0
