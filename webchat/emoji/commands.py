"""This room is what a user can do with pictures: name them, write with them, see those of others."""

import re
from collections.abc import Mapping, Sequence

from webchat import pictures
from webchat.contacts.state import Blocklist
from webchat.emoji import store
from webchat.emoji.store import NAME, Picture
from webchat.errors import Invalid, NotFound
from webchat.media import sniff, tokens
from webchat.media.fetch import FetchFailed
from webchat.media.shares import Busy
from webchat.session.session import Session
from webchat.uploads.commands import Media
from webchat.uploads.store import Kept
from webchat.web.language import N_
from webchat.xmpp import bits
from webchat.xmpp import jid as jids
from webchat.xmpp.content import Emoji
from webchat.xmpp.emoji import MOST

PREFERENCE = "emoji"
"""Favourites: "name=shortcut", with spaces between them, the newest first."""

MOST_FAVOURITES = 60
BAD_NAME = N_("A short name has 2 to 40 letters from a to z, digits, and the signs + - _.")
TAKEN = N_("This short name is another picture’s already.")
FULL = N_("You have as many favourites as there can be. Take one out first.")

_SHORT = re.compile(r":([a-z0-9][a-z0-9_+-]{1,39}):", re.ASCII)


def favourites(preferences: Mapping[str, str]) -> dict[str, Picture]:
    """Shortcut → picture, the newest first; pictures that the operator took away are left out."""
    found: dict[str, Picture] = {}
    for pair in preferences.get(PREFERENCE, "").split(" ")[:MOST_FAVOURITES]:
        name, _, short = pair.partition("=")
        picture = store.library().find(name)
        if picture is not None and NAME.fullmatch(short):
            found.setdefault(short, picture)
    return found


def meant(session: Session, text: str) -> tuple[Emoji, ...]:
    """The pictures that stand for words of this text: those with the user's own names first."""
    if ":" not in text or not store.library().packs:
        return ()
    own = favourites(session.preferences)
    found: dict[str, Emoji] = {}
    for short in _SHORT.findall(text):
        picture = own.get(short) or store.library().find(short)
        if picture is not None and len(found) < MOST:
            found.setdefault(short, Emoji(f":{short}:", picture.cid))
    return tuple(found.values())


async def keep(session: Session, name: str, short: str) -> None:
    """A picture is a favourite, under a short name of the user's own, or (without one) its own name.

    Raises NotFound, Invalid.
    """
    picture = store.library().find(name)
    if picture is None:
        raise NotFound
    short = short.strip().strip(":").lower() or name
    if not NAME.fullmatch(short):
        raise Invalid({"short": BAD_NAME})
    others = {key: one for key, one in favourites(session.preferences).items() if one.name != name}
    owner = store.library().find(short)
    if short in others or (owner is not None and owner.name != name):
        raise Invalid({"short": TAKEN})
    if len(others) >= MOST_FAVOURITES:
        raise Invalid({"short": FULL})
    await _write(session, {short: picture} | others)


async def drop(session: Session, name: str) -> None:
    """A picture is no favourite any more."""
    kept = favourites(session.preferences)
    await _write(session, {key: one for key, one in kept.items() if one.name != name})


async def _write(session: Session, kept: Mapping[str, Picture]) -> None:
    await session.prefer({PREFERENCE: " ".join(f"{one.name}={short}" for short, one in kept.items())})


# ---- those of others


def parsed(column: str) -> Sequence[tuple[str, str]]:
    """(words, content id) of what a message's column holds."""
    pairs = (line.partition(" ") for line in column.split("\n") if line)
    return [(alt, cid) for cid, _, alt in pairs if alt]


async def received(session: Session, media: Media, cid: str, sender: str) -> Kept:
    """The picture of this content id, asked of whoever wrote with it, checked, and drawn anew by us.

    Raises FetchFailed, BadPicture, XmppError, TimedOut, Offline, NotFound for somebody who is blocked.
    """
    blocked = session[Blocklist]
    if blocked.blocks(sender) or blocked.blocks(jids.bare(sender)):
        raise NotFound

    async def fetch() -> tuple[bytes, str]:
        data = await bits.fetch(session.client, sender, cid)
        if not data or sniff.sniff(data[: sniff.HEAD]) not in sniff.PICTURES:
            raise FetchFailed("strange")
        try:
            async with media.decoders.place(session.jid):
                made = await pictures.reencode(data, longest=store.LONGEST_SIDE * 2, kind="picture")
        except Busy:
            raise FetchFailed("busy") from None
        return made.data, made.media_type

    # The hash says what it is, whoever sent it: it is kept once for everybody. Who does not send it stands in
    # nobody else's way.
    key = tokens.key(tokens.Link("picture", f"cid:{cid}"))
    return await media.cache.get(key, fetch, way=f"{session.jid} {sender}")
