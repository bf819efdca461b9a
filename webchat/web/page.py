"""This room is the page a fragment is drawn for."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.session.session import Session
from webchat.web.scope import Scope


@dataclass(frozen=True, slots=True)
class Page:
    """What a fragment may know: whose page, which part of it, in which language; `db` is for reading only."""

    session: Session
    db: AsyncSession
    scope: Scope
    language: str
