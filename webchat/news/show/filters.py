"""This room makes the choices by which one narrows down what there is to find: language and server."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.news import store
from webchat.news.store import CODE, UNKNOWN, Wanted
from webchat.session.session import Session
from webchat.web.language import N_, name_in, translate
from webchat.web.reader import reader
from webchat.xmpp import jid as jids

MOST = 60
"""Languages, and servers, that are offered: those with the most posts."""

NOT_SAID = N_("Not said")


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One choice; `number`: how many posts it leaves, 0 for one that is kept though it leaves none."""

    value: str
    label: str
    number: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class FilterView:
    """What one can choose from; `active`: something is chosen."""

    languages: tuple[ChoiceView, ...]
    servers: tuple[ChoiceView, ...]
    active: bool


async def filters(db: AsyncSession, session: Session, chosen: Wanted, *, adult: bool) -> FilterView:
    """The languages and servers of recent open posts."""
    via = jids.domain(session.jid)
    found = await store.open_kinds(db, via, session.jid, adult=adult)
    codes = (store.primary(language) for language, _ in found)
    spoken = Counter(code for code in codes if CODE.fullmatch(code))
    servers = Counter(jids.domain(service) for _, service in found)
    languages = _choices(spoken, chosen.language, _spoken)
    return FilterView(
        tuple(sorted(languages, key=lambda one: (one.value == UNKNOWN, one.label.casefold()))),
        tuple(_choices(servers, chosen.server, jids.shown)),
        bool(chosen.language or chosen.server),
    )


def _choices(found: Counter[str], chosen: str, called: Callable[[str], str]) -> list[ChoiceView]:
    offered = dict(found.most_common(MOST))
    if chosen:
        offered.setdefault(chosen, found[chosen])
    return [ChoiceView(value, called(value), number, value == chosen) for value, number in offered.items()]


def _spoken(code: str) -> str:
    language = reader.get().language
    return translate(NOT_SAID, language) if code == UNKNOWN else name_in(code, language)
