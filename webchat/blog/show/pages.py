"""This room makes the values that public pages draw; nothing in them needs a login, a script or a cookie."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from webchat.contacts.store import FaceRow, ProfileRow
from webchat.markup import html
from webchat.markup import names as safe
from webchat.markup.body import render_body
from webchat.markup.colour import colour
from webchat.media import tokens
from webchat.posts.show import media
from webchat.posts.show.cards import is_lent
from webchat.posts.show.paths import node_path, path_of, public_path, url
from webchat.posts.show.thread import Said, earlier, threaded
from webchat.posts.show.values import PageLink, Picture
from webchat.posts.store import Node, Post, Talk
from webchat.posts.store.public import PublicRow
from webchat.uploads.show import FileView
from webchat.xmpp import atom
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG, Ref

LONGEST_TITLE = 300
LONGEST_WHOLE = 1500
"""Characters of a text that a list shows whole; of a longer one it shows the beginning."""

LONGEST_READ = 16 * LONGEST_WHOLE
"""Characters of HTML that are read to find that out."""

LONGEST_DESCRIPTION = 200

_HEADING = re.compile(r"<h([1-6])[ >]")


@dataclass(frozen=True, slots=True)
class Head:
    """Whose page it is; see templates/blog/_head.html.

    name, handle     as people say it, and its whole address
    about            what they say of themselves, `summary` the same as one plain line
    path, feed       the page and its feed within the site
    xmpp             the same for an XMPP client
    follow           where somebody with a login follows it
    public           search engines may know it
    community        True for a place of many authors
    """

    name: str
    handle: str
    initial: str
    colour: int
    path: str
    feed: str
    xmpp: str
    follow: str
    public: bool
    community: bool = False
    avatar: str = ""
    about: Markup | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something; `path` is their public page, "" for none; `server` vouches for them, or is ""."""

    name: str
    server: str
    verified: bool
    initial: str
    colour: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class PostView:
    """One post; see templates/blog/_post.html.

    title     "" for none; `brief` is a text that is all there is; `lent`: it is the first line of the text
    body      cleaned HTML with pictures from our own address; None where only the `excerpt` is shown
    cover     a picture for link previews, "" for none
    xmpp      its address for an XMPP client; `inside` its page for who has a login
    editor    who looks after the place and changed it; `named`: whom it names as its author, as a mere claim
    pictures  those that stand beside the text; `files` and `links` lead to other sites
    """

    id: int
    path: str
    title: str
    brief: str
    author: Author
    published: datetime
    edited: datetime | None
    body: Markup | None
    excerpt: str
    tags: Sequence[str]
    pictures: Sequence[Picture]
    files: Sequence[FileView]
    links: Sequence[PageLink]
    language: str
    nsfw: bool
    comments: int
    likes: int
    more: bool
    reply: str
    cover: str
    xmpp: str
    inside: str
    editor: str = ""
    named: str = ""
    lent: bool = False

    @property
    def summary(self) -> str:
        """The beginning of its text for a link preview; nothing of what is not for every eye."""
        return "" if self.nsfw else _begins(self.excerpt)

    @property
    def called(self) -> str:
        """The post in a few words, for titles."""
        return self.title or ("" if self.nsfw else self.brief or self.excerpt)


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment, plain text with its lines; `depth` below what it answers, `to`: the row of that and who
    said it."""

    id: int
    author: Author
    text: Markup
    published: datetime
    depth: int = 0
    to: tuple[int, Author] | None = None


@dataclass(frozen=True, slots=True)
class TalkView:
    """What is said about a post, to be read only; so many of the first are folded away: `earlier`."""

    comments: Sequence[CommentView]
    likes: int
    earlier: int = 0


def head_of_blog(row: PublicRow, shown: FaceRow, told: ProfileRow | None) -> Head:
    """Somebody's blog. Without a public page nothing is told of them but what their address says."""
    content = told.content if told and row.public else None
    said = safe.shown(shown.nick) or safe.shown(content.nickname or content.name) if content else ""
    name = (said if row.public else "") or row.nickname or jids.local(row.jid)
    path = public_path(Ref(row.jid, MICROBLOG))
    note = content.note if content else ""
    return Head(
        name=name,
        handle=jids.shown(row.jid),
        initial=safe.initial(name),
        colour=colour(row.jid),
        path=path,
        feed=f"{path}/feed.atom",
        xmpp=atom.uri(Ref(row.jid, MICROBLOG)),
        follow=f"/people/{jids.escape_path(row.jid)}/posts",
        public=row.public,
        avatar=url(f"/media/open/face/{shown.avatar}") if shown.avatar and row.public else "",
        about=render_body(note) if note else None,
        summary=_begins(note),
    )


