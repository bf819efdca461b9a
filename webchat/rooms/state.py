"""This room is what the rooms slice keeps in memory: passwords, who waits for a door, what is told soon."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from webchat.pictures import Picture
from webchat.xmpp.content import Bookmark, Challenge

SOON = 0.8
"""Seconds for which changes of occupants are gathered into one."""

AT_ONCE = 4
"""Rooms that are entered at the same time."""


class Passwords:
    """Passwords of rooms by bare JID, from bookmarks, invitations and the user; never in the database."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def get(self, jid: str) -> str:
        """The password to try, "" for none."""
        return self._known.get(jid, "")

    def put(self, jid: str, password: str) -> None:
        """Remember a password; an empty one forgets it."""
        self._known.pop(jid, None)
        if password:
            self._known[jid] = password


class Invited:
    """What rooms call themselves into which somebody invites, asked once the user looks at these."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}


class Doors:
    """Rooms being entered, each with who waits for the answer, and tasks that enter.

    gate      lets some through at once
    due       when a room is tried again (monotonic)
    creating  rooms that are made on purpose
    writing   held while a bookmark is written, so that each knows what the one before it wrote
    """

    def __init__(self) -> None:
        self.gate = asyncio.Semaphore(AT_ONCE)
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.due: dict[str, float] = {}
        self.creating: set[str] = set()
        self.writing = asyncio.Lock()
        self._answers: dict[str, asyncio.Future[str]] = {}

    def wait(self, jid: str) -> "asyncio.Future[str]":
        """What will hold the room's answer: "" when we are in, else a condition."""
        former = self._answers.get(jid)
        if former is not None and not former.done():
            former.cancel()
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._answers[jid] = answer
        return answer

    def runs(self, jid: str) -> bool:
        """Whether somebody is entering this room."""
        task = self.tasks.get(jid)
        return task is not None and not task.done()

    def waits(self, jid: str) -> bool:
        """Whether somebody is entering, and has asked the room itself."""
        waiting = self._answers.get(jid)
        return self.runs(jid) and waiting is not None and not waiting.done()

    def answer(self, jid: str, condition: str) -> bool:
        """The room has answered; False when nobody waited."""
        waiting = self._answers.pop(jid, None)
        if waiting is None or waiting.done():
            return False
        waiting.set_result(condition)
        return True


class Echoes:
    """Bookmarks that we wrote ourselves: what the server tells us of them is no news to follow.

    Told late, ours would bring us back into a room that we have left, or been put out of, since.
    """

    MOST = 8
    """Bookmarks of one room that may be on their way."""

    def __init__(self) -> None:
        self._written: dict[str, list[Bookmark]] = {}

    def wait_for(self, bookmark: Bookmark) -> None:
        """We write this one now."""
        written = self._written.setdefault(bookmark.jid, [])
        written.append(replace(bookmark, password=""))
        del written[: -self.MOST]

    def heard(self, bookmark: Bookmark) -> bool:
        """Whether what we are told is what we wrote; it comes in order, and from some servers twice."""
        written = self._written.pop(bookmark.jid, [])
        told = replace(bookmark, password="")
        if told not in written:
            return False
        self._written[bookmark.jid] = written[written.index(told) :]
        return True


class Gathering:
    """Rooms whose occupants changed: each is told once for all that happens in a while."""

    def __init__(self) -> None:
        self._timers: dict[tuple[str, str], asyncio.TimerHandle] = {}

    def note(self, jid: str, tell: Callable[[str], None], seconds: float = SOON, *, what: str = "") -> None:
        """Somebody came or went in this room: `tell` is called for it soon, once for each `what`."""
        if (jid, what) in self._timers:
            return

        def due() -> None:
            self._timers.pop((jid, what), None)
            tell(jid)

        self._timers[jid, what] = asyncio.get_running_loop().call_later(seconds, due)


class Homes:
    """Services of our own server where rooms can be made, once they are known."""

    def __init__(self) -> None:
        self.services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a room asks at its door (XEP-0158), ready to be shown.

    pictures  name of a field → its picture: made anew by us, or where the web has it
    id        another one for each question, so that no browser shows the picture of the former one
    """

    challenge: Challenge
    pictures: Mapping[str, Picture | str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(6))


class Questions:
    """Open questions by bare JID of the room; a question is answered once."""

    def __init__(self) -> None:
        self._open: dict[str, Question] = {}

    def get(self, jid: str) -> Question | None:
        """What this room asks, None when it asks nothing."""
        return self._open.get(jid)

    def put(self, jid: str, question: Question) -> None:
        """The room asks this now, and nothing else."""
        self._open[jid] = question

    def take(self, jid: str) -> Question | None:
        """The question, which is not open any more."""
        return self._open.pop(jid, None)
