"""This room makes of what was found the values that the pages of search draw."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts.show import avatar_path
from webchat.contacts.state import Blocklist
from webchat.markup import names as safe
from webchat.markup.body import action_text
from webchat.markup.colour import colour
from webchat.markup.html import beginning, text_of
from webchat.markup.words import Piece, Term, marked
from webchat.messages.show import path_of
from webchat.messages.show.beside import NOTES
from webchat.messages.store.files import files_of
from webchat.messages.store.search import Hit
from webchat.posts import show as posts
from webchat.posts.store import Node, Post
from webchat.search.forms import KINDS, Problem, Question
from webchat.search.store import Answer, Asker, Place
from webchat.session.session import Session
from webchat.uploads import show as uploads
from webchat.web.language import N_
from webchat.xmpp import jid as jids
from webchat.xmpp.content import SharedFile
from webchat.xmpp.entries import Ref

SHOWN = 180
READ = 64 * 1024
"""Characters of a post in which words are looked for to be shown."""

"""Characters of a message that a result shows."""

EXAMPLES = (
    "from:me", "in:juliet", "before:2026-03-31", "after:2026-03-01",
    *(f"has:{kind}" for kind in KINDS), "is:unread",
)  # fmt: skip

FILTERS = (
    ("from:", N_("Who said it")),
    ("in:", N_("In which conversation")),
    ("has:link", N_("With a link")),
    ("has:image", N_("With a picture")),
    ("has:file", N_("With a file")),
    ("is:unread", N_("Not read yet")),
    ("after:", N_("From a day on")),
    ("before:", N_("Before a day")),
)
"""What the box completes (static/js/filters.js), with a message id each."""

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
    picture: str = ""


@dataclass(frozen=True, slots=True)
class FoundView:
    """A message that was found; `author` is "" for own ones, `hidden` when its text is covered.

    note  message id of what it is, where it is a file without words; `pieces` are its name then
    """

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
    picture: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FoundCommunity:
    """A community that was found by name."""

    name: str
    address: str
    path: str
    colour: int
    initial: str


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post that was found; `place`: the community it stands in, "" for somebody's own posts; `pieces` are
    empty where its words are covered."""

    path: str
    title: tuple[Piece, ...]
    pieces: tuple[Piece, ...]
    who: posts.Who
    place: str
    stamp: datetime
    language: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class SearchView:
    """The page of search; see templates/search/index.html.

    inside      the one conversation that is searched, or None
    more        section → where there is more of it
    whole       where all sections are, while only one is shown; "" else
    older_path  "" when there are no more
    names       what the fields "from" and "in" complete: (address, name)
    """

    asked: Question
    places: tuple[PlaceView, ...]
    communities: tuple[FoundCommunity, ...]
    posts: tuple[FoundPost, ...]
    messages: tuple[FoundView, ...]
    problems: tuple[Problem, ...]
    inside: PlaceView | None
    more: Mapping[str, str]
    whole: str
    older_path: str
    examples: tuple[str, ...] = EXAMPLES
    filters: tuple[tuple[str, str], ...] = FILTERS

    @property
    def empty(self) -> bool:
        """Something was looked for, and nothing found."""
        return not (self.places or self.communities or self.posts or self.messages) and self.asks

    @property
    def asks(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.asked.words or self.asked.filtered)


def asker(session: Session, zone: tzinfo, *, social: bool) -> Asker:
    """Who asks, in this time zone; `social`: the site has posts."""
    return Asker(session.account_id, session.jid, zone, session[Blocklist].blocks, social)


async def view(db: AsyncSession, session: Session, asked: Question, answer: Answer) -> SearchView:
    """The answer to a question."""
    last = 0
    if "messages" in answer.more and answer.hits:
        last = answer.hits[-1].moment
    elif asked.only == "posts" and "posts" in answer.more and answer.posts:
        last = answer.posts[-1][0]
    files = await files_of(db, [hit.id for hit in answer.hits if not hit.body and hit.spoiler is None])
    more = () if asked.only else ("people", "communities", "posts")
    return SearchView(
        asked=asked,
        places=tuple(place_view(session, place) for place in answer.places),
        communities=tuple(_community(node) for node in answer.communities),
        posts=await _posts(db, session, [post for _, post in answer.posts], answer.terms),
        messages=await _messages(session, answer, files),
        problems=asked.problems,
        inside=place_view(session, answer.inside) if answer.inside else None,
        more={section: asked.path(only=section) for section in more if section in answer.more},
        whole=asked.path(only="") if asked.only else "",
        older_path=asked.path(last) if last else "",
    )


def place_view(session: Session, place: Place) -> PlaceView:
    """A person or a room."""
    return PlaceView(
        jid=place.jid,
        name=place.name,
        kind=place.kind,
        path=posts.node_path(Ref(place.jid, ""))
        if place.kind == "person"
        else path_of(place.jid, place.kind),
        colour=colour(place.jid),
        initial=place.name[:1].upper(),
        unread=place.unread,
        picture=avatar_path(session, place.jid),
    )


def _community(node: Node) -> FoundCommunity:
    name = safe.shown(node.title) or safe.shown(node.node)
    path = posts.node_path(node.ref)
    return FoundCommunity(name, jids.shown(node.service), path, colour(node.node), safe.initial(name))


async def _posts(
    db: AsyncSession, session: Session, found: Sequence[Post], wanted: Sequence[Term]
) -> tuple[FoundPost, ...]:
    """Posts as their cards know them: none of people whom the reader has blocked."""
    texts = {}
    for post in found:
        texts[post.id] = text_of(beginning(post.body, READ))
        # All of them may be as long as a post can be, and others wait.
        await asyncio.sleep(0)
    return tuple(
        FoundPost(
            path=card.path,
            title=tuple(marked(card.title, wanted, SHOWN)),
            pieces=() if card.nsfw else tuple(marked(texts[card.id], wanted, SHOWN)),
            who=card.who,
            place=card.place,
            stamp=card.published,
            language=card.language,
            hidden=card.nsfw,
        )
        for card in await posts.cards(db, session, found)
    )


async def _messages(
    session: Session, answer: Answer, files: Mapping[int, Sequence[SharedFile]]
) -> tuple[FoundView, ...]:
    made = []
    for hit in answer.hits:
        made.append(_found(session, hit, answer, files.get(hit.id, ())))
        await asyncio.sleep(0)
    return tuple(made)


def _found(session: Session, hit: Hit, answer: Answer, files: Sequence[SharedFile]) -> FoundView:
    place = answer.names.get(hit.jid) or jids.shown(hit.jid)
    nick = safe.shown(jids.resource(hit.sender)) if hit.kind != "chat" else ""
    text = action_text(hit.body) if hit.spoiler is None else hit.spoiler
    note = uploads.kind_of(files[0]) if files else ""
    if files and note != "voice":
        text = uploads.shown_name(files[0].name)
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
        picture=avatar_path(session, hit.jid),
        note=NOTES.get(note, "") if note != "file" or not text else "",
    )
