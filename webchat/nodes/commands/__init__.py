"""This room is what a user can do with communities."""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence

from webchat.db.base import now
from webchat.errors import Invalid, NotFound, Offline, TimedOut, TooMany, XmppError
from webchat.nodes import store
from webchat.nodes.commands import logo, room
from webchat.nodes.forms import ROLES, ConfigureForm, CreateForm
from webchat.nodes.show.paths import LONGEST
from webchat.nodes.state import Known, Said
from webchat.posts import commands as reading
from webchat.posts import store as posts
from webchat.posts.commands.gone import forget_node
from webchat.posts.state import Asked, Suggestions
from webchat.posts.store.places import describe
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.web.limits import PerAccount, ask_once
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import NodeInfo, NodeMember
from webchat.xmpp.forms import Form
from webchat.xmpp.pubsub import linked, nodes, services
from webchat.xmpp.pubsub import posts as items

PATIENCE = 6.0
"""Seconds that a page waits for what a service says."""

PAGE = 20
"""Posts on one page: as many as are fetched at once."""

MOST = 500
"""Communities of one server, and members of one list, that are shown."""

FEW = 10
"""A node that keeps no more items than this loses posts that people still look for."""

TOO_OFTEN = "too-often"
"""Stands for the answer of a service that is not asked: this account asked too much in the last minute."""

LOOKS = PerAccount(120, 60)
"""Questions to services in a minute, for each account."""

CHANGES = PerAccount(20, 60)

TYPES = {"articles": "urn:xmpp:pubsub-social-feed:1", "gallery": "urn:xmpp:pubsub-social-feed:gallery:1"}
"""pubsub#type of each layout (XEP-0472 §5)."""

EXISTS = N_("There is a community with this name already. Choose another one.")
BAD_SERVER = N_("This is not the address of a server.")
BAD_PERSON = N_("This is not a valid address.")
NO_NEW = N_("This server lets only its administrators open communities.")
NOT_TAKEN = N_("The server takes none of the settings that would keep more posts. Ask its administrators.")
LAST_OWNER = N_("You are the only owner. Make somebody else an owner first.")

_NOT_IN_NODE = re.compile(r"[^\w]+")


def service_of(text: str) -> str:
    """The address of a service, also out of an xmpp: address. Raises Invalid (field "service")."""
    text = text.strip().removeprefix("xmpp:").partition("?")[0]
    try:
        found = jids.bare(jids.normalise(text))
    except ValueError:
        raise Invalid({"service": BAD_SERVER}) from None
    if len(found) > LONGEST:
        raise Invalid({"service": BAD_SERVER})
    return found


def person(text: str) -> str:
    """The bare JID of somebody, also out of an xmpp: address. Raises Invalid (field jid)."""
    try:
        return jids.bare(jids.normalise(text.strip().removeprefix("xmpp:").partition("?")[0]))
    except ValueError:
        raise Invalid({"jid": BAD_PERSON}) from None


def slug(name: str) -> str:
    """What a node is called after its name: its words in small letters, in whatever script they are."""
    words = _NOT_IN_NODE.sub("-", unicodedata.normalize("NFKC", name).casefold().replace("_", " ")).strip("-")
    return words[:80].rstrip("-") or f"community-{secrets.token_hex(3)}"


async def home(session: Session) -> str:
    """The service for communities of our own server, "" when it has none or does not say so in time."""
    known = session[Known]
    if known.home is None:
        try:
            async with asyncio.timeout(PATIENCE):
                known.home, _ = await services.pubsub_services(session.client, jids.domain(session.jid))
        except (XmppError, TimeoutError):
            return ""
    return known.home


async def listing(session: Session, service: str) -> list[NodeInfo]:
    """What stands at a service, at most 500 nodes. Raises TooMany, XmppError, TimedOut, Offline."""
    known = session[Known].listed(service)
    if known is not None:
        return known
    LOOKS.take(session)
    try:
        async with asyncio.timeout(PATIENCE * 2):
            found = await nodes.listing(session.client, service)
    except TimeoutError:
        raise TimedOut from None
    own = [one for one in found if posts.kind_of(service, one.node) == "community"]
    there = [one for one in own if posts.fits(service, one.node)][:MOST]
    session[Known].put_list(service, there)
    return there


# ---- what a community is


