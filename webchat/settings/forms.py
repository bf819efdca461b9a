"""This room reads the forms of Configuration."""

import re
from dataclasses import dataclass

from webchat.web import forms
from webchat.web.language import N_, languages
from webchat.web.shell import THEMES

UNDO_SECONDS = ("0", "5", "10", "20", "30")
"""For how long a message can be taken back before it is sent."""

NICKNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?")
NOT_A_NICKNAME = N_("Use 1 to 32 of the letters a to z, digits, and . _ - in between.")


@dataclass(frozen=True)
class PreferencesForm(forms.Form):
    """What can be chosen; an empty language is the browser's, a check box that is not ticked is off."""

    language: str = forms.text("", limit=35)
    theme: str = forms.text("system", choices=THEMES)
    enter: str = forms.text("send", choices=("send", "break"))
    receipts: bool = forms.tick()
    typing: bool = forms.tick()
    link_cards: bool = forms.tick()
    keys: bool = forms.tick()
    undo_send: str = forms.text("0", choices=UNDO_SECONDS)

    def check(self) -> dict[str, str]:
        """The language is one that is shipped."""
        known = self.language in ("", *languages())
        return {} if known else {"language": forms.NOT_A_CHOICE}

    def preferences(self) -> dict[str, str]:
        """As they are kept with the account."""
        return {
            "language": self.language,
            "theme": self.theme,
            "enter": self.enter,
            "undo_send": self.undo_send,
            "receipts": "on" if self.receipts else "off",
            "typing": "on" if self.typing else "off",
            "link_cards": "on" if self.link_cards else "off",
            "keys": "on" if self.keys else "off",
        }


@dataclass(frozen=True)
class PublicForm(forms.Form):
    """Whether strangers may read the blog, and the short name of its page."""

    public: bool = forms.tick()
    nickname: str = forms.text("", limit=100)

    def check(self) -> dict[str, str]:
        """A name is one that an address can carry and nobody takes for an address."""
        fits = not self.nickname or NICKNAME.fullmatch(self.nickname.lower())
        return {} if fits else {"nickname": NOT_A_NICKNAME}


@dataclass(frozen=True)
class ThemeForm(forms.Form):
    """Only the looks, as the quick switcher sends them."""

    theme: str = forms.text(choices=THEMES)
