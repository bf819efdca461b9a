"""This room makes cards of posts: names by the reader's contacts, counts, what the reader may do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import show as people
from webchat.contacts import store as contacts
from webchat.contacts.state import Blocklist
from webchat.markup import html
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.posts import store
from webchat.posts.show.media import first, handed
from webchat.posts.show.paths import node_path, path_of, public_path, tag_path, url
from webchat.posts.show.values import Card, Parent, Tag, Who
from webchat.posts.state import Asked, Removing
from webchat.posts.store import EVERYBODY, Post, Sight
from webchat.posts.store.record import LONGEST_EXCERPT
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

EVERYONE = N_("Visible to everyone")
FOLLOWERS = N_("Visible to followers")
YOURS = N_("Visible to your followers")
CLOSED = N_("Not published on the web")
_RESTRICTED = ("presence", "roster", "whitelist", "authorize")

BRIEF = 280
"""A post that is nothing but a title so long is drawn large."""

MOST_TAGS = 12

FIRST_LINE = 4000
"""Characters of a body in which its first line is looked for."""

NEARLY = 40
"""An excerpt is cut between words: so many characters shorter than it may be, it still is a cut one."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom something is drawn: names of people as this reader knows them. session: None for everybody."""

    session: Session | None
    names: Mapping[str, str]

    @property
    def jid(self) -> str:
        """The reader's bare JID, "" for nobody."""
        return self.session.jid if self.session else ""

    @property
    def uncovers(self) -> bool:
        """Whether this reader chose to see posts for adults without a cover (M61)."""
        return self.session is not None and self.session.preferences.get("adult") == "on"

    def who(self, jid: str, *, verified: bool = True, claimed: str = "") -> Who:
        """Somebody beside their words. Nobody is called what they say of themselves; who cannot be known at
        all is called what stands there, and never vouched for; what is a mere claim gets neither the picture
        of whom it claims to be nor a way to them (case A10)."""
        known = self.names.get(jid) if verified else ""
        name = known or (jids.shown(jid) if jid else "") or safe.shown(claimed)
        path = ""
        if jid and verified:
            path = people.person_path(jid) if self.session else url(public_path(Ref(jid, "")))
        return Who(
            jid=jid,
            name=name,
            address=jids.shown(jid) if jid and name != jids.shown(jid) else "",
            path=path,
            picture=people.avatar_path(self.session, jid) if self.session and jid and verified else "",
            initial=safe.initial(name),
            colour=colour(jid or name),
            verified=verified,
            own=bool(jid) and jid == self.jid and verified,
        )

    def blocks(self, jid: str) -> bool:
        """Whether this reader wants to see nothing of theirs."""
        return self.session is not None and bool(jid) and self.session[Blocklist].blocks(jid)

    def removes(self, post: Post) -> bool:
        """Whether this reader has just taken it back."""
        return self.session is not None and self.session[Removing].hides(post.id)


async def reader(db: AsyncSession, session: Session | None, jids_: Iterable[str]) -> Reader:
    """The reader, with the names of these people."""
    wanted = list(dict.fromkeys(jid for jid in jids_ if jid))
    if session is None:
        return Reader(None, {jid: jids.shown(jid) for jid in wanted})
    return Reader(session, await contacts.names(db, session.account_id, wanted))


async def cards(db: AsyncSession, session: Session | None, posts: Sequence[Post]) -> list[Card]:
    """Posts as cards, in this order and without those of people whom the reader has blocked.

    session  None for a page that everybody reads: public addresses, no forms
    """
    said = await store.talks(db, posts, _blocks(session))
    tags = await store.tags_of(db, [post.id for post in posts])
    parents = await _parents(db, posts, sight_of(session))
    authors = [jid for post in (*posts, *parents.values()) for jid in (post.author, post.editor)]
    view = await reader(db, session, authors)
    return [
        card(view, post, *said[post.id], tags[post.id], parent(view, post, parents.get(post.id)))
        for post in posts
        if not (view.blocks(post.author) or view.blocks(post.editor) or view.removes(post))
    ]


def _blocks(session: Session | None) -> Callable[[str], bool]:
    return session[Blocklist].blocks if session is not None else lambda jid: False


def sight_of(session: Session | None) -> Sight:
    """What this reader may see."""
    return Sight(session.account_id, session.jid) if session is not None else EVERYBODY


async def readable(db: AsyncSession, session: Session, ref: Ref) -> Post | None:
    """The post that stands there, if this reader may see it: by what is known of its node, or because its
    service gave it to this very account."""
    via = jids.domain(session.jid)
    found = await store.one(db, via, ref, sight=sight_of(session))
    if found is not None:
        return found
    found = await store.one(db, via, ref)
    return found if found is not None and found.node_id in session[Asked].nodes else None


