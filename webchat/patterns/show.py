"""This room makes up what the page of patterns shows; nobody said any of it since 1597."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from webchat.contacts.show import ContactView, RequestView
from webchat.markup.body import action_text, is_action, render_body
from webchat.markup.colour import colour
from webchat.messages.show import ComposerView, GapView, MessageView, TypingView

NOW = datetime(2025, 11, 22, 14, 2, tzinfo=UTC)
ROMEO, JULIET = "romeo@example.org", "juliet@example.org"

WORDS = {
    "title": "Patterns",
    "widgets": "Words and controls",
    "sentence": "A sentence that leads, and then",
    "link": "a link",
    "small": "Small print",
    "wrong": "What is wrong with a field",
    "primary": "Primary",
    "ordinary": "Ordinary",
    "danger": "Danger",
    "frame": "Connection and toasts",
    "list": "The list",
    "heads": "Heads",
    "messages": "Messages",
    "writing": "Writing",
}


@dataclass(frozen=True, slots=True)
class Connection:
    """As templates/shell/_connection.html names it."""

    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """As templates/messages/_older.html names it."""

    jid: str
    older_path: str | None
    start_of_history: bool


@dataclass(frozen=True, slots=True)
class Row:
    """As templates/messages/_conversation.html names it."""

    name: str
    presence: str
    excerpt: str
    excerpt_kind: str = ""
    minutes: int | None = None
    unread: int = 0
    stranger: bool = False
    current: bool = False
    status: str = ""
    path: str = "#"
    kind: str = "chat"
    mentions: int = 0
    pinned: bool = False
    muted: bool = False
    marked: bool = False
    outside: str = ""
    typing: str = ""
    avatar: str = ""
    address: str = ""

    @property
    def jid(self) -> str:
        """Made of the name."""
        return f"{self.name.partition(' ')[0].lower()}@example.org"

    @property
    def presence_text(self) -> str:
        """The state itself will do here."""
        return self.presence

    @property
    def colour(self) -> int:
        """As everywhere."""
        return colour(self.jid)

    @property
    def initial(self) -> str:
        """As everywhere."""
        return self.name[0]

    @property
    def stamp(self) -> datetime | None:
        """So many minutes ago."""
        return None if self.minutes is None else datetime.now(UTC) - timedelta(minutes=self.minutes)

    @property
    def key(self) -> str:
        """The newest first."""
        return "0-1" if self.minutes is None else f"1-{10**9 - self.minutes}"

    @property
    def contact_only(self) -> bool:
        """Nothing was said yet."""
        return self.minutes is None


LIST = (
    Row(
        "Balcony",
        "",
        "Mercutio: A plague o' both your houses",
        minutes=1,
        unread=7,
        kind="room",
        mentions=2,
        pinned=True,
    ),
    Row("Vault", "", "", minutes=2, kind="room", outside="Not joined"),
    Row(
        "Juliet Capulet",
        "online",
        "It is the lark, the herald of the morn",
        minutes=3,
        unread=2,
        current=True,
    ),
    Row("Mercutio", "dnd", "A plague o’ both your houses! They have made worms’ meat of me", "you", 47),
    Row("Benvolio", "away", "Shall we meet at the fountain at", "draft", 190),
    Row("Laurence", "chat", "Wisely and slow; they stumble that run fast.", "failed", 700),
    Row("Nurse", "xa", "Ay, ay, the cords", minutes=1300, unread=12),
    Row("tybalt@capulet.example", "offline", "What, drawn, and talk of peace?", "", 5000, 1, stranger=True),
    Row("روميو", "offline", "مرحبا، كيف حالك اليوم؟", minutes=9000),
    Row("Paris", "offline", ""),
)

_SAID: tuple[tuple[str, bool, int, str], ...] = (
    ("But soft, what light through yonder window breaks?", True, 3000, "displayed"),
    ("It is the east, and Juliet is the sun.", True, 2999, "displayed"),
    ("O Romeo, Romeo, wherefore art thou Romeo?", False, 2990, ""),
    (
        "Deny thy father and *refuse thy name*; see https://example.org/what-is-in-a-name for _why_.",
        False,
        2989,
        "",
    ),
    (
        "> What’s in a name?\nThat which we call a rose\nBy any other name would smell as sweet.",
        True,
        2900,
        "sent",
    ),
    ("/me climbs down from the balcony", False, 200, ""),
    ("```\ndef meet(hour: int) -> str:\n    return f'at {hour} by the friar’s cell'\n```", False, 190, ""),
    ("🌹", False, 189, ""),
    ("تصبح على خير", False, 60, ""),
    ("Being sent", True, 5, "pending"),
    ("Sent", True, 4, "sent"),
    ("Delivered", True, 3, "received"),
    ("Read", True, 2, "displayed"),
    ("Came back", True, 1, "failed"),
)


def messages() -> list[MessageView]:
    """Everything that a message can be."""
    made: list[MessageView] = []
    ids = count(1)
    before: datetime | None = None
    for text, mine, minutes, state in _SAID:
        stamp = NOW - timedelta(minutes=minutes)
        made.append(_message(next(ids), text, mine, stamp, state, _new_day(before, stamp)))
        before = stamp
    return made


def _new_day(before: datetime | None, stamp: datetime) -> date | None:
    return None if before is not None and before.date() == stamp.date() else stamp.date()


def _message(id: int, text: str, mine: bool, stamp: datetime, state: str, day: date | None) -> MessageView:
    action = is_action(text)
    jid = ROMEO if mine else JULIET
    return MessageView(
        id=id,
        key=f"{id:019d}-1",
        mine=mine,
        author="Romeo" if mine else "Juliet Capulet",
        author_jid=jid,
        colour=colour(jid),
        body=render_body(action_text(text) if action else text),
        action=action,
        source=text,
        stamp=stamp,
        day=day,
        starts_group=id % 2 == 1,
        state=state,
        state_at=stamp if state == "displayed" else None,
        show_state=bool(state),
        error="Their server cannot be reached." if state == "failed" else "",
        path="#",
        retry_path="#",
        remove_path="#",
        copy_text=text,
    )


def _composer(
    number: int, text: str = "", conflict: str | None = None, error: str | None = None
) -> ComposerView:
    jid = f"p{number}@example.org"
    return ComposerView(jid, f"/chats/{jid}", "00000000", text, 1, conflict, "Juliet", error)


def _contact(presence: str) -> ContactView:
    jid = f"{presence}@example.org"
    name = f"{presence.title()} Person"
    return ContactView(
        jid, name, "#", presence, presence, "A status", colour(jid), name[0], False, False, False
    )


def values() -> dict[str, Any]:
    """What templates/patterns/index.html names."""
    return {
        "words": WORDS,
        "connections": [Connection(state) for state in ("connecting", "offline", "failed")],
        "toasts": [
            {"text": "Saved", "kind": "ok"},
            {"text": "The other side is not there at the moment.", "kind": "error"},
        ],
        "conversations": LIST,
        "requests": [RequestView("rosaline@example.org", "Rosaline", "#", "#", "#", 3, "R")],
        "contacts": [_contact(presence) for presence in ("online", "away", "dnd", "offline")],
        "messages": messages(),
        "gaps": [GapView(91, "9-0", "#"), GapView(92, "9-1", "#", filling=True), GapView(93, "9-2", "")],
        "edges": [Edge("a@example.org", None, True), Edge("b@example.org", "/older", False)],
        "typings": [TypingView(JULIET, "Juliet is typing…"), TypingView(ROMEO, "")],
        "drafts": [_composer(1), _composer(2, "Good", conflict="Good night, good night")],
        "composers": [
            _composer(3),
            _composer(4, "Parting is such\nsweet sorrow"),
            _composer(5, error="Write something first."),
        ],
    }
