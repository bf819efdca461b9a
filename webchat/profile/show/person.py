"""This room makes the page about one person: what they say of themselves, how to follow them, their place."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import show
from webchat.contacts.show import PersonView
from webchat.posts.show.follow import FollowView, follow_view
from webchat.profile.show.place import PlaceView, of_person
from webchat.session.session import Session
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What templates/profile/_person.html draws; `follow` is None for ourselves and for what is no person."""

    person: PersonView
    follow: FollowView | None
    place: PlaceView | None


async def person_page(db: AsyncSession, session: Session, jid: str, language: str) -> PersonPage:
    """Everything that is known of a bare JID."""
    view = await show.person(db, session, jid, language)
    follow = None
    if jids.local(jid):
        follow = await follow_view(
            db, session, jid, MICROBLOG, label=view.contact.name, back=f"/people/{jids.escape_path(jid)}"
        )
    return PersonPage(view, follow, of_person(session, jid))
