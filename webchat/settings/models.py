"""This room holds the table of what held before the last changes, so that they can be undone."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, Id


class FormerChoice(Base):
    """What held before a change, and what the change made of it; null is what was not chosen at all.

    token  the name that only the page after the change knows
    kind   the form that changed it: "preferences", "public", "archive", "exception" or "readers"
    """

    __tablename__ = "former_choice"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    before: Mapped[dict[str, str | None]] = mapped_column(JSON)
    after: Mapped[dict[str, str | None]] = mapped_column(JSON)
    created_at: Mapped[datetime]
