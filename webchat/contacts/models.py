"""This room holds the tables of people: roster items, the roster's version, open requests."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint
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
