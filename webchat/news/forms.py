"""This room reads the forms about following."""

import re
from dataclasses import dataclass

from webchat.posts.follows import LONGEST_TITLE
from webchat.web import forms

BACK = {"news": "/news", "explore": "/explore", "subscriptions": "/subscriptions"}
"""Pages that a button "Follow" may lead back to, beside those about people."""

_PERSON = re.compile(r"/people/[^/?#\\\s]+(/posts)?")


@dataclass(frozen=True)
class FollowForm(forms.Form):
    """What the user calls what they follow, whether others may see it, where the button stood."""

    title: str = forms.text("", limit=LONGEST_TITLE)
    shared: bool = forms.tick()
    back: str = forms.text("", limit=4000)

    def back_to(self, otherwise: str) -> str:
        """Where to go on to: the page of the button where that is one of ours, else its own page."""
        return self.back if _PERSON.fullmatch(self.back) else BACK.get(self.back, otherwise)
