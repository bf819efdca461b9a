"""This room reads the forms of rooms."""

from collections.abc import Sequence
from dataclasses import dataclass

from webchat.errors import Invalid
from webchat.web import forms
from webchat.web.language import N_
from webchat.xmpp import jid as jids

LONGEST_WORDS = 500
"""Characters of a reason or a subject."""

LONGEST_NAME = 255
NO_NAME = N_("Give the room a name.")
NO_PERSON = N_("This is not a valid address. Addresses look like name@example.org.")


@dataclass(frozen=True)
class JoinForm(forms.Form):
    """POST /rooms/{jid}/join; `go`: the page it comes from is not the room's own."""

    nick: str = forms.text("", limit=1000)
    password: str = forms.text("", limit=1000, strip=False)
    go: bool = forms.tick()


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
    """POST /rooms/{jid}/invite: one address or several, separated by spaces, commas or lines; beside them the
    contacts that were ticked (`to`, which comes several times)."""

    jid: str = forms.text("", limit=4000)
    reason: str = forms.text("", limit=LONGEST_WORDS)

    def people(self, ticked: Sequence[str], home: str) -> list[str]:
        """The bare JID of everybody who is meant, each once; a name alone lives at `home`.

        Raises Invalid (field jid) for what is no address of a person.
        """
        typed = self.jid.replace(",", " ").replace(";", " ").split()
        return list(dict.fromkeys(_person(one, home) for one in (*ticked, *typed)))


def _person(typed: str, home: str) -> str:
    if typed[:5].lower() == "xmpp:":
        typed = typed[5:].partition("?")[0]
    if "@" not in typed and "." not in typed and home:
        typed = f"{typed}@{home}"
    try:
        jid = jids.bare(jids.normalise(typed))
    except ValueError:
        jid = ""
    if not jids.local(jid):
        raise Invalid({"jid": NO_PERSON})
    return jid


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
    """POST /rooms/{jid}/report; `site`: those who run this site read it, too."""

    reason: str = forms.text("spam", choices=("spam", "abuse"))
    text: str = forms.text("", limit=1000)
    site: bool = forms.tick()
