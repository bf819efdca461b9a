"""This room names the changes of the session itself."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class ConnectionChanged(Change):
    """The stream to the account's server came, went or failed."""


@dataclass(frozen=True, slots=True)
class PreferenceChanged(Change):
    """Something that the user chose about the site is different: `key` is its name in the preferences."""

    key: str
