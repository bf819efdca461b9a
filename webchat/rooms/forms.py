"""This room reads the forms of rooms."""

from dataclasses import dataclass

from webchat.web import forms
from webchat.web.language import N_

LONGEST_WORDS = 500
"""Characters of a reason or a subject."""

LONGEST_NAME = 255
NO_NAME = N_("Give the room a name.")


@dataclass(frozen=True)
class JoinForm(forms.Form):
    """POST /rooms/{jid}/join."""

    nick: str = forms.text("", limit=1000)
    password: str = forms.text("", limit=1000, strip=False)


@dataclass(frozen=True)
class CreateForm(forms.Form):
    """POST /rooms/create; an empty `jid` is made of the name, one without a service lives at our own one."""

    kind: str = forms.text("private", choices=("private", "public"))
    name: str = forms.text("", limit=LONGEST_NAME)
    jid: str = forms.text("", limit=3071)
    nick: str = forms.text("", limit=1000)
    notify: str = forms.text("on-mention", choices=("never", "on-mention", "always"))
    autojoin: bool = forms.tick()
    pin: bool = forms.tick()

    def check(self) -> dict[str, str]:
        """A room has a name."""
        return {} if self.name else {"name": NO_NAME}


@dataclass(frozen=True)
class KeepForm(forms.Form):
    """POST /rooms/{jid}/keep: how the user keeps a room."""

    name: str = forms.text("", limit=LONGEST_NAME)
    nick: str = forms.text("", limit=1000)
    notify: str = forms.text("on-mention", choices=("never", "on-mention", "always"))
    autojoin: bool = forms.tick()
    pin: bool = forms.tick()


@dataclass(frozen=True)
class SubjectForm(forms.Form):
    """POST /rooms/{jid}/subject; empty takes it away."""

    subject: str = forms.text("", limit=LONGEST_WORDS)


@dataclass(frozen=True)
class InviteForm(forms.Form):
    """POST /rooms/{jid}/invite: one address or several, separated by spaces, commas or lines."""

    jid: str = forms.text("", limit=4000)
    reason: str = forms.text("", limit=LONGEST_WORDS)

    @property
    def addresses(self) -> list[str]:
        """Each address once."""
        return list(dict.fromkeys(self.jid.replace(",", " ").replace(";", " ").split()))


@dataclass(frozen=True)
class PersonForm(forms.Form):
    """POST /rooms/{jid}/people/{nick}: `act` is a role, or an affiliation with "affiliation-" before it."""

    act: str = forms.text("", limit=40)
    reason: str = forms.text("", limit=LONGEST_WORDS)


@dataclass(frozen=True)
class AffiliationForm(forms.Form):
    """POST /rooms/{jid}/members."""

    affiliation: str = forms.text("member", choices=("owner", "admin", "member", "none", "outcast"))
    jid: str = forms.text("", limit=3071)
    reason: str = forms.text("", limit=LONGEST_WORDS)


@dataclass(frozen=True)
class DestroyForm(forms.Form):
    """POST /rooms/{jid}/destroy: `sure` is the box that one ticks."""

    sure: bool = forms.tick()
    reason: str = forms.text("", limit=LONGEST_WORDS)
    alternate: str = forms.text("", limit=3071)

    def check(self) -> dict[str, str]:
        """It cannot be undone, so one says it twice."""
        return {} if self.sure else {"sure": N_("Tick the box if you want this.")}


@dataclass(frozen=True)
class ReportForm(forms.Form):
    """POST /rooms/{jid}/report."""

    reason: str = forms.text("spam", choices=("spam", "abuse"))
    text: str = forms.text("", limit=1000)
