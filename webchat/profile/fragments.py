"""This room redraws the page about somebody, and whether the user shares where they are."""

from collections.abc import Sequence

from webchat.change import Change
from webchat.contacts.changes import ContactChanged, ProfileChanged
from webchat.posts.changes import PostChanged
from webchat.profile import show
from webchat.profile.changes import OwnCardChanged, OwnPlaceChanged, PlaceChanged
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping


async def one(
    page: Page, changes: Sequence[ContactChanged | ProfileChanged | PlaceChanged]
) -> Sequence[Partial]:
    """The page about somebody, when it is them."""
    return await everybody(page, changes) if any(change.jid == page.scope.key for change in changes) else []


async def everybody(page: Page, changes: Sequence[Change]) -> Sequence[Partial]:
    """The page about somebody, whoever it was."""
    jid = page.scope.key
    about = await show.person_page(page.db, page.session, jid, page.language)
    parts = [Partial(f"#{dom.person(jid)}", "outerMorph", "profile/_person.html", {"about": about})]
    if not about.person.own:
        values = {"person": about.person, "contact": about.person.contact}
        parts.append(Partial(f"#{dom.sights}", "outerMorph", "profile/_sights.html", values))
    return parts


async def posts(page: Page, changes: Sequence[PostChanged]) -> Sequence[Partial]:
    """What they wrote, when one of it is new, different or gone."""
    jid = page.scope.key
    if all(change.service != jid for change in changes):
        return []
    written = await show.posts_of(page.db, page.session, jid)
    if written is None:
        return []
    return [Partial(f"#{dom.person_posts}", "outerMorph", "profile/_posts.html", {"written": written})]


async def card(page: Page, changes: Sequence[OwnCardChanged]) -> Sequence[Ping]:
    """The page where one tells about oneself fetches itself anew; what was typed there stays."""
    return [Ping("resync")]


async def sharing(page: Page, changes: Sequence[OwnPlaceChanged]) -> Sequence[Partial]:
    """The entry of the sidebar."""
    values = {"sharing": show.own_place(page.session)}
    return [Partial(f"#{dom.own_sharing}", "outerMorph", "profile/_sharing.html", values)]


async def place(page: Page, changes: Sequence[OwnPlaceChanged]) -> Sequence[Partial]:
    """The page that says where we are."""
    values = {"sharing": show.own_place(page.session)}
    return [Partial(f"#{dom.own_place}", "outerMorph", "profile/_own_place.html", values)]
