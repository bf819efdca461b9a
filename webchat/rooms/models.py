"""This room holds the tables of rooms: what is kept of each, and open invitations."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, BigInt, Id, Jid


class Room(Base):
    """One room that the user keeps or was in, as far as it must be known without a stream.

    bookmarked   it stands among the bookmarks on the server (XEP-0402, XEP-0048); the fields up to
                 `extensions` are what stands there. A password stays on the server and in memory.
    title        what the room calls itself; `description`, `avatar` (SHA-1) likewise
    """

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("account_id", "jid"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInt, ForeignKey("account.id", ondelete="CASCADE"))
    jid: Mapped[Jid]
    bookmarked: Mapped[bool] = mapped_column(server_default=false())
    name: Mapped[str] = mapped_column(Text, server_default="")
    nick: Mapped[str] = mapped_column(Text, server_default="")
    autojoin: Mapped[bool] = mapped_column(server_default=false())
    pinned: Mapped[bool] = mapped_column(server_default=false())
    notify: Mapped[str] = mapped_column(String(16), server_default="")
    extensions: Mapped[list[str]] = mapped_column(JSON)
    title: Mapped[str] = mapped_column(Text, server_default="")
    description: Mapped[str] = mapped_column(Text, server_default="")
    avatar: Mapped[str] = mapped_column(String(40), server_default="")


class RoomInvitation(Base):
    """Somebody invites the user into a room; it waits for an answer and does nothing by itself."""

    __tablename__ = "room_invitation"
    __table_args__ = (UniqueConstraint("account_id", "room"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInt, ForeignKey("account.id", ondelete="CASCADE"))
    room: Mapped[Jid]
    inviter: Mapped[Jid]
    reason: Mapped[str] = mapped_column(Text, server_default="")
    direct: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]
