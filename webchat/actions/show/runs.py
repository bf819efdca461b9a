"""This room makes of commands and where they stand what templates draw."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webchat.actions.commands import Offered
from webchat.actions.forms import Answers, complete, typed
from webchat.actions.state import Run
from webchat.markup import names as safe
from webchat.web.errors import describe
from webchat.web.language import N_, translate
from webchat.xmpp import jid as jids
from webchat.xmpp.forms import Form

ACTIONS = "/configuration/actions"

LABELS = {
    "execute": N_("Continue"),
    "next": N_("Next"),
    "complete": N_("Finish"),
    "prev": N_("Back"),
}
ICONS = {"info": "info", "warn": "circle-alert", "error": "circle-alert"}

PLAIN = {
    "username": N_("User name"),
    "nick": N_("Nickname"),
    "password": N_("Password"),
    "name": N_("Name"),
    "first": N_("First name"),
    "last": N_("Family name"),
    "email": N_("Email"),
    "address": N_("Street"),
    "city": N_("Locality"),
    "state": N_("Region"),
    "zip": N_("Postal code"),
    "phone": N_("Telephone"),
    "url": N_("Website"),
    "date": N_("Date"),
}
"""Questions that have names but no words (XEP-0077 §14.1), as message ids."""


@dataclass(frozen=True, slots=True)
class CommandView:
    """One command of a list; its form leads to `path` with `node` and `name`."""

    name: str
    node: str
    path: str
    elsewhere: str


@dataclass(frozen=True, slots=True)
class ListView:
    """What an address offers; `trouble` is a message id, "" for none."""

    jid: str
    path: str
    commands: Sequence[CommandView]
    trouble: str


@dataclass(frozen=True, slots=True)
class RunView:
    """Where a command stands; see templates/actions/run.html.

    status   "executing", "completed", "canceled" or "over": the other side knows nothing of it any more
    buttons  (action, label as message id), the first one is what Enter means
    errors   field → message id; `error` is for the whole, `detail` the other side's own words about it
    """

    name: str
    jid: str
    home: str
    path: str
    again: CommandView
    turn: int
    status: str
    notes: Sequence[tuple[str, str, str]]
    form: Form | None
    large: bool
    buttons: Sequence[tuple[str, str]]
    errors: Mapping[str, str]
    error: str
    detail: str


def address_path(jid: str) -> str:
    """The page of an address and its commands, within the site."""
    return f"{ACTIONS}/at/{jids.escape_path(jid)}"


def run_path(run: Run) -> str:
    """The page of a command that is being run, within the site."""
    return f"{ACTIONS}/runs/{run.id}"


def command_list(jid: str, offered: Offered) -> ListView:
    """What an address offers."""
    commands = [_command(one.jid, one.node, one.name, jid) for one in offered.commands]
    trouble = describe(offered.trouble).text if offered.trouble else ""
    return ListView(jids.shown(jid), address_path(jid), commands, trouble)


def _command(jid: str, node: str, name: str, asked: str = "") -> CommandView:
    elsewhere = jids.shown(jid) if asked and jid != asked else ""
    return CommandView(safe.shown(name, 200) or node, node, address_path(jid), elsewhere)


def run_view(
    run: Run,
    *,
    answers: Answers | None = None,
    errors: Mapping[str, str] | None = None,
    error: str = "",
    detail: str = "",
) -> RunView:
    """A command as it stands, with what was typed into its form where that was not taken."""
    step = run.step
    form = step.form
    if form is not None and answers is not None:
        form = typed(form, complete(form, answers))
    again = _command(run.jid, run.node, run.name)
    return RunView(
        name=again.name,
        jid=jids.shown(run.jid),
        home=address_path(run.jid),
        path=run_path(run),
        again=again,
        turn=run.turn,
        status="over" if run.over else step.status,
        notes=[(note.kind, ICONS[note.kind], note.text) for note in step.notes],
        form=form,
        large=step.large,
        buttons=_buttons(run) if run.going else (),
        errors=errors or {},
        error=error,
        detail=detail,
    )


def _buttons(run: Run) -> Sequence[tuple[str, str]]:
    step = run.step
    if not step.actions:
        return [("execute", LABELS["execute"])]
    # What Enter means stands first (HTML §4.10.22.2), the way back after all ways on.
    ways = sorted(("complete", "next", "prev"), key=lambda action: action != step.default)
    return [(action, LABELS[action]) for action in ways if action in step.actions]


def labelled(form: Form, language: str) -> Form:
    """The questions of a gateway that knows no forms, in words."""
    fields = [
        dataclasses.replace(field, label=translate(PLAIN[field.var], language))
        if field.label == field.var and field.var in PLAIN
        else field
        for field in form.fields
    ]
    return dataclasses.replace(form, fields=tuple(fields))
