"""This room holds the tables of what somebody should hear of although nobody wrote to them."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, Id, Jid


class Notification(Base):
    """One thing that happened, told once for everybody who did it.

    kind    webchat.notifications.store.Kind
    key     what it is about, in one string: the same thing done by more people is the same row
    path    the page to look at
    title   what it is about, in its author's words
    text    what was said, "" for nothing
    actors  bare JIDs, the newest first, at most MOST_ACTORS; total: how many there were
    seen    the page with it was opened since
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index("ix_notification_account_id_happened_at_id", "account_id", "happened_at", "id"),
        Index("ix_notification_account_id_seen", "account_id", "seen"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text, server_default="")
    text: Mapped[str] = mapped_column(Text, server_default="")
    actors: Mapped[list[str]] = mapped_column(JSON, default=list)
    seen: Mapped[bool]
    happened_at: Mapped[datetime]


class Follower(Base):
    """Somebody (bare JID) who was known to follow an account's posts when its server was asked last; a row
    without an address says that it was asked at all."""

    __tablename__ = "follower"
    __table_args__ = (UniqueConstraint("account_id", "jid"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"))
    jid: Mapped[Jid]


class PushSubscription(Base):
    """A browser that is told of things by its push service while no page is open (RFC 8030).

    login_id        the login of that browser: the subscription ends with it
    digest          SHA-256 of the endpoint, which is as long as the service likes
    shared, secret  what the browser opens messages with: its public key, its authentication secret
    language        in which it is told
    active          False: kept, but told nothing
    reached_at      when its push service took something last; failed_at: refused it last, after that
    """

    __tablename__ = "push_subscription"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index("ix_push_subscription_account_id", "account_id"),
        Index("ix_push_subscription_login_id", "login_id"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"))
    login_id: Mapped[str] = mapped_column(String(64), ForeignKey("login.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    endpoint: Mapped[str] = mapped_column(Text)
    shared: Mapped[bytes] = mapped_column(LargeBinary)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    device: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool]
    created_at: Mapped[datetime]
    reached_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