async def _parents(db: AsyncSession, posts: Sequence[Post], sight: Sight) -> dict[int, Post]:
    asked = {post.id: post.reply_to for post in posts if post.reply_to is not None and post.reply_to.item}
    known = await store.some(db, posts[0].via, set(asked.values()), sight=sight) if asked else {}
    return {id: known[ref] for id, ref in asked.items() if ref in known}


def parent(view: Reader, post: Post, over: Post | None) -> Parent | None:
    """What a post answers or shares, as far as it is here and this reader may see it."""
    ref = post.reply_to
    if ref is None or not ref.item:
        return None
    address = jids.shown(ref.service)
    if view.session is None and (over is None or not over.open):
        return None
    path = url(path_of(ref) if view.session else public_path(ref))
    if over is None or view.blocks(over.author):
        return Parent(path, "", "", "", address)
    excerpt = "" if over.nsfw and not view.uncovers else beyond(over)
    return Parent(path, over.title, excerpt, view.who(over.author).name, address)


def audience(view: Reader, post: Post) -> str:
    """Who can read a post, as a sentence (message id) that is true (W§5)."""
    if post.open:
        return EVERYONE
    if post.node_kind == "people" and post.node_access in _RESTRICTED:
        return YOURS if post.service == view.jid else FOLLOWERS
    return CLOSED


def card(
    view: Reader,
    post: Post,
    comments: int,
    likes: Sequence[str],
    tags: Sequence[str],
    over: Parent | None = None,
) -> Card:
    """One post as a card."""
    picture, more = first(post, handed(view.session, post))
    inside = view.session is not None
    own = view.session is not None and may_delete(view.jid, post)
    community = post.node_kind != "people"
    return Card(
        id=post.id,
        key=f"{post.published.timestamp():017.3f}-{post.id:012d}",
        path=url(path_of(post.ref) if inside else public_path(post.ref)),
        title=post.title,
        excerpt=beyond(post),
        brief=not post.excerpt and len(post.title) <= BRIEF,
        who=view.who(post.author, verified=post.verified, claimed=post.author_name),
        place=(safe.shown(post.node_title) or safe.shown(post.node)) if community else "",
        place_path=_place_path(post, inside=inside) if community else "",
        published=post.published,
        edited=post.updated if post.edited else None,
        audience=audience(view, post),
        open=post.open,
        language=post.language,
        nsfw=post.nsfw and not view.uncovers,
        picture=picture,
        more_pictures=more,
        tags=[Tag(tag, url(tag_path(tag)) if inside else "") for tag in tags[:MOST_TAGS]],
        comments=comments if post.comments else None,
        likes=len(likes),
        liked=bool(view.jid) and view.jid in likes,
        act=url(path_of(post.ref)) if inside else "",
        share=share_path(post) if inside else "",
        parent=over,
        editor=view.who(post.editor) if post.editor not in ("", post.author) else None,
        named=jids.shown(post.named) if post.named else "",
        cut=is_cut(post),
        send=send_path(post) if inside else "",
        edit=edit_path(post) if own and may_edit(post) else "",
        delete=f"{url(path_of(post.ref))}/delete" if own else "",
    )


def is_lent(post: Post) -> bool:
    """Whether the title is only the first line of the text, as programs make one where none was given."""
    line = html.text_of(post.body[:FIRST_LINE]).partition("\n")[0]
    start = post.title.removesuffix("…").rstrip()
    return bool(start) and (line == post.title or (start != post.title and line.startswith(start)))


def beyond(post: Post) -> str:
    """What the beginning of the text says that the title does not."""
    start = post.title.removesuffix("…").rstrip()
    if post.excerpt == post.title or not (post.excerpt.startswith(start) and is_lent(post)):
        return "" if post.excerpt == post.title else post.excerpt
    rest = post.excerpt[len(start) :].strip()
    return f"…{rest}" if rest and start != post.title else rest


def is_cut(post: Post) -> bool:
    """Whether an excerpt leaves out some of the text."""
    return post.excerpt.endswith("…") and len(post.excerpt) > LONGEST_EXCERPT - NEARLY


def may_delete(jid: str, post: Post) -> bool:
    """Whether this person may take a post back: its author, or whose node it stands in."""
    return bool(jid) and (post.service == jid or (post.verified and post.author == jid))


def may_edit(post: Post) -> bool:
    """Whether there is something to edit: what its author typed, or nothing but a title (M92)."""
    return bool(post.markdown) or not post.body


def edit_path(post: Post) -> str:
    """Where a post is edited."""
    place = {"service": post.service, "node": post.node, "item": post.item}
    return f"{url('/publish')}?{urlencode(place)}"


def _place_path(post: Post, *, inside: bool) -> str:
    return url(node_path(post.ref) if inside else public_path(Ref(post.service, post.node)))


def send_path(post: Post) -> str:
    """Where a post is sent to a chat."""
    return f"{url('/publish/send')}?{urlencode({'ref': path_of(post.ref)})}"


def share_path(post: Post) -> str:
    """Where a post is answered or shared."""
    return f"{url('/publish')}?{urlencode({'reply': path_of(post.ref)})}"
