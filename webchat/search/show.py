"""This room makes of what was found the values that the pages of search draw."""

from dataclasses import dataclass
from datetime import datetime

from webchat.markup import names as safe
from webchat.markup.body import action_text
from webchat.markup.colour import colour
from webchat.markup.words import Piece, marked
from webchat.messages.show import path_of
from webchat.messages.store.search import Hit
from webchat.search.forms import KINDS, Problem, Question
from webchat.search.store import Answer, Place
from webchat.xmpp import jid as jids

SHOWN = 180
"""Characters of a message that a result shows."""

EXAMPLES = (
    "from:me", "in:juliet", "before:2026-03-31", "after:2026-03-01",
    *(f"has:{kind}" for kind in KINDS), "is:unread",
)  # fmt: skip

OFFERED = 200
"""Names that the fields complete."""


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A person or a room that was found by name."""

    jid: str
    name: str
    kind: str
    path: str
    colour: int
    initial: str
    unread: int


@dataclass(frozen=True, slots=True)
class FoundView:
    """A message that was found; `author` is "" for own ones, `hidden` when its text is covered."""

    id: int
    path: str
    place: str
    author: str
    mine: bool
    colour: int
    initial: str
    stamp: datetime
    pieces: tuple[Piece, ...]
    hidden: bool


@dataclass(frozen=True, slots=True)
class SearchView:
    """The page of search; see templates/search/index.html.

    inside      the one conversation that is searched, or None
    older_path  "" when there are no more
    names       what the fields "from" and "in" complete: (address, name)
    """

    asked: Question
    places: tuple[PlaceView, ...]
    messages: tuple[FoundView, ...]
    problems: tuple[Problem, ...]
    inside: PlaceView | None
    older_path: str
    examples: tuple[str, ...] = EXAMPLES

    @property
    def empty(self) -> bool:
        """Something was looked for, and nothing found."""
        return not (self.places or self.messages) and self.asks

    @property
    def asks(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.asked.words or self.asked.filtered)


def view(asked: Question, answer: Answer) -> SearchView:
    """The answer to a question."""
    last = answer.hits[-1].moment if answer.more else 0
    return SearchView(
        asked=asked,
        places=tuple(place_view(place) for place in answer.places),
        messages=tuple(_found(hit, answer) for hit in answer.hits),
        problems=asked.problems,
        inside=place_view(answer.inside) if answer.inside else None,
        older_path=asked.path(last) if last else "",
    )


def place_view(place: Place) -> PlaceView:
    """A person or a room."""
    return PlaceView(
        jid=place.jid,
        name=place.name,
        kind=place.kind,
        path=path_of(place.jid, place.kind),
        colour=colour(place.jid),
        initial=place.name[:1].upper(),
        unread=place.unread,
    )


def _found(hit: Hit, answer: Answer) -> FoundView:
    place = answer.names.get(hit.jid) or jids.shown(hit.jid)
    nick = safe.shown(jids.resource(hit.sender)) if hit.kind != "chat" else ""
    text = action_text(hit.body) if hit.spoiler is None else hit.spoiler
    return FoundView(
        id=hit.id,
        path=f"{path_of(hit.jid, hit.kind)}?at={hit.id}",
        place=place,
        author="" if hit.mine else nick or place,
        mine=hit.mine,
        colour=colour(hit.jid),
        initial=place[:1].upper(),
        stamp=hit.stamp,
        pieces=tuple(marked(text, answer.terms, SHOWN)),
        hidden=hit.spoiler is not None,
    )