async def look(session: Session, service: str, node: str) -> Said:
    """What a service says of a node and of our place there; answers count for a minute.

    Nothing is raised: a service that says nothing, or is asked too often, is a trouble that the page tells.
    """
    known = session[Known]
    if (said := known.get(service, node)) is not None:
        return said
    try:
        LOOKS.take(session)
    except TooMany:
        return Said(trouble=TOO_OFTEN)
    try:
        async with asyncio.timeout(PATIENCE):
            info = await nodes.info(session.client, service, node)
            standing = await _standing(session, service, node)
            keeps = await _keeps(session, service, node) if standing == "owner" else None
            picture = await logo.ask(session, info, standing)
            talk = await room.of(session, info)
    except XmppError as error:
        return Said(trouble=error.condition)
    except TimeoutError:
        return Said(trouble="remote-server-timeout")
    said = Said(info, "", standing, keeps, talk)
    known.put(service, node, said)
    async with session.work() as work:
        id = await describe(work.db, reading.via(session), info, logo=picture)
        work.after(lambda: session[Asked].care(id, owner=said.owner))
    return said


async def _standing(session: Session, service: str, node: str) -> str:
    """What we are there. Services tell owners the whole list; not all tell others their own line (§5.7)."""
    mine = jids.bare(session.jid)
    try:
        members = await nodes.affiliations(session.client, service, node)
    except (TimedOut, Offline):
        raise
    except XmppError:
        return ""
    return next((one.state for one in members if one.jid == mine), "")


async def _keeps(session: Session, service: str, node: str) -> int | None:
    try:
        form = await nodes.configuration(session.client, service, node)
    except XmppError:
        return None
    most, kept = form.get("pubsub#max_items"), form.get("pubsub#persist_items")
    if kept is not None and kept.value and not kept.checked:
        return 0
    number = most.value if most else ""
    return int(number) if number.isdecimal() and number.isascii() and len(number) < 9 else None


