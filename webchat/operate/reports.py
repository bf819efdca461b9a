"""This room is the commands about what people reported: list it, show one whole, close it."""

import argparse
from datetime import datetime

from webchat.config import Settings
from webchat.db.engine import Database
from webchat.operate.admin import day, moment, on_database, say_json, table
from webchat.operate.trouble import Trouble, number, say
from webchat.session import complaints
from webchat.session.complaints import Report

_NAMES = ("number", "about", "subject", "place", "said", "reason", "words", "since", "closed", "reported_by")


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Do what was typed: `list`, `show NUMBER` or `close NUMBER`."""
    if chosen.action == "list":
        return _list(settings, closed=chosen.closed, as_json=chosen.json)
    if chosen.number is None:
        raise Trouble(f"Say which: `webchat admin reports {chosen.action} NUMBER`, as the list has it.")
    if chosen.action == "show":
        return _show(settings, chosen.number, as_json=chosen.json)
    return _close(settings, chosen.number)


def _list(settings: Settings, *, closed: bool, as_json: bool) -> int:
    async def ask(database: Database) -> list[Report]:
        async with database.read() as db:
            return await complaints.listed(db, closed=closed)

    found = on_database(settings, ask)
    if as_json:
        say_json([_cells(one) for one in found], _NAMES)
        return 0
    rows = [(str(one.id), one.about, one.reason, one.subject, day(one.created_at)) for one in found]
    table(("number", "about", "reason", "who", "since"), rows)
    say(f"{number(len(found), 'report')}.")
    return 0


def _show(settings: Settings, id: int, *, as_json: bool) -> int:
    async def ask(database: Database) -> Report | None:
        async with database.read() as db:
            return await complaints.one(db, id)

    found = on_database(settings, ask)
    if found is None:
        raise Trouble(f"There is no report {id}.")
    if as_json:
        say_json([_cells(found)], _NAMES)
        return 0
    for name, cell in zip(_NAMES, _cells(found), strict=True):
        text = f"{moment(cell)} UTC" if isinstance(cell, datetime) else str(cell or "")
        for line in _safe(text).split("\n") if text else ():
            say(f"{name.replace('_', ' ') + ':':<13} {line}")
            name = " "
    return 0


def _close(settings: Settings, id: int) -> int:
    async def ask(database: Database) -> bool:
        async with database.write() as db:
            return await complaints.close(db, id)

    if not on_database(settings, ask):
        raise Trouble(f"There is no open report {id}.")
    say(f"Report {id} is closed; who told it is forgotten.")
    return 0


def _cells(one: Report) -> tuple[object, ...]:
    told = (one.id, one.about, one.subject, one.place, one.excerpt, one.reason, one.words)
    return (*told, one.created_at, one.closed_at, one.by)


def _safe(text: str) -> str:
    # What people wrote is foreign: a terminal must not be told anything by it.
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
