"""This room holds the tables that every request reads: accounts, logins, blocks, what is still to be sent."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, Id, Jid


class Account(Base):
    """A JID that signed in here at least once.

    resource   asked for at every login, so that a server lets go of the session of a killed process
    mechanism  the best SASL mechanism used so far; a weaker offer is refused
    """

    __tablename__ = "account"

    id: Mapped[Id]
    jid: Mapped[Jid] = mapped_column(unique=True)
    resource: Mapped[str] = mapped_column(String(64))
    mechanism: Mapped[str] = mapped_column(String(32), default="")
    preferences: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Login(Base):
    """One browser's signed-in state; `id` is derived from its cookie and does not lead back to it.

    sealed   the credential, locked with cookie and pepper together; NULL when nothing may be kept
    keep     False for "only while I am here"
    """

    __tablename__ = "login"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(200))
    keep: Mapped[bool]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class OutboxRow(Base):
    """A durable verb that the server has not taken over yet; `stanza_id` is its stanza's id.

    held_until  it may be taken back till then and is not sent before, None for at once
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("account_id", "stanza_id"),
        Index("ix_outbox_account_id_id", "account_id", "id"),
        Index(
            "ix_outbox_held",
            "account_id",
            "held_until",
            sqlite_where=text("held_until IS NOT NULL"),
            postgresql_where=text("held_until IS NOT NULL"),
        ),
        # Rows are sent in the order of their ids: an id must never be used twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    stanza_id: Mapped[str] = mapped_column(String(255))
    verb: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    held_until: Mapped[datetime | None]


class BlockedLogin(Base):
    """Who may not log in here, by word of the operator.

    kind   "address" (a bare JID) or "domain"
    """

    __tablename__ = "blocked_login"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[Jid]
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
