"""This room knows who can read what is published: it asks the server how the node really is (W§5).

A node lets one group of people in, for all its items. So a post for followers never goes into a node that is
open to everybody, but into a second one of ours, which is for followers alone.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from webchat.errors import Invalid, Offline, TimedOut, XmppError
from webchat.posts.store import Post
from webchat.publish.forms import Sheet
from webchat.publish.state import Grounds
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp.entries import MICROBLOG, MICROBLOG_PRESENCE, NodeInfo
from webchat.xmpp.pubsub import nodes

PATIENCE = 3.0
"""Seconds that a page waits to say what is really so."""

MISSING = "missing"
UNKNOWN = ""

CANNOT_SAY = N_("Your server does not say who can read your blog, so nothing was published. Try again later.")
COMMUNITY_GONE = N_("This community does not exist (any more). Choose another place.")
COMMUNITY_CLOSED = N_("Only members can read this community, so nothing in it is visible to everyone.")
NO_PICTURE = N_("This community is a gallery: every post in it has a picture. Add one first.")
_BLOG_ASKED = N_(
    "Your server does not say at the moment who can read your blog. It is asked again before anything is "
    "published."
)
_COMMUNITY_ASKED = N_("Who can read this community is asked of its server before anything is published.")

SENTENCES: Mapping[tuple[str, str, str], str] = {
    ("blog", MISSING, "everyone"): N_("Your blog will be made with this post, open to everybody."),
    ("blog", MISSING, "followers"): N_(
        "Your blog will be made with this post: only people whom you let see your presence can read it."
    ),
    ("blog", "open", "everyone"): N_("Everybody can read this post, also without an account."),
    ("blog", "open", "followers"): N_(
        "Your blog is open to everybody, so this post goes into a second one, which only people whom you let "
        "see your presence can read."
    ),
    ("blog", "presence", "everyone"): N_(
        "Your blog itself is for your followers: they receive this post, and everybody else can read it on "
        "its public page here only."
    ),
    ("blog", "presence", "followers"): N_("Only people whom you let see your presence can read this post."),
    ("blog", "closed", "everyone"): N_(
        "Your blog lets only some people in: they receive this post, and everybody else can read it on its "
        "public page here only."
    ),
    ("blog", "closed", "followers"): N_("Only the people whom your blog lets in can read this post."),
    ("blog", UNKNOWN, "everyone"): _BLOG_ASKED,
    ("blog", UNKNOWN, "followers"): _BLOG_ASKED,
    ("community", "open", "everyone"): N_("Everybody can read this post: it stands in an open community."),
    ("community", "open", "followers"): N_(
        "This community is open: everybody can read the post there, whatever you choose. It only gets no "
        "public page."
    ),
    ("community", "closed", "everyone"): COMMUNITY_CLOSED,
    ("community", "closed", "followers"): N_("Only members of this community can read this post."),
    ("community", MISSING, "everyone"): COMMUNITY_GONE,
    ("community", MISSING, "followers"): COMMUNITY_GONE,
    ("community", UNKNOWN, "everyone"): _COMMUNITY_ASKED,
    ("community", UNKNOWN, "followers"): _COMMUNITY_ASKED,
}
"""What is really so, by place, state of the node, and choice."""


@dataclass(frozen=True, slots=True)
class Ground:
    """How the place where a post goes is: `state` is an access model, MISSING, or UNKNOWN."""

    kind: str
    service: str
    node: str
    state: str
    info: NodeInfo | None = None

    @property
    def shape(self) -> str:
        """The state as far as it matters for sentences: open, presence, closed, missing, unknown."""
        if self.state in ("open", MISSING, UNKNOWN):
            return self.state
        return "presence" if self.kind == "blog" and self.state == "presence" else "closed"

    def sentence(self, audience: str) -> str:
        """What this choice means here (a message id)."""
        return SENTENCES[self.kind, self.shape, audience]

    @property
    def usual(self) -> str:
        """What is chosen before anybody chooses: what the place is."""
        return "everyone" if self.shape == "open" else "followers"


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a post goes: `access` is what the node has to be, "" to leave it; `web` it gets a public page.

    comments  they can be kept where nobody else reads them than reads the post
    """

    service: str
    node: str
    access: str
    web: bool
    comments: bool = True


