"""This room is the words of the operator's commands: what can be typed, and what is run then.

What a command needs is loaded when it runs: a container asks for `healthcheck` twice a minute.
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from webchat.config import ConfigError, Settings
from webchat.operate.trouble import Trouble, number, say

if TYPE_CHECKING:
    from webchat.operate.doctor import Finding

Run = Callable[[Settings, argparse.Namespace], int]

_MARKS = {"well": "well   ", "warning": "warning", "fault": "FAULT  "}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put all of them into the parser; each sets `run`."""
    _add_doctor(commands)
    _add_backup(commands)
    _add_restore(commands)
    _add_admin(commands)
    _add_emoji(commands)


def command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, help: str, more: str, run: Run
) -> argparse.ArgumentParser:
    """One command, with a line for the list and a text for its own page."""
    description = f"{help[0].upper()}{help[1:]}. {more}".strip()
    made: argparse.ArgumentParser = commands.add_parser(name, help=help, description=description)
    made.set_defaults(run=run)
    return made


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(
        commands,
        "doctor",
        "look for what is wrong with this installation",
        "Settings, data directory, database, the way through the proxy, the clock and the XMPP server of a "
        "domain. Nothing is changed. The exit status is 1 when there is a fault.",
        _doctor,
    )
    made.add_argument("domain", nargs="?", default="", help="an XMPP domain to look at, such as example.org")
    made.add_argument("--json", action="store_true", help="for other programs")


def _doctor(settings: Settings, chosen: argparse.Namespace) -> int:
    from webchat.operate import doctor

    return tell(asyncio.run(doctor.examine(settings, chosen.domain)), as_json=chosen.json)


def unsettled(error: ConfigError, *, as_json: bool) -> int:
    """What keeps the settings from being read at all, as the doctor says it; the exit status."""
    from webchat.operate.doctor.finding import fault

    remedy = "Correct it; docs/configuration.md explains every setting."
    return tell([fault("settings", f"{error}.", remedy)], as_json=as_json)


def tell(findings: "Sequence[Finding]", *, as_json: bool) -> int:
    """Say what was found; the exit status."""
    faults = sum(finding.level == "fault" for finding in findings)
    if as_json:
        say(json.dumps({"well": not faults, "findings": [finding.told() for finding in findings]}, indent=2))
        return 1 if faults else 0
    for finding in findings:
        say(f"{_MARKS[finding.level]}  {finding.about}: {finding.sentence}")
        if finding.remedy:
            say(f"         {finding.remedy}")
    warnings = sum(finding.level == "warning" for finding in findings)
    say(
        f"{number(faults, 'fault')}, {number(warnings, 'warning')}." if faults or warnings else "All is well."
    )
    return 1 if faults else 0


def _add_backup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(
        commands,
        "backup",
        "write everything that exists only here into one file",
        "The site may run on. The file holds the database as it was at one moment, and the packs of pictures "
        "to write with; the cache of pictures is left out, it fills itself again.",
        _backup,
    )
    made.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="where to; without it, a name of its own in backups/ of the data directory",
    )
    made.add_argument(
        "--with-secret-key",
        action="store_true",
        help="also the key that seals logins; whoever has such a file and a browser's cookie is signed in",
    )


def _backup(settings: Settings, chosen: argparse.Namespace) -> int:
    from webchat.operate import backup

    target = (chosen.file or backup.default_target(settings)).absolute()
    manifest = asyncio.run(backup.make(settings, target, with_secret=chosen.with_secret_key))
    size = sum(size for size, _ in manifest.files.values())
    say(f"Saved {size / 1e6:.1f} MB to {target} (database {manifest.database}, form {manifest.revision}).")
    if not chosen.with_secret_key:
        say("It does not contain the secret key: keep that apart, or everybody logs in again after a loss.")
    return 0


