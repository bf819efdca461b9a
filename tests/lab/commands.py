"""This room is a command of three steps that a client of somebody else offers: whom to greet, how, done."""

from typing import Any

from slixmpp.plugins.xep_0004 import Form

from tests.lab.peer import Peer

Session = dict[str, Any]


def offer_greeting(peer: Peer) -> str:
    """Have the command; where it is."""
    return peer.offers("greet", "Greet somebody", _whom)


def _whom(_: object, session: Session) -> Session:
    form = Form()
    form["type"], form["title"] = "form", "Whom?"
    form.add_field(var="name", ftype="text-single", label="Name", required=True)
    form.add_field(var="loud", ftype="boolean", label="Loud", value=True)
    session |= {"payload": form, "next": _how, "has_next": True, "allow_prev": False, "notes": None}
    return session


def _how(answers: Any, session: Session) -> Session:
    given = answers["values"]
    session["name"], session["loud"] = given["name"], given["loud"]
    form = Form()
    form["type"] = "form"
    form.add_field(
        var="tone",
        ftype="list-single",
        label="Tone",
        options=[{"label": "Kind", "value": "kind"}, {"label": "Rude", "value": "rude"}],
        value="kind",
    )
    session |= {"payload": form, "next": _done, "prev": _again, "has_next": False, "allow_prev": True}
    return session


def _again(_: object, session: Session) -> Session:
    return _whom(None, session)


def _done(answers: Any, session: Session) -> Session:
    form = Form()
    form["type"] = "result"
    form.add_reported(var="who", label="Who", ftype="text-single")
    form.add_reported(var="how", label="How", ftype="text-single")
    loud = "loudly" if session["loud"] else "quietly"
    form.add_item({"who": session["name"], "how": f"{answers['values']['tone']}, {loud}"})
    session |= {"payload": form, "next": None, "has_next": False, "notes": [("info", "Greeted")]}
    return session