def place_of(session: Session, sheet: Sheet) -> tuple[str, str, str]:
    """What kind of place a sheet is for, "blog" or "community", its service and node."""
    service, node = sheet.place
    if not service:
        return "blog", session.jid, MICROBLOG
    return ("blog" if service == session.jid else "community"), service, node


async def look(session: Session, sheet: Sheet) -> Ground:
    """How the place is now. Raises XmppError, TimedOut, Offline when nobody says."""
    kind, service, node = place_of(session, sheet)
    if kind == "blog":
        ground = Ground(kind, service, node, await _own(session, node))
    else:
        try:
            info = await nodes.info(session.client, service, node)
            ground = Ground(kind, service, node, info.access, info)
        except XmppError as error:
            if error.condition != "item-not-found":
                raise
            ground = Ground(kind, service, node, MISSING)
    session[Grounds].put(service, node, ground)
    return ground


async def _own(session: Session, node: str) -> str:
    """The access model of a node of ours by its owner's form: the word that counts."""
    try:
        return nodes.access_of(await nodes.configuration(session.client, session.jid, node))
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition == "item-not-found":
            return MISSING
        return (await nodes.info(session.client, session.jid, node)).access


async def glance(session: Session, sheet: Sheet) -> Ground:
    """The same for a page, which waits only a little and says so when it does not know."""
    kind, service, node = place_of(session, sheet)
    try:
        async with asyncio.timeout(PATIENCE):
            return await look(session, sheet)
    except (XmppError, TimeoutError):
        known = session[Grounds].get(service, node)
        return known if isinstance(known, Ground) else Ground(kind, service, node, UNKNOWN)


async def aim(session: Session, sheet: Sheet) -> Aim:
    """Where this goes so that the choice is kept, by what the server says now.

    Raises Invalid where the choice cannot be kept, XmppError, TimedOut, Offline.
    """
    ground = await look(session, sheet)
    _check_gallery(ground, sheet)
    everyone = (sheet.audience or ground.usual) == "everyone"
    if ground.kind == "community":
        return _aim_at_community(ground, everyone=everyone)
    if ground.shape == UNKNOWN:
        raise Invalid({"audience": CANNOT_SAY})
    if ground.shape == MISSING:
        return Aim(session.jid, MICROBLOG, "open" if everyone else "presence", everyone)
    if everyone:
        return Aim(session.jid, MICROBLOG, "", web=True)
    if ground.shape == "open":
        return Aim(session.jid, MICROBLOG_PRESENCE, "presence", web=False)
    if ground.shape == "presence":
        return Aim(session.jid, MICROBLOG, "presence", web=False)
    return Aim(session.jid, MICROBLOG, "", web=False, comments=False)


def _check_gallery(ground: Ground, sheet: Sheet) -> None:
    """In a gallery every post has a picture (XEP-0472 §5.2)."""
    if ground.info is None or ground.info.kind != "gallery":
        return
    if not (any(file.type.startswith("image/") for file in sheet.files) or "![" in sheet.text):
        raise Invalid({"files": NO_PICTURE})


def _aim_at_community(ground: Ground, *, everyone: bool) -> Aim:
    if ground.shape == MISSING:
        raise Invalid({"where": COMMUNITY_GONE})
    if everyone and ground.shape == "closed":
        raise Invalid({"audience": COMMUNITY_CLOSED})
    is_open = ground.shape == "open"
    return Aim(ground.service, ground.node, "", everyone and is_open, comments=is_open)


async def aim_again(session: Session, sheet: Sheet, former: Post) -> Aim:
    """Where an edit goes: to its place, for those who can read it now. Raises as `aim` does."""
    ground = await look(session, sheet)
    _check_gallery(ground, sheet)
    own = former.service == session.jid
    access = "presence" if own and ground.shape == "presence" and not former.open else ""
    comments = former.comments is not None or former.open or ground.shape == "open" or bool(access)
    return Aim(former.service, former.node, access, former.open, comments=comments)
