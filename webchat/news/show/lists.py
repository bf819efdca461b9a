"""This room makes what all lists of posts share: tabs, places in them, addresses of further pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from webchat.posts.store import Place, Post
from webchat.web.language import N_

TABS = {"": N_("All"), "people": N_("People"), "communities": N_("Communities")}

_START = datetime.fromtimestamp(0, UTC)
_PLACE = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class TabView:
    """One way of looking: `label` is a message id."""

    label: str
    path: str
    current: bool


def tab_of(text: str) -> str:
    """The tab that an address names; the first one for anything else."""
    return text if text in TABS else ""


def tabs(path: str, current: str) -> list[TabView]:
    """The ways of looking at a list."""
    return [TabView(label, address(path, tab), tab == current) for tab, label in TABS.items()]


def micros(moment: datetime) -> int:
    """A moment as a number that loses nothing."""
    return (moment - _START) // timedelta(microseconds=1)


def moment_of(number: int) -> datetime:
    """The moment of such a number of at most 17 digits."""
    return _START + timedelta(microseconds=number)


def place_of(text: str) -> Place | None:
    """A place in a list, as `place_text` wrote it; None for anything else."""
    found = _PLACE.fullmatch(text)
    return Place(moment_of(int(found[1])), int(found[2])) if found else None


def place_text(place: Place) -> str:
    """A place for an address."""
    return f"{micros(place.published)}-{place.id}"


def address(path: str, tab: str, before: str = "") -> str:
    """A page of a list."""
    asked = [f"tab={tab}"] * bool(tab) + [f"before={before}"] * bool(before)
    return path + ("?" + "&".join(asked) if asked else "")


def older(path: str, tab: str, found: Sequence[Post], most: int) -> str:
    """Where older posts are: one more than a page was asked for, to know that there are some."""
    return address(path, tab, place_text(found[most - 1].place)) if len(found) > most else ""