def _add_restore(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(
        commands,
        "restore",
        "put a backup back",
        "Stop the site before. The backup is checked first; what was there is kept beside it, under another "
        "name.",
        _restore,
    )
    made.add_argument("file", type=Path, help="what `backup` wrote")


def _restore(settings: Settings, chosen: argparse.Namespace) -> int:
    from webchat.operate import restore

    done = asyncio.run(restore.restore(settings, chosen.file.absolute()))
    say(f"Restored the backup of {done.manifest.created_at}. You can start the site.")
    for path in done.kept:
        say(f"What was there before is kept in {path}.")
    return 0


def _add_admin(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    what = "see and decide about people: users, sessions, end, block, reports, purge, stats"
    made = commands.add_parser(
        "admin",
        help=what,
        description="See and decide about the people who sign in here. The site may run on.",
    )
    inner = made.add_subparsers(dest="about", required=True)
    _add_looking(inner)
    _add_deciding(inner)
    _add_reports(inner)


def _about(name: str) -> Run:
    """The function of this name in the room about people."""

    def run(settings: Settings, chosen: argparse.Namespace) -> int:
        from webchat.operate import admin

        act: Run = getattr(admin, name)
        return act(settings, chosen)

    return run


def _add_reports(inner: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(
        inner,
        "reports",
        "what people reported: list, show or close",
        "Who told it is forgotten when a report is closed; thirty days later the rest goes.",
        _reports,
    )
    made.add_argument("action", nargs="?", choices=("list", "show", "close"), default="list")
    made.add_argument("number", nargs="?", type=int, help="which one to show or close, as the list has it")
    made.add_argument("--closed", action="store_true", help="list those that were closed")
    made.add_argument("--json", action="store_true", help="for other programs")


def _reports(settings: Settings, chosen: argparse.Namespace) -> int:
    from webchat.operate import reports

    return reports.run(settings, chosen)


def _add_looking(inner: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    users = command(
        inner, "users", "everybody who ever signed in here, the last seen first", "", _about("users")
    )
    users.add_argument("--domain", default="", help="only addresses of this domain")
    one = command(inner, "sessions", "the XMPP sessions that the running site holds", "", _about("sessions"))
    two = command(inner, "blocked", "who may not log in, and why", "", _about("blocked"))
    three = command(inner, "stats", "numbers, none of which names anybody", "", _about("statistics"))
    for made in (users, one, two, three):
        made.add_argument("--json", action="store_true", help="for other programs")


def _add_deciding(inner: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    end = command(
        inner,
        "end",
        "sign an account out in all its browsers",
        "Nothing is lost: they can log in again.",
        _about("end"),
    )
    end.add_argument("address", nargs="?", default="", help="name@example.org")
    end.add_argument("--all", action="store_true", help="everybody")
    block = command(
        inner,
        "block",
        "let an address or a whole domain not log in any more",
        "Whoever is signed in under it is signed out. A domain does not mean its subdomains.",
        _about("block"),
    )
    block.add_argument("who", help="name@example.org, or example.org")
    block.add_argument(
        "--hide",
        action="store_true",
        help="also show nobody here what it publishes: posts and comments that are here are deleted here",
    )
    block.add_argument("--reason", default="", help="for yourself; those who are blocked do not see it")
    unblock = command(inner, "unblock", "take a block back", "", _about("unblock"))
    unblock.add_argument("who", help="as it was blocked")
    purge = command(
        inner,
        "purge",
        "delete everything that is kept here for an account",
        "Its own server keeps what it has: messages and posts are there as before.",
        _about("purge"),
    )
    purge.add_argument("address", help="name@example.org")
    purge.add_argument("--yes", action="store_true", help="do not ask again")


def _add_emoji(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(
        commands,
        "emoji",
        "packs of pictures to write with: add, list or remove",
        "Each picture of a folder or a ZIP file is called by its file's name and made anew, at most 128 "
        "pixels and 64 KB. The site may run on.",
        _emoji,
    )
    made.add_argument("action", choices=("add", "list", "remove"))
    made.add_argument("what", nargs="?", default="", help="the folder or ZIP file; or the pack to remove")
    made.add_argument("--name", default="", help="what the pack is called; without it, as the file")
    made.add_argument("--title", default="", help="what people read above it")


def _emoji(settings: Settings, chosen: argparse.Namespace) -> int:
    from webchat.operate import emoji

    if chosen.action != "list" and not chosen.what:
        raise Trouble(f"Say what to {chosen.action}: webchat emoji {chosen.action} …")
    return emoji.run(settings, chosen)