async def fetch(session: Session, service: str, node: str, before: str = "") -> tuple[str, str]:
    """Ask for the newest posts, or for those older than the item `before`, and keep them.

    What to ask on with ("" when there are no more), and the condition by which we were refused ("" for none):
    what a page may show of what is kept depends on the answer to this very question.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            page = await ask_once(
                session,
                ("posts", service, node, before),
                lambda: items.page(session.client, service, node, most=PAGE, before=before),
            )
    except TooMany:
        return "", TOO_OFTEN
    except XmppError as error:
        wrong = error.condition
    except TimeoutError:
        wrong = TimedOut().condition
    else:
        bodies = await reading.cleaned(session, service, node, page)
        async with session.work() as work:
            kind = posts.kind_of(service, node)
            row = await posts.node_row(work.db, reading.via(session), service, node, kind=kind)
            await posts.set_node(work.db, row.id, fetched_at=now(), trouble="")
            await reading.keep(work, row, page, bodies)
            work.after(lambda: session[Asked].let_in(row.id))
        return page.more, ""
    if wrong == "item-not-found" and before:
        # The item that one would have gone on from was taken out meanwhile.
        return await fetch(session, service, node)
    async with session.work() as work:
        known = await posts.node(work.db, reading.via(session), service, node)
        if known is not None and session.state == "online":
            await posts.set_node(work.db, known.id, trouble=wrong[:64])
            session[Asked].nodes.discard(known.id)
    return "", wrong


# ---- making, changing and ending one


async def create(session: Session, service: str, form: CreateForm) -> str:
    """Open a community at our own server's service; the name of its node.

    Raises NotFound (not our service), Invalid (fields name, form), TooMany, XmppError, TimedOut, Offline.
    """
    if not service or service != await home(session):
        raise NotFound
    CHANGES.take(session)
    node = slug(form.name)
    try:
        await nodes.create(
            session.client, service, node, {**nodes.POSTS, nodes.ACCESS: "open", **_values(form)}
        )
    except XmppError as error:
        if error.condition == "conflict":
            raise Invalid({"name": EXISTS}) from None
        if error.condition in ("forbidden", "not-allowed"):
            raise Invalid({"form": NO_NEW}) from None
        raise
    session[Known].drop(service, node)
    return node


def _values(form: CreateForm) -> dict[str, str]:
    return {
        "pubsub#title": form.name,
        "pubsub#description": form.description,
        "pubsub#publish_model": form.model,
        "pubsub#type": TYPES[form.layout],
    }


async def configuration(session: Session, service: str, node: str) -> Form:
    """The form that an owner may fill in. Raises XmppError ("forbidden"), TimedOut, Offline."""
    return await nodes.configuration(session.client, service, node)


async def configure(session: Session, service: str, node: str, form: ConfigureForm) -> None:
    """Change what people see of it, and which chat room it names.

    Raises Invalid (field room), TooMany, XmppError ("forbidden"), TimedOut, Offline.
    """
    before = await look(session, service, node)
    wanted = room.address(form.room)
    values = _values(form) | {"pubsub#description": linked.with_room(form.description, wanted)}
    await submit(session, service, node, {name: (value,) for name, value in values.items()})
    await room.tie(session, service, node, before.room, wanted)


async def submit(session: Session, service: str, node: str, answers: Mapping[str, Sequence[str]]) -> None:
    """Configure a node: field name → values (see webchat.xmpp.forms.fill); what is not named stays.

    Raises TooMany, XmppError ("forbidden", "not-acceptable"), TimedOut, Offline.
    """
    CHANGES.take(session)
    await nodes.configure(session.client, service, node, answers)
    session[Known].drop(service, node)


async def submit_form(
    session: Session, service: str, node: str, answers: Mapping[str, Sequence[str]]
) -> None:
    """The whole form of a node, as a page sends it: what may be several or none and is missing is none."""
    form = await nodes.configuration(session.client, service, node)
    several = ("boolean", "list-multi", "jid-multi")
    empty: dict[str, Sequence[str]] = {field.var: () for field in form.fields if field.type in several}
    await submit(session, service, node, {**empty, **answers})


async def repair(session: Session, service: str, node: str) -> None:
    """Have the node keep as many posts as its service allows (W§6).

    Raises Invalid (field "form") when it takes no number, TooMany, XmppError, TimedOut, Offline.
    """
    for number in nodes.MANY:
        wanted = {"pubsub#max_items": (number,), "pubsub#persist_items": ("1",)}
        try:
            await submit(session, service, node, wanted)
        except (TimedOut, Offline):
            raise
        except XmppError as error:
            if not nodes.declined(error):
                raise
            continue
        said = await look(session, service, node)
        if said.keeps is None or said.keeps > FEW:
            return
    raise Invalid({"form": NOT_TAKEN})


async def delete(session: Session, service: str, node: str) -> None:
    """End a community for everybody; what we kept of it goes too.

    Raises TooMany, XmppError ("forbidden"), TimedOut, Offline; one that is gone already is fine.
    """
    CHANGES.take(session)
    try:
        await nodes.delete(session.client, service, node)
    except XmppError as error:
        if error.condition != "item-not-found":
            raise
    session[Known].drop(service, node)
    async with session.work() as work:
        await forget_node(work, service, node)


# ---- who is what


async def members(session: Session, service: str, node: str) -> list[NodeMember]:
    """Everybody who is something here. Raises XmppError ("forbidden"), TimedOut, Offline."""
    found = await nodes.affiliations(session.client, service, node)
    return sorted((one for one in found if one.state in ROLES[:-1]), key=lambda one: one.jid)[:MOST]


async def set_role(session: Session, service: str, node: str, jid: str, role: str) -> None:
    """Make somebody owner, publisher, member, outcast or nothing ("none").

    Raises Invalid (field jid), TooMany, XmppError ("forbidden"), TimedOut, Offline.
    """
    jid = person(jid)
    CHANGES.take(session)
    if role != "owner" and jid == jids.bare(session.jid):
        owners = [one.jid for one in await members(session, service, node) if one.state == "owner"]
        if owners == [jid]:
            raise Invalid({"jid": LAST_OWNER})
    await nodes.set_affiliation(session.client, service, node, jid, role)
    session[Known].drop(service, node)


async def subscribers(session: Session, service: str, node: str) -> list[NodeMember]:
    """Who follows it, those who wait for an answer first. Raises XmppError, TimedOut, Offline."""
    found = await nodes.subscribers(session.client, service, node)
    real = [one for one in found if one.state in ("subscribed", "pending", "unconfigured")]
    return sorted(real, key=lambda one: (one.state != "pending", one.jid))[:MOST]


async def known_followers(session: Session, service: str, node: str) -> list[NodeMember]:
    """Who lets others see that they follow it (M75), as far as this account may know: itself, people of this
    site, contacts whose lists it has read. No service tells anybody but owners."""
    async with session.read() as db:
        here = await store.sharing(db, session.account_id, reading.via(session), service, node)
    told = session[Suggestions].found.get((service, node))
    found = {*here, *(told.by if told else ())}
    return [NodeMember(jid, "subscribed") for jid in sorted(found)[:MOST]]


async def set_subscriber(session: Session, service: str, node: str, jid: str, state: str) -> None:
    """Let somebody follow who waits for it ("subscribed"), or no longer ("none").

    Raises Invalid (field jid), TooMany, XmppError ("forbidden"), TimedOut, Offline.
    """
    jid = person(jid)
    CHANGES.take(session)
    await nodes.set_subscription(session.client, service, node, jid, state)
