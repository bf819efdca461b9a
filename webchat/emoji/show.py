"""This room makes what pages draw of pictures to write with: addresses, the table, the favourites."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webchat.emoji.commands import favourites, parsed
from webchat.emoji.store import Picture, library
from webchat.media import tokens
from webchat.xmpp import bits


@dataclass(frozen=True, slots=True)
class PictureView:
    """One picture to write with; `short` is the user's name for a favourite, "" for others."""

    name: str
    path: str
    short: str = ""


def path(picture: Picture) -> str:
    """Where a picture of ours is."""
    return f"/emoji/{picture.sha1}"


def dressing(column: str, owner: str, sender: str, prefix: str) -> tuple[tuple[str, str], ...]:
    """(words, address of the picture) of a message; the address works for its `owner` only.

    sender  the full address that is asked for what is not ours
    """
    found = []
    for alt, cid in parsed(column):
        ours = library().by_sha1(bits.sha1_of(cid))
        link = tokens.Link("picture", f"cid:{cid}", sender)
        theirs = "/emoji/from/" + tokens.path(owner, link).removeprefix("/media/")
        found.append((alt, prefix + (path(ours) if ours else theirs)))
    return tuple(found)


def table(preferences: Mapping[str, str], prefix: str) -> list[dict[str, Any]]:
    """What the table of emoji and the completion offer: favourites first, then pack by pack."""
    own = favourites(preferences)
    offered = [{"name": short, "src": prefix + path(one), "group": ""} for short, one in own.items()]
    for pack in library().packs:
        offered += [
            {"name": one.name, "src": prefix + path(one), "group": pack.title}
            for one in pack.pictures
            if one.name not in own
        ]
    return offered


def packs(preferences: Mapping[str, str]) -> list[tuple[str, Sequence[PictureView]]]:
    """Title of each pack, and its pictures; what is a favourite says so."""
    shorts = {one.name: short for short, one in favourites(preferences).items()}
    return [
        (pack.title, [PictureView(one.name, path(one), shorts.get(one.name, "")) for one in pack.pictures])
        for pack in library().packs
    ]


def kept(preferences: Mapping[str, str]) -> list[PictureView]:
    """The favourites, the newest first."""
    return [PictureView(one.name, path(one), short) for short, one in favourites(preferences).items()]
