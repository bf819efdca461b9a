"""This room says what a page follows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """A page's subject: `kind` is a word of its slice ("conversation", "chats"), `key` the one of it."""

    kind: str
    key: str = ""
