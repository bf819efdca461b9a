"""This room holds two small tables that use everything webchat.db offers, and belong to no feature."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from webchat.db.base import NAMING, Id, Jid, UtcDateTime

metadata = MetaData(naming_convention=NAMING)


class Base(DeclarativeBase):
    """Like webchat.db.base.Base, with a list of tables of its own."""

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime}


class Person(Base):
    """Somebody with an address."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("jid"),)

    id: Mapped[Id]
    jid: Mapped[Jid]
    name: Mapped[str] = mapped_column(default="")
    born: Mapped[datetime | None]


class Letter(Base):
    """Something a person wrote."""

    __tablename__ = "letter"
    __table_args__ = (Index(None, "person_id", "text"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    text: Mapped[str]
