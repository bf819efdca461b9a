"""This room guards the live path: what arrives is handled exactly once, what changes is drawn somewhere."""

import sys
from collections.abc import Iterator
from typing import TypeVar

from tests.house.tree import sentence
from webchat.app import OPERATION, SHELL, SLICES, add_up
from webchat.change import Change
from webchat.slice import Slice
from webchat.xmpp.events import ConnectionStateChanged, Event

T = TypeVar("T")

SESSIONS_OWN = {ConnectionStateChanged}
"""Events that are about the session itself; it is their owner."""


def kinds(base: type[T]) -> Iterator[type[T]]:
    """All classes of the program below a base, without what dataclasses leave behind when they add slots."""
    for kind in base.__subclasses__():
        here = getattr(sys.modules.get(kind.__module__), kind.__name__, None)
        if here is kind and kind.__module__.startswith("webchat."):
            yield kind
        yield from kinds(kind)


def everything() -> tuple[Slice, ...]:
    """All slices that the site is made of."""
    return (SHELL, OPERATION, *SLICES)


def test_every_event_has_exactly_one_owner() -> None:
    """Whoever asks where an event is handled finds one place; the order of handlers is no question."""
    owners: dict[type[Event], list[str]] = {kind: ["the session"] for kind in SESSIONS_OWN}
    for each in SLICES:
        for event in each.handlers:
            owners.setdefault(event, []).append(each.name)
    unowned = [kind.__name__ for kind in set(kinds(Event)) - owners.keys()]
    assert not unowned, sentence("Nobody handles these events:", sorted(unowned))
    shared = [f"{kind.__name__}: {', '.join(names)}" for kind, names in owners.items() if len(names) > 1]
    assert not shared, sentence("These events have more than one owner:", shared)


def test_handlers_are_named_after_their_event() -> None:
    """on_message_received or on_message for MessageReceived: found by its name."""
    found = [
        f"{each.name}: {event.__name__} → {getattr(handler, '__name__', handler)}"
        for each in SLICES
        for event, handler in each.handlers.items()
        if not getattr(handler, "__name__", "").startswith("on_")
    ]
    assert not found, sentence("A handler is called on_<event>:", found)


def test_every_change_has_a_reader() -> None:
    """A change that no page draws is a page that shows something old."""
    drawn = {change for change, _scope in add_up(everything()).fragments}
    unread = [f"{kind.__module__}.{kind.__name__}" for kind in set(kinds(Change)) - drawn]
    assert not unread, sentence("No fragment draws these changes:", sorted(unread))


def test_changes_carry_ids_and_no_content() -> None:
    """A change may be drawn late and twice: it says what is different, the row says how it looks."""
    found = [
        f"{kind.__name__}.{field}: {type_}"
        for kind in kinds(Change)
        for field, type_ in getattr(kind, "__annotations__", {}).items()
        if type_ not in (int, str, bool, "int", "str", "bool") or field in ("body", "text", "html", "name")
    ]
    assert not found, sentence("A change carries ids:", found)


def test_navigation_leads_to_pages() -> None:
    """No entry of the sidebar is a dead link."""
    house = add_up(everything())
    paths = {getattr(route, "path", "") for route in house.routes}
    assert not [entry.path for entry in house.nav if entry.path not in paths]


def test_counters_of_the_navigation_exist() -> None:
    """A number beside an entry is counted by somebody."""
    house = add_up(everything())
    assert not [entry.counter for entry in house.nav if entry.counter and entry.counter not in house.counters]
