"""This room holds the queries about what people show of themselves: faces, pictures, profiles."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts.models import Avatar, Face, Profile
from webchat.db.base import now
from webchat.db.insert import insert_or_ignore, upsert
from webchat.pictures import Picture
from webchat.xmpp import profile as cards

_FACE = cast(Table, Face.__table__)
_AVATAR = cast(Table, Avatar.__table__)
_PROFILE = cast(Table, Profile.__table__)
F = _FACE.c


@dataclass(frozen=True, slots=True)
class FaceRow:
    """How somebody shows themselves; see models.Face."""

    nick: str = ""
    name: str = ""
    avatar: str = ""
    avatar_source: str = ""


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """What somebody told us about themselves, and when."""

    content: cards.Profile
    last_seen_at: datetime | None
    fetched_at: datetime


async def face(db: AsyncSession, account_id: int, jid: str) -> FaceRow:
    """What is known of how this address shows itself; nothing in every field for an unknown one."""
    query = select(F.nick, F.name, F.avatar, F.avatar_source).where(F.account_id == account_id, F.jid == jid)
    found = (await db.execute(query)).first()
    return FaceRow(*found) if found else FaceRow()


async def pictures(db: AsyncSession, account_id: int) -> dict[str, str]:
    """SHA-1 of the picture by address, of all who show one."""
    query = select(F.jid, F.avatar).where(F.account_id == account_id, F.avatar != "")
    return {jid: avatar for jid, avatar in await db.execute(query)}


async def set_face(db: AsyncSession, account_id: int, jid: str, **changed: str) -> None:
    """Remember what is different about how an address shows itself."""
    await upsert(db, _FACE, {"account_id": account_id, "jid": jid, **changed}, ["account_id", "jid"])


async def has_avatar(db: AsyncSession, sha1: str) -> bool:
    """Whether this picture is here."""
    return await db.scalar(select(_AVATAR.c.sha1).where(_AVATAR.c.sha1 == sha1)) is not None


async def avatar(db: AsyncSession, sha1: str) -> tuple[bytes, str] | None:
    """A picture and its media type."""
    found = await db.execute(select(_AVATAR.c.data, _AVATAR.c.media_type).where(_AVATAR.c.sha1 == sha1))
    row = found.first()
    return (row[0], row[1]) if row else None


async def put_avatar(db: AsyncSession, sha1: str, picture: Picture) -> None:
    """Keep a picture under the SHA-1 of what was announced."""
    values = {"sha1": sha1, "media_type": picture.media_type, "data": picture.data, "created_at": now()}
    await insert_or_ignore(db, _AVATAR, values)


async def profile(db: AsyncSession, account_id: int, jid: str) -> ProfileRow | None:
    """What this address told us when we last asked."""
    columns = (_PROFILE.c.content, _PROFILE.c.last_seen_at, _PROFILE.c.fetched_at)
    query = select(*columns).where(_PROFILE.c.account_id == account_id, _PROFILE.c.jid == jid)
    row = (await db.execute(query)).first()
    return ProfileRow(_content(row[0]), row[1], row[2]) if row else None


async def put_profile(
    db: AsyncSession, account_id: int, jid: str, content: cards.Profile, last_seen_at: datetime | None
) -> None:
    """Keep what an address has just told us."""
    values = {
        "account_id": account_id,
        "jid": jid,
        "content": dataclasses.asdict(content),
        "last_seen_at": last_seen_at,
        "fetched_at": now(),
    }
    await upsert(db, _PROFILE, values, ["account_id", "jid"])


def _content(values: dict[str, Any]) -> cards.Profile:
    made: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return cards.Profile(**made)
