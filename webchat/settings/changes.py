"""This room names what is different when somebody chose something that is no preference of the site."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class ChoicesChanged(Change):
    """What the account's server keeps or lets others read, or the public page: see commands.look."""
