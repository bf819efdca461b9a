"""This room answers whoever asks for a public page or a feed: no login is looked at, caches may keep it."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from webchat.blog import show, store
from webchat.blog.show import Head
from webchat.posts import store as posts
from webchat.posts.show.paths import unsegment
from webchat.posts.store import Post
from webchat.posts.store.public import PublicRow, find_public
from webchat.web.headers import PUBLIC
from webchat.web.request import settings, take_page
from webchat.web.templates import installed, page
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

ON_A_PAGE = 10
IN_A_FEED = 20
LONGEST_NAME = 1000

KEPT = {"cache-control": "public, max-age=60", "content-security-policy": PUBLIC, "vary": "Accept-Language"}
"""On all of it: it is the same for everybody who reads the same language."""


@dataclass(frozen=True, slots=True)
class Open:
    """What an address leads to: whose page, and some of the posts of it."""

    head: Head
    posts: Sequence[Post]
    more: bool = False


async def blog(request: Request) -> Response:
    """GET /@{address or nickname}: somebody's blog."""
    take_page(request)
    async with request.app.state.database.read() as db:
        found = await _blog(db, request, ON_A_PAGE + 1)
        return await _list(db, request, found) if found else _nothing(request)


async def blog_feed(request: Request) -> Response:
    """GET /@{address or nickname}/feed.atom."""
    take_page(request)
    async with request.app.state.database.read() as db:
        found = await _blog(db, request, IN_A_FEED + 1)
        return await _feed(db, request, found) if found else _nothing(request)


async def blog_post(request: Request) -> Response:
    """GET /@{address or nickname}/{item}: one post; it may be open even where the blog is not (M123)."""
    take_page(request)
    async with request.app.state.database.read() as db:
        row = await _owner(db, request)
        post = await store.blog_post(db, row.jid, _parameter(request, "item")) if row else None
        if row is None or post is None or not store.is_open(post, row, str(settings(request).base_url)):
            return _nothing(request)
        return await _post(db, request, show.head_of_blog(row, *await store.about(db, row)), post)


async def community(request: Request) -> Response:
    """GET /c/{service}/{node}: a community that everybody may read."""
    take_page(request)
    async with request.app.state.database.read() as db:
        found = await _community(db, request, ON_A_PAGE + 1)
        return await _list(db, request, found) if found else _nothing(request)


async def community_feed(request: Request) -> Response:
    """GET /c/{service}/{node}/feed.atom."""
    take_page(request)
    async with request.app.state.database.read() as db:
        found = await _community(db, request, IN_A_FEED + 1)
        return await _feed(db, request, found) if found else _nothing(request)


async def community_post(request: Request) -> Response:
    """GET /c/{service}/{node}/{item}: one post of it."""
    take_page(request)
    async with request.app.state.database.read() as db:
        node = await store.community(db, _service(request), _parameter(request, "node"))
        ref = Ref(node.service, node.node, _parameter(request, "item")) if node else None
        post = await posts.one(db, node.via, ref) if node and ref else None
        if node is None or post is None or not store.is_open(post, None, str(settings(request).base_url)):
            return _nothing(request)
        return await _post(db, request, show.head_of_community(node), post)


def _parameter(request: Request, name: str) -> str:
    found = unsegment(request.path_params[name])
    return found if len(found) <= LONGEST_NAME else ""


def _service(request: Request) -> str:
    try:
        return jids.normalise(request.path_params["service"])
    except ValueError:
        return ""


async def _owner(db: AsyncSession, request: Request) -> PublicRow | None:
    """The account of ours that the address names."""
    name = request.path_params["name"]
    try:
        return await find_public(db, jids.bare(jids.normalise(name)) if "@" in name else name[:100])
    except ValueError:
        return None


def _before(request: Request) -> int:
    given = request.query_params.get("before", "")
    return int(given) if given.isdecimal() and given.isascii() and len(given) < 19 else 0


async def _blog(db: AsyncSession, request: Request, most: int) -> Open | None:
    row = await _owner(db, request)
    if row is None or not row.public:
        return None
    shown = await store.blog_posts(db, row.jid, before=_before(request), most=most)
    return Open(show.head_of_blog(row, *await store.about(db, row)), shown, len(shown) == most)


