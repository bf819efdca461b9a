"""This room holds the tables of people: roster items, open requests, faces, pictures, profiles."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, Id, Jid


class Contact(Base):
    """One roster item as the server has it (RFC 6121 §2.1).

    name          given by the user, never by the contact
    subscription  none, to (we see them), from (they see us), both
    ask           "subscribe" while we wait for an answer
    """

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("account_id", "jid"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"))
    jid: Mapped[Jid]
    name: Mapped[str] = mapped_column(Text)
    subscription: Mapped[str] = mapped_column(String(8))
    ask: Mapped[str] = mapped_column(String(16))
    groups: Mapped[list[str]] = mapped_column(JSON)


class RosterVersion(Base):
    """The version our copy of the roster has (RFC 6121 §2.6); "" when the server keeps none."""

    __tablename__ = "roster_version"

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    version: Mapped[str] = mapped_column(Text)


class SubscriptionRequest(Base):
    """Somebody who asks to see our presence and waits for the user's answer."""

    __tablename__ = "subscription_request"
    __table_args__ = (UniqueConstraint("account_id", "jid"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"))
    jid: Mapped[Jid]
    created_at: Mapped[datetime]


class Face(Base):
    """How somebody shows themselves to this account: all of it is theirs to say, none of it proves anything.

    nick           XEP-0172
    name           of their profile
    avatar         SHA-1 of the picture they announced, once it is in `avatar`; "" for none
    avatar_source  "pep" (XEP-0084) or "vcard" (XEP-0153)
    """

    __tablename__ = "face"
    __table_args__ = (UniqueConstraint("account_id", "jid"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"))
    jid: Mapped[Jid]
    nick: Mapped[str] = mapped_column(Text, server_default="")
    name: Mapped[str] = mapped_column(Text, server_default="")
    avatar: Mapped[str] = mapped_column(String(40), server_default="")
    avatar_source: Mapped[str] = mapped_column(String(8), server_default="")


class Avatar(Base):
    """One picture, decoded and written anew; `sha1` is that of the bytes that were announced.

    The one thing accounts share: whoever knows the hash has been shown the picture, and it fits nothing else.
    """

    __tablename__ = "avatar"

    sha1: Mapped[str] = mapped_column(String(40), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(32))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Profile(Base):
    """What somebody told this account about themselves when it last asked.

    It stays with the account, not with its server: a profile may be meant for contacts only.

    content       webchat.xmpp.profile.Profile as JSON
    last_seen_at  XEP-0012, where their server tells
    """

    __tablename__ = "profile"
    __table_args__ = (UniqueConstraint("account_id", "jid"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"))
    jid: Mapped[Jid]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    last_seen_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime]
