"""This room says what a feature may plug into the house: nothing is registered by import side effects."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import BaseRoute

from webchat.change import Change
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.xmpp.events import Event

Handler = Callable[[Work, Any], Awaitable[None]]
"""on_<event>(work, event): the only code that turns this kind of event into rows, state and changes."""

Fragment = Callable[[Page, Sequence[Any]], Awaitable[Sequence[Partial | Ping]]]
"""Draws all waiting changes of one type for one page; changes are distinct and in order of arrival."""

SyncStep = Callable[[Session], Awaitable[None]]
"""Runs after every login that did not resume a stream, one slice after the other."""

Job = Callable[[Session], Awaitable[None]]
"""Runs as long as the session does."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """One command of the text box: "/name argument".

    usage, help  message ids: what stands behind the name ("" for nothing), and what it does
    run          (session, JID of the conversation, argument) → path to go on to, "" to stay; raises
                 Invalid({"text": sentence}) when that cannot be done
    kinds        of conversations that it is for
    """

    name: str
    usage: str
    help: str
    run: Callable[[Session, str, str], Awaitable[str]]
    kinds: frozenset[str] = frozenset({"chat", "room", "whisper"})


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the sidebar: `label` is a message id, `icon` a name in the sprite, `counter` a key of the
    counters that the shell shows beside it, `also` another path whose pages belong to it; on a phone the bar
    at the bottom has room for few: `aside` ones stand in the menu of the own name there. `act`: what a
    script does in its place, the path being for whoever has none."""

    label: str
    path: str
    icon: str
    order: int
    counter: str = ""
    also: str = ""
    aside: bool = False
    act: str = ""


def by_account(count: Callable[[Any, int], Awaitable[int]]) -> Callable[[Any, Session], Awaitable[int]]:
    """A counter that needs nothing of the session but whose it is: (db session, account id) → int."""

    def counter(db: Any, session: Session) -> Awaitable[int]:
        return count(db, session.account_id)

    return counter


@dataclass(frozen=True, slots=True)
class Slice:
    """The table of contents of one feature.

    routes     Starlette routes of its pages and actions
    handlers   event type → its one owner
    fragments  (change type, scope kind or "*") → what draws it there
    counters   name → function giving the number for the shell: (db session, session) → int
    sync       steps after a login that did not resume
    jobs       background work of a session
    features   disco features announced because this slice honours them
    nav        sidebar entries
    frame      name → what the partials of this slice in the frame need, for whoever is signed in
    commands   what can be typed behind a slash
    """

    name: str
    routes: Sequence[BaseRoute] = ()
    handlers: Mapping[type[Event], Handler] = field(default_factory=dict)
    fragments: Mapping[tuple[type[Change], str], Fragment] = field(default_factory=dict)
    counters: Mapping[str, Callable[..., Awaitable[int]]] = field(default_factory=dict)
    sync: Sequence[SyncStep] = ()
    jobs: Sequence[Job] = ()
    features: Sequence[str] = ()
    nav: Sequence[NavEntry] = ()
    frame: Mapping[str, Callable[[Session], Any]] = field(default_factory=dict)
    commands: Sequence[SlashCommand] = ()