async def _community(db: AsyncSession, request: Request, most: int) -> Open | None:
    node = await store.community(db, _service(request), _parameter(request, "node"))
    if node is None:
        return None
    shown = await store.community_posts(db, node, before=_before(request), most=most)
    return Open(show.head_of_community(node), shown, len(shown) == most)


async def _list(db: AsyncSession, request: Request, found: Open) -> Response:
    shown = found.posts[:ON_A_PAGE]
    ids = [post.id for post in shown]
    public = await store.public_among(db, (post.author for post in shown))
    views = show.post_views(shown, await posts.tags_of(db, ids), await store.talks(db, shown), public)
    older = f"{found.head.path}?before={ids[-1]}" if found.more and ids else ""
    first = not request.query_params.get("before")
    return _drawn(request, "blog/index.html", found.head, {"posts": views, "older": older, "first": first})


async def _post(db: AsyncSession, request: Request, head: Head, post: Post) -> Response:
    talk = await store.talk(db, post)
    public = await store.public_among(db, [post.author, *(each.author for each in talk.comments)])
    counts = {post.id: (len(talk.comments), len(talk.likes))}
    (view,) = show.post_views([post], await posts.tags_of(db, [post.id]), counts, public, whole=True)
    values = {"post": view, "talk": show.talk_view(talk, public)}
    return _drawn(request, "blog/show.html", head, values)


async def _feed(db: AsyncSession, request: Request, found: Open) -> Response:
    shown = found.posts[:IN_A_FEED]
    tags = await posts.tags_of(db, [post.id for post in shown])
    pages = await _pages(db, request, found, shown)
    # Each of its posts may be as long as a post can be, and others wait.
    xml = await asyncio.to_thread(show.feed, found.head, shown, tags, str(settings(request).base_url), pages)
    changed = max((post.updated for post in shown), default=None)
    headers = {"last-modified": format_datetime(changed, usegmt=True)} if changed else {}
    answer = Response(xml, headers=KEPT | headers, media_type="application/atom+xml")
    return _unless_known(request, answer, changed)


async def _pages(db: AsyncSession, request: Request, found: Open, shown: Sequence[Post]) -> dict[str, str]:
    """Where the other pages of a feed are (RFC 5005 §3): relation → path."""
    feed, pages = found.head.feed, dict[str, str]()
    if not shown:
        return pages
    if _before(request):
        pages["first"] = feed
        author = "" if found.head.community else shown[0].author
        newer = await store.newer_page(db, shown[0], IN_A_FEED, author=author)
        if newer is not None:
            pages["previous"] = f"{feed}?before={newer}" if newer else feed
    if found.more:
        pages["next"] = f"{feed}?before={shown[-1].id}"
    return pages


def _drawn(request: Request, template: str, head: Head, values: Mapping[str, Any]) -> Response:
    site = str(settings(request).base_url)
    origin = settings(request).base_url.origin
    answer = page(request, template, headers=KEPT, head=head, site=site, origin=origin, **values)
    return _unless_known(request, answer)


def _unless_known(request: Request, answer: Response, changed: datetime | None = None) -> Response:
    """The answer with its mark, or 304 for who has it already (RFC 9110 §13.1)."""
    mark = f'W/"{hashlib.sha256(bytes(answer.body)).hexdigest()[:32]}"'
    answer.headers["etag"] = mark
    known = request.headers.get("if-none-match")
    if known is not None:
        fresh = known.strip() == "*" or mark in [one.strip() for one in known[:2000].split(",")]
    else:
        fresh = changed is not None and _is_since(request.headers.get("if-modified-since", ""), changed)
    if not fresh:
        return answer
    kept = {name: answer.headers[name] for name in ("etag", *KEPT, "last-modified") if name in answer.headers}
    return Response(status_code=304, headers=kept)


def _is_since(told: str, changed: datetime) -> bool:
    try:
        moment = parsedate_to_datetime(told[:100])
    except ValueError:
        return False
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return changed.replace(microsecond=0) <= moment


def _nothing(request: Request) -> Response:
    """The same friendly page for what does not exist and for what is not public: nobody learns which."""
    headers = {"content-security-policy": PUBLIC}
    return page(request, "blog/nothing.html", status=404, headers=headers, login=installed().url("/login"))
