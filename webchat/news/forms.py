"""This room reads the forms about following."""

import re
from dataclasses import dataclass

from webchat.news.store import chosen_by
from webchat.posts.follows import LONGEST_TITLE
from webchat.web import forms


@dataclass(frozen=True)
class FilterForm(forms.Form):
    """Which posts the page of what there is to find leaves; "" for all of them."""

    language: str = forms.text("", limit=8)
    server: str = forms.text("", limit=500)
    tab: str = forms.text("", limit=20)

    def preferences(self) -> dict[str, str | None]:
        """As they are kept with the account; what is none chooses nothing."""
        server = self.server.strip().lower()
        kept = chosen_by({"explore_language": self.language.lower(), "explore_server": server})
        return {"explore_language": kept.language or None, "explore_server": kept.server or None}


BACK = {"news": "/news", "explore": "/explore", "subscriptions": "/subscriptions"}
"""Pages that a button "Follow" may lead back to, beside those about people."""

_PERSON = re.compile(r"/people/[^/?#\\\s]+(/posts)?")


@dataclass(frozen=True)
class FollowForm(forms.Form):
    """What the user calls what they follow, whether others may see it, where the button stood; `tells`: to be
    told of new posts, in a form of its own."""

    title: str = forms.text("", limit=LONGEST_TITLE)
    shared: bool = forms.tick()
    tells: bool = forms.tick()
    back: str = forms.text("", limit=4000)

    def back_to(self, otherwise: str) -> str:
        """Where to go on to: the page of the button where that is one of ours, else its own page."""
        return self.back if _PERSON.fullmatch(self.back) else BACK.get(self.back, otherwise)
