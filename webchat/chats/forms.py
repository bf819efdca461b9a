"""This room reads the form that starts a chat."""

from dataclasses import dataclass

from webchat.errors import Invalid
from webchat.web import forms
from webchat.web.language import N_
from webchat.xmpp import jid as jids

NEEDED = N_("Type the address of the person you want to write to.")
NO_ADDRESS = N_("This is not a valid address. Addresses look like name@example.org.")


@dataclass(frozen=True)
class StartForm(forms.Form):
    """`jid` as it was typed; `address` says what is wrong with it, so that the text is still at hand."""

    jid: str = forms.text("")

    def address(self, home: str) -> str:
        """The bare JID that is meant; a name alone lives at `home`. Raises Invalid."""
        typed = self.jid
        if typed[:5].lower() == "xmpp:":
            typed = typed[5:].partition("?")[0]
        if not typed:
            raise Invalid({"jid": NEEDED})
        if "@" not in typed and "." not in typed.partition("/")[0] and home:
            typed = f"{typed}@{home}"
        try:
            return jids.bare(jids.normalise(typed))
        except ValueError:
            raise Invalid({"jid": NO_ADDRESS}) from None
