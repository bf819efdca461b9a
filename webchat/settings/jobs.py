"""This room lets preferences follow the account: its server keeps a copy, with which another site begins."""

from collections.abc import Mapping

from webchat.errors import Offline, TimedOut, XmppError
from webchat.session.session import Session
from webchat.settings.forms import CARRIED, USUAL
from webchat.settings.state import Roaming
from webchat.xmpp import choices

MOVIM = {
    "nightmode": ("theme", {"1": "dark", "true": "dark"}),
    "nsfw": ("adult", {"1": "on", "true": "on"}),
    "chatmain": ("landing", {"1": "chats", "true": "chats"}),
    "language": ("language", {code: code for code in CARRIED["language"]}),
}
"""What Movim calls the same: field → (ours, value → ours)."""


async def settle(session: Session) -> None:
    """What was chosen here goes to the server, what was chosen elsewhere comes from there.

    Of one thing the last choice holds; what the server knows nothing of stays as it is here. Raises TimedOut,
    Offline; a server that keeps nothing is left alone.
    """
    roaming = session[Roaming]
    async with roaming.lock:
        chosen = roaming.chosen & CARRIED.keys()
        try:
            before = await choices.fetch(session.client)
            here = _carried(session.preferences)
            there = _carried(before if before is not None else await _begin(session, here))
            made = {key: here.get(key, USUAL[key]) for key in chosen}
            await _bring(session, here, {key: there[key] for key in there.keys() - chosen})
            # What a newer site kept and we do not know stays.
            after = {**here, **(before or {}), **there, **made}
            if after != (before or {}):
                await choices.put(session.client, after)
        except (TimedOut, Offline):
            raise
        except XmppError:
            return
        roaming.chosen -= {key for key in chosen if session.preferences.get(key, USUAL[key]) == made[key]}


async def _begin(session: Session, here: Mapping[str, str]) -> dict[str, str]:
    """What somebody who comes from Movim chose there."""
    former = await choices.fetch_former(session.client) if not here else None
    found = ((name, value) for name, value in (former or {}).items() if value in MOVIM.get(name, ("", {}))[1])
    return {MOVIM[name][0]: MOVIM[name][1][value] for name, value in found}


async def _bring(session: Session, here: Mapping[str, str], there: Mapping[str, str]) -> None:
    roaming = session[Roaming]
    roaming.expected = {key: value for key, value in there.items() if here.get(key) != value}
    try:
        if roaming.expected:
            await session.prefer(roaming.expected, instead_of=here)
    finally:
        roaming.expected = {}


def _carried(values: Mapping[str, str]) -> dict[str, str]:
    """Only what is a choice that this site offers."""
    return {key: value for key, value in values.items() if value in CARRIED.get(key, ())}


async def carry(session: Session) -> None:
    """Tell the server of each choice, as soon as it is made."""
    roaming = session[Roaming]
    session.on_chosen = roaming.note
    while True:
        await roaming.something.wait()
        roaming.something.clear()
        try:
            if session.client.connected:
                await settle(session)
        except (TimedOut, Offline):
            continue