def head_of_community(node: Node) -> Head:
    """A community."""
    path = public_path(node.ref)
    name = safe.shown(node.title) or safe.shown(node.node) or jids.shown(node.service)
    return Head(
        name=name,
        handle=f"{safe.shown(node.node)} · {jids.shown(node.service)}",
        initial=safe.initial(name),
        colour=colour(f"{node.service} {node.node}"),
        path=path,
        feed=f"{path}/feed.atom",
        xmpp=atom.uri(node.ref),
        follow=node_path(node.ref),
        public=True,
        community=True,
        about=render_body(node.description) if node.description else None,
        summary=_begins(node.description),
    )


def _begins(text: str) -> str:
    """The beginning of a text as one line, cut between words."""
    whole = safe.shown(text, 2 * LONGEST_DESCRIPTION)
    if len(whole) <= LONGEST_DESCRIPTION:
        return whole
    start = whole[: LONGEST_DESCRIPTION - 1]
    return f"{start[: max(start.rfind(' '), LONGEST_DESCRIPTION // 2)].rstrip(' ,;:.')}…"


def author_of(post: Post, public: Collection[str]) -> Author:
    """Who wrote a post or a comment. Nobody is called what they say of themselves where a server vouches for
    their address; who cannot be known is called what stands there, and that is said."""
    claimed = safe.shown(post.author_name, 60)
    address = jids.shown(post.author)
    path = public_path(Ref(post.author, MICROBLOG)) if post.verified and post.author in public else ""
    name = (jids.local(address) or address) if post.verified else claimed or jids.local(address) or address
    return Author(
        name=name,
        server=jids.domain(address) if jids.local(address) and post.verified else "",
        verified=post.verified,
        initial=safe.initial(name),
        colour=colour(post.author),
        path=path,
    )


def post_views(
    shown: Sequence[Post],
    tags: Mapping[int, Sequence[str]],
    talks: Mapping[int, tuple[int, int]],
    public: Collection[str],
    *,
    whole: bool = False,
) -> list[PostView]:
    """Posts for a page; `whole` where a long text is not to be cut short."""
    return [_view(post, tags.get(post.id, ()), talks.get(post.id, (0, 0)), public, whole) for post in shown]


def _view(
    post: Post, tags: Sequence[str], talk: tuple[int, int], public: Collection[str], whole: bool
) -> PostView:
    words = html.text_of(html.beginning(post.body, LONGEST_READ))
    short = whole or (len(words) <= LONGEST_WHOLE and len(post.body) <= LONGEST_READ)
    title = safe.shown(post.title, LONGEST_TITLE)
    inside = html.pictures(post.body)
    hand = media.handed(None, post)
    # The same picture is often attached and in the text: once is enough.
    apart = replace(post, links=[link for link in post.links if link["href"] not in inside])
    beside = media.pictures(apart, hand)
    if not short:
        cover, _ = media.first(post, hand)
        beside = [cover] if cover else []
    return PostView(
        id=post.id,
        path=public_path(post.ref),
        title=title if words or inside else "",
        brief="" if words or inside else title,
        author=author_of(post, public),
        published=post.published,
        edited=post.updated if post.edited else None,
        body=body(post, below=1 if whole else 2) if short and (words or inside) else None,
        excerpt=safe.shown(words, 400),
        tags=tags,
        pictures=beside,
        files=media.files(None, post, hand),
        links=media.page_links(post, hand),
        language=post.language,
        nsfw=post.nsfw,
        comments=talk[0],
        likes=talk[1],
        more=not short,
        reply=atom.uri(post.reply_to) if post.reply_to else "",
        cover=_cover(post),
        xmpp=atom.uri(post.ref),
        inside=path_of(post.ref),
        editor=jids.shown(post.editor) if post.editor not in ("", post.author) else "",
        named=jids.shown(post.named) if post.named else "",
        lent=is_lent(post) and not post.nsfw,
    )


def _cover(post: Post) -> str:
    """The picture that a link preview shows; none of what is not for every eye."""
    found, _ = media.first(post, media.handed(None, post))
    return found.path if found and not post.nsfw else ""


def body(post: Post, *, below: int = 2, site: str = "") -> Markup:
    """The text of an open post. Pictures come through us: from the site itself, or by their whole address
    when `site` says how browsers reach it. Its highest heading stands one level below the title's."""

    def picture(address: str) -> str:
        path = tokens.open_path(post.id, tokens.Link("picture", address))
        return site + path if site else url(path)

    highest = min((int(level) for level in _HEADING.findall(post.body)), default=1)
    return html.shown(post.body, picture, below=below + 1 - highest)


def talk_view(talk: Talk, public: Collection[str]) -> TalkView:
    """Comments, answers below what they answer, and the number of likes."""
    said = [_comment(each, public) for each in threaded(talk.comments)]
    return TalkView(said, len(talk.likes), earlier(len(said)))


def _comment(said: Said, public: Collection[str]) -> CommentView:
    one = said.post
    to = (said.to.id, author_of(said.to, public)) if said.to is not None else None
    return CommentView(one.id, author_of(one, public), render_body(one.title), one.published, said.depth, to)
