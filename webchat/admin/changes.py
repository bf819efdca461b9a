"""This room names the changes that only those who run the site are told of."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class SiteChanged(Change):
    """Who is signed in, who is blocked or what is reported is different."""


@dataclass(frozen=True, slots=True)
class NumbersChanged(Change):
    """The numbers of the site are worth another look."""
