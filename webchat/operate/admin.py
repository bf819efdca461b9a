"""This room is the commands about people: who is here, who may not be, who is signed out or forgotten."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from webchat.config import Settings
from webchat.db.engine import Database
from webchat.operate import control
from webchat.operate.control import Answer
from webchat.operate.trouble import Trouble, number, say
from webchat.session import accounts, blocks

T = TypeVar("T")


def users(settings: Settings, chosen: argparse.Namespace) -> int:
    """Everybody who ever signed in."""

    async def ask(database: Database) -> list[accounts.User]:
        async with database.read() as db:
            return await accounts.users(db, domain=chosen.domain)

    found = on_database(settings, ask)
    if chosen.json:
        say_json([[one.jid, one.created_at, one.last_seen_at, one.logins] for one in found], _USER)
        return 0
    rows = [(one.jid, day(one.created_at), moment(one.last_seen_at), str(one.logins)) for one in found]
    table(("address", "first seen", "last seen (UTC)", "browsers"), rows)
    say(f"{number(len(found), 'account')}.")
    return 0


def sessions(settings: Settings, chosen: argparse.Namespace) -> int:
    """The XMPP sessions that the running site holds."""
    if not asyncio.run(control.running(settings)):
        raise Trouble("No site runs on this data directory, so there are no sessions.")
    found = _do(settings, "sessions")
    if chosen.json:
        say(json.dumps(found, indent=2))
        return 0
    rows = [(one["jid"], one["state"], one["reason"], str(one["tabs"])) for one in found]
    table(("address", "state", "reason", "open tabs"), rows)
    say(f"{number(len(found), 'session')}, {number(sum(one['tabs'] for one in found), 'open tab')}.")
    return 0


def end(settings: Settings, chosen: argparse.Namespace) -> int:
    """Sign out one account, or everybody."""
    if chosen.all == bool(chosen.address):
        raise Trouble("Name an address, or say --all.")
    jid = "" if chosen.all else _address(chosen.address)
    ended = _do(settings, "end", **({"jid": jid} if jid else {}))
    say(f"Signed out {number(ended, 'browser')} of {jid or 'everybody'}.")
    return 0


def block(settings: Settings, chosen: argparse.Namespace) -> int:
    """Let an address, or a whole domain, not log in any more."""
    kind, value = _meant(chosen.who)
    hides = {"hides": "yes"} if chosen.hide else {}
    did = _do(settings, "block", kind=kind, value=value, reason=chosen.reason, **hides)
    say(f"The {kind} {value} cannot log in any more. Signed out: {number(did['ended'], 'account')}.")
    if chosen.hide:
        say(f"What it publishes is not shown here any more. Deleted here: {number(did['hidden'], 'item')}.")
    return 0


def unblock(settings: Settings, chosen: argparse.Namespace) -> int:
    """Take a block back."""
    kind, value = _meant(chosen.who)

    async def remove(database: Database) -> bool:
        async with database.write() as db:
            return await blocks.remove(db, kind, value)

    if not on_database(settings, remove):
        raise Trouble(f"The {kind} {value} is not blocked.")
    say(f"The {kind} {value} can log in again.")
    return 0


def blocked(settings: Settings, chosen: argparse.Namespace) -> int:
    """The list of blocks."""

    async def ask(database: Database) -> list[blocks.Block]:
        async with database.read() as db:
            return await blocks.listed(db)

    found = on_database(settings, ask)
    if chosen.json:
        say_json([[one.kind, one.value, one.hides, one.reason, one.created_at] for one in found], _BLOCK)
        return 0
    table(
        ("kind", "who", "posts", "since", "reason"),
        [
            (one.kind, one.value, "hidden" if one.hides else "shown", day(one.created_at), one.reason)
            for one in found
        ],
    )
    say(f"{number(len(found), 'block')}.")
    return 0


def purge(settings: Settings, chosen: argparse.Namespace) -> int:
    """Forget everything that is kept here for an account."""
    jid = _address(chosen.address)
    if not chosen.yes and not _agreed(jid):
        raise Trouble("Nothing was deleted.")
    went = _do(settings, "purge", jid=jid, media=str(settings.data_dir / "media"))
    if went is None:
        raise Trouble(f"Nobody of the address {jid} ever signed in here.")
    say(f"Deleted what was kept for {jid}: {', '.join(f'{went[name]} {name}' for name in sorted(went))}.")
    return 0


def statistics(settings: Settings, chosen: argparse.Namespace) -> int:
    """Numbers, none of which names anybody."""

    async def ask(database: Database) -> dict[str, int]:
        async with database.read() as db:
            return await accounts.statistics(db)

    told = on_database(settings, ask)
    if asyncio.run(control.running(settings)):
        running = _do(settings, "sessions")
        told |= {"sessions": len(running), "open_tabs": sum(one["tabs"] for one in running)}
    if chosen.json:
        say(json.dumps(told, indent=2))
        return 0
    for name, count in told.items():
        say(f"{name.replace('_', ' '):<24} {count:>10}")
    return 0


# ---- for all of them


_USER = ("address", "first_seen", "last_seen", "browsers")
_BLOCK = ("kind", "who", "hidden", "reason", "since")


def _do(settings: Settings, action: str, **asked: str) -> Answer:
    return _whole(control.do(settings, action, **asked))


def on_database(settings: Settings, ask: Callable[[Database], Awaitable[T]]) -> T:
    """What `ask` finds in the database of the site. Raises Trouble."""

    async def asked() -> T:
        database = Database(settings.database_url)
        try:
            return await ask(database)
        finally:
            await database.close()

    return _whole(asked())


def _whole(coroutine: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(coroutine)
    except SQLAlchemyError as error:
        kind = type(error).__name__
        raise Trouble(f"The database cannot be read ({kind}): `webchat doctor` says why.") from None


def _meant(text: str) -> tuple[str, str]:
    try:
        return blocks.meant(text)
    except ValueError:
        raise Trouble(f"{text!r} is neither an address (name@example.org) nor a domain.") from None


def _address(text: str) -> str:
    kind, value = _meant(text)
    if kind != blocks.ADDRESS:
        raise Trouble(f"{text!r} is a domain; an address (name@example.org) is meant here.")
    return value


def _agreed(jid: str) -> bool:
    if not sys.stdin.isatty():
        raise Trouble("Nobody can be asked here: say --yes.")
    return input(f"Delete everything that is kept here for {jid}? Type the address again: ").strip() == jid


def day(moment: datetime) -> str:
    """A day as tables show it."""
    return moment.strftime("%Y-%m-%d")


def moment(moment: datetime) -> str:
    """A moment as tables show it, in UTC."""
    return moment.strftime("%Y-%m-%d %H:%M")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Say rows below their heads; cells are foreign."""
    # Names are foreign: a terminal must not be told anything by them.
    shown = [["".join(c if c.isprintable() else "�" for c in cell) for cell in row] for row in rows]
    widths = [min(60, max(len(row[at]) for row in [list(head), *shown])) for at in range(len(head))]
    for row in [list(head), *shown]:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def say_json(rows: Sequence[Sequence[object]], names: Sequence[str]) -> None:
    """Say rows for other programs: objects whose keys are `names`."""
    told = [
        {
            name: cell.isoformat() if isinstance(cell, datetime) else cell
            for name, cell in zip(names, row, strict=True)
        }
        for row in rows
    ]
    say(json.dumps(told, indent=2))
