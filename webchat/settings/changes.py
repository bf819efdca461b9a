"""This room names what is different when somebody chose other looks."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class LookChanged(Change):
    """Theme, accent, density, size or language of the account; see its preferences."""
