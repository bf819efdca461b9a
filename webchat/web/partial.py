"""This room makes what a stream carries: partials aimed at an element."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Partial:
    """One `<hx-partial>` of a frame.

    target    CSS selector, made from an id of webchat.web.dom ("#conversations")
    swap      htmx swap style: "outerMorph", "innerMorph", "upsert key:data-key", "delete", …
    template  the partial that draws it ("messages/_message.html"); "" for "delete"
    values    what the template needs, by name
    """

    target: str
    swap: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ping:
    """A named event instead of HTML: an area of the page fetches itself (large lists), or a script is told.

    name  e.g. "timeline-stale", "counters"; data is one line of JSON or ""
    """

    name: str
    data: str = ""
