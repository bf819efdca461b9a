"""This room reads the forms of this slice, and says what is wrong with answers to forms of others."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webchat.web import forms
from webchat.web.language import N_
from webchat.xmpp import jid as jids
from webchat.xmpp.adhoc import ACTIONS, LONGEST
from webchat.xmpp.forms import MULTI, Field, Form

Answers = Mapping[str, Sequence[str]]

LONGEST_ADDRESS = 3071
NOT_AN_ADDRESS = N_("This is not a valid address.")
NOT_ALL_ADDRESSES = N_("One of these lines is not a valid address.")


@dataclass(frozen=True)
class RunForm(forms.Form):
    """Which command to run; `name` is what the list called it."""

    node: str = forms.text(limit=LONGEST, strip=False)
    name: str = forms.text("", limit=LONGEST)


@dataclass(frozen=True)
class StepForm(forms.Form):
    """Where to go from a step; `turn` is the step that the page showed."""

    most_fields = forms.MOST_ANSWERS

    do: str = forms.text("execute", choices=("execute", "cancel", *ACTIONS))
    turn: int = forms.number(0)


@dataclass(frozen=True)
class AddressForm(forms.Form):
    """An address somebody typed: of a person, a service or a server."""

    jid: str = forms.text(limit=LONGEST_ADDRESS)

    def check(self) -> dict[str, str]:
        """It is one."""
        return {} if address(self.jid) else {"jid": NOT_AN_ADDRESS}


def address(typed: str) -> str:
    """An address in its one spelling, "" when it is none; what one copies from a link is one too."""
    text = typed.strip().removeprefix("xmpp:").partition("?")[0]
    try:
        return jids.normalise(text)
    except ValueError:
        return ""


# ---- forms that somebody else made


def complete(form: Form, given: Answers) -> Answers:
    """What a page sent, with the fields that browsers do not send when nothing is chosen in them."""
    asked = [field.var for field in form.fields if field.var and field.type not in ("hidden", "fixed")]
    return {var: given.get(var, ()) for var in asked}


def wrong(form: Form, answers: Answers) -> dict[str, str]:
    """Field → what is wrong with its answer, as a message id (XEP-0004 §3.2)."""
    found = {}
    for field in form.fields:
        said = [one for one in answers.get(field.var, ()) if one.strip()]
        if field.required and not said and field.type not in ("hidden", "fixed", "boolean"):
            found[field.var] = forms.REQUIRED
        elif field.type == "jid-single" and said and not address(said[0]):
            found[field.var] = NOT_AN_ADDRESS
        elif field.type == "jid-multi" and not all(address(line) for line in _lines(said)):
            found[field.var] = NOT_ALL_ADDRESSES
    return found


def typed(form: Form, answers: Answers) -> Form:
    """The form with what was typed into it, so that nothing has to be typed again; passwords have to be."""
    return dataclasses.replace(form, fields=tuple(_typed(field, answers) for field in form.fields))


def _typed(field: Field, answers: Answers) -> Field:
    if field.var not in answers or field.type in ("hidden", "fixed"):
        return field
    said = tuple(answers[field.var])
    if field.type == "text-private":
        said = ()
    elif field.type in ("text-multi", "jid-multi"):
        said = tuple(line for text in said for line in text.replace("\r\n", "\n").split("\n"))
    elif field.type not in MULTI:
        said = said[:1]
    return dataclasses.replace(field, values=said)


def _lines(said: Sequence[str]) -> list[str]:
    return [line for text in said for line in text.split("\n") if line.strip()]
