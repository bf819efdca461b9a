"""This room is what can be different about what there is to find."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class SuggestionsChanged(Change):
    """More is known of what contacts follow."""
