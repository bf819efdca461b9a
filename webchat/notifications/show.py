"""This room decides which message is worth telling and puts it into words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from webchat.markup.body import action_text, is_action
from webchat.markup.excerpt import excerpt
from webchat.notifications.store import Subscription
from webchat.web.language import N_, translate
from webchat.xmpp import jid as jids
from webchat.xmpp import post_links

ALWAYS, ON_MENTION, NEVER = "always", "on-mention", "never"
MODES = (ALWAYS, ON_MENTION, NEVER)
USUAL = {"chat": ALWAYS, "whisper": ALWAYS, "room": ON_MENTION}
"""What is told where the user has chosen nothing: rooms talk among themselves, people talk to us."""

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a mute that has none."""

FRESH = timedelta(minutes=2)
"""What was said longer ago is read up on, not told: it waited somewhere for us."""

MUTES = {"1h": timedelta(hours=1), "8h": timedelta(hours=8)}

LABELS = {
    ALWAYS: N_("Every message"),
    ON_MENTION: N_("When I am mentioned"),
    NEVER: N_("Never"),
}
MUTING = (("1h", N_("Mute for 1 hour")), ("8h", N_("Mute for 8 hours")), ("always", N_("Mute always")))
UNMUTING = (("off", N_("Unmute")),)
TONES = {
    "bright": N_("Two bright notes"),
    "soft": N_("Two soft notes"),
    "falling": N_("Falling"),
    "single": N_("A single note"),
}
"""What a notice can sound like (static/js/notify.js plays them), as message ids."""

COVERED = N_("Covered text")
ENCRYPTED = N_("Encrypted message")
POST = N_("Post")
HIDDEN = N_("New message")


@dataclass(frozen=True, slots=True)
class Telling:
    """What a conversation says about being told of it; see webchat.messages.models.Conversation."""

    kind: str = "chat"
    stranger: bool = False
    notify: str = ""
    muted_until: datetime | None = None

    def mode(self) -> str:
        """The mode that holds: what the user chose, else what is usual; strangers raise no alarm."""
        if self.notify in MODES:
            return self.notify
        return NEVER if self.stranger else USUAL.get(self.kind, ALWAYS)

    @property
    def is_usual(self) -> bool:
        """True when the mode is the one that holds where nothing is chosen."""
        return self.mode() == Telling(self.kind, self.stranger).mode()

    def muted(self, moment: datetime) -> bool:
        """True while nothing of it is told, whatever the mode."""
        return self.muted_until is not None and moment < self.muted_until


LONGEST_TAG = 300


def tag(jid: str) -> str:
    """What makes one notice of all that a conversation says, in pages and by push services."""
    found = f"chat:{jid}"
    return found if len(found) <= LONGEST_TAG else f"chat:{sha256(jid.encode()).hexdigest()}"


def worth_telling(telling: Telling, *, mentions_me: bool, stamp: datetime, moment: datetime) -> bool:
    """Whether a message of somebody else that was not read yet is told.

    stamp  when it was said; what waited elsewhere for a while is no news
    """
    if moment - stamp > FRESH or telling.muted(moment):
        return False
    mode = telling.mode()
    return mode == ALWAYS or (mode == ON_MENTION and mentions_me)


def muted_until(choice: str, moment: datetime) -> datetime | None:
    """The end of a mute: "1h", "8h" or "always"; None for anything else, which is no mute."""
    return FOREVER if choice == "always" else moment + MUTES[choice] if choice in MUTES else None


def words(body: str, *, encryption: str, spoiler: str | None, hide: bool, language: str) -> str:
    """What a notice says of a message: nothing that the user or its author wants covered."""
    if hide:
        return translate(HIDDEN, language)
    if encryption:
        return translate(ENCRYPTED, language)
    if spoiler is not None:
        hint = excerpt(spoiler)
        return f"{translate(COVERED, language)}: {hint}" if hint else translate(COVERED, language)
    body = without_post(body, language)
    return excerpt(action_text(body) if is_action(body) else body, 200)


def without_post(body: str, language: str) -> str:
    """The text of a message for one line: the address of a post that it ends with is no reading."""
    text, post = post_links.split(body)
    return translate(POST, language) if post is not None and not text else text


@dataclass(frozen=True, slots=True)
class ModeView:
    """What templates/notifications/_mode.html draws.

    path      where its forms lead
    modes     (value, label as message id) of what can be chosen
    mutes     likewise: for how long, or the way out
    mode      the one that holds
    muted     nothing is told at the moment; `until` says how long, None for "until I say otherwise"
    """

    jid: str
    path: str
    modes: tuple[tuple[str, str], ...]
    mutes: tuple[tuple[str, str], ...]
    mode: str
    muted: bool
    until: datetime | None

    @property
    def label(self) -> str:
        """The mode that holds, as a message id."""
        return LABELS[self.mode]


def mode_view(jid: str, telling: Telling, moment: datetime) -> ModeView:
    """The choices of one conversation; a room's mode is one of its own settings (XEP-0492)."""
    mode = telling.mode()
    modes = MODES if telling.kind != "room" else ()
    offered = tuple((one, LABELS[one]) for one in modes if one in (ALWAYS, NEVER, mode))
    muted = telling.muted(moment)
    until = telling.muted_until if muted and telling.muted_until != FOREVER else None
    path = f"/conversations/{jids.escape_path(jid)}/notifications"
    return ModeView(jid, path, offered, UNMUTING if muted else MUTING, mode, muted, until)


# ---- browsers that are told by their push service

SAID = {
    "taken": N_(
        "The push service took the test. It should show in a moment; if it does not, look whether your "
        "system lets this browser show notifications."
    ),
    "gone": N_("The push service does not know this browser any more, so it was taken off the list."),
    "later": N_("The push service cannot be reached at the moment. Try again later."),
    "refused": N_("The push service refused the test."),
}
"""What became of a test (webchat.notifications.jobs.Outcome), as message ids."""


@dataclass(frozen=True, slots=True)
class BrowserView:
    """One browser of the list; `current` is the one that asks, `failed` says that it cannot be reached."""

    id: int
    device: str
    current: bool
    active: bool
    created_at: datetime
    reached_at: datetime | None
    failed: bool


@dataclass(frozen=True, slots=True)
class PushView:
    """What templates/notifications/_push.html draws.

    key      by which a browser's push service knows us
    here     this browser is on the list
    keep     the login of this browser outlives its pages: else nobody would listen for it
    days     how long anybody does after the last page was closed
    said     what became of a test: message id, "" for no test; `worked`: the push service took it
    """

    key: str
    browsers: list[BrowserView]
    keep: bool
    days: int
    said: str
    worked: bool

    @property
    def here(self) -> bool:
        """Whether this browser is on the list."""
        return any(one.current for one in self.browsers)


def push_view(
    key: str, found: Sequence[Subscription], login_id: str, *, keep: bool, days: int, tested: str
) -> PushView:
    """The list of browsers, this one first."""
    browsers = [
        BrowserView(
            id=one.id,
            device=one.device,
            current=one.login_id == login_id,
            active=one.active,
            created_at=one.created_at,
            reached_at=one.reached_at,
            failed=one.failed_at is not None,
        )
        for one in found
    ]
    browsers.sort(key=lambda one: not one.current)
    return PushView(key, browsers, keep, days, SAID.get(tested, ""), tested == "taken")
