"""This room reads the forms about following."""

from dataclasses import dataclass

from webchat.posts.follows import LONGEST_TITLE
from webchat.web import forms

BACK = {"news": "/news", "explore": "/explore", "subscriptions": "/subscriptions"}
"""Pages that a button "Follow" may lead back to."""


@dataclass(frozen=True)
class FollowForm(forms.Form):
    """What the user calls what they follow, whether others may see it, where the button stood."""

    title: str = forms.text("", limit=LONGEST_TITLE)
    shared: bool = forms.tick()
    back: str = forms.text("", choices=tuple(BACK))
