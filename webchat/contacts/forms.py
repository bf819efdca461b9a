"""This room reads the forms about people."""

from dataclasses import dataclass
from typing import Literal, cast

from webchat.contacts.show.person import LONGEST_STATUS, SHOWS
from webchat.web import forms
from webchat.web.language import N_
from webchat.xmpp.blocking import LONGEST_TEXT

MOST_GROUPS = 20
TOO_MANY = N_("These are too many groups.")


@dataclass(frozen=True)
class ContactForm(forms.Form):
    """How the user calls somebody, and groups with commas between them; both may be empty."""

    name: str = forms.text("", limit=200)
    groups: str = forms.text("", limit=1000)

    def check(self) -> dict[str, str]:
        """Not more groups than anybody needs."""
        return {"groups": TOO_MANY} if len(self.sorted_into()) > MOST_GROUPS else {}

    def sorted_into(self) -> list[str]:
        """The groups one by one."""
        return list(dict.fromkeys(filter(None, (group.strip() for group in self.groups.split(",")))))


@dataclass(frozen=True)
class SubscriptionForm(forms.Form):
    """What to change about who sees whom."""

    action: str = forms.text(choices=("ask", "unsee", "hide", "allow"))


@dataclass(frozen=True)
class AcceptForm(forms.Form):
    """`only`: let them see us, and ask for nothing in return."""

    only: bool = forms.tick()


@dataclass(frozen=True)
class PresenceForm(forms.Form):
    """What we show of ourselves."""

    show: str = forms.text("", choices=tuple(SHOWS))
    status: str = forms.text("", limit=LONGEST_STATUS)


@dataclass(frozen=True)
class ReportForm(forms.Form):
    """Why somebody is reported; `site`: those who run this site read it, too."""

    reason: str = forms.text("spam", choices=("spam", "abuse"))
    text: str = forms.text("", limit=LONGEST_TEXT)
    site: bool = forms.tick()

    @property
    def why(self) -> Literal["spam", "abuse"]:
        """The reason as XEP-0377 spells it."""
        return cast(Literal["spam", "abuse"], self.reason)
