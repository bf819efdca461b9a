"""This room answers about one post: its page, hearts, comments, taking back."""

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from webchat.contacts import show as people
from webchat.contacts import store as contacts
from webchat.errors import Forbidden, Invalid, NotFound, Offline, TooMany, XmppError
from webchat.posts import commands, show, store
from webchat.posts.forms import CommentForm, TypedForm
from webchat.posts.show.players import player_of
from webchat.posts.state import Asked, Removing
from webchat.posts.store import Post
from webchat.session.session import Session
from webchat.web import dom
from webchat.web.answer import done, partials
from webchat.web.headers import framing
from webchat.web.language import N_
from webchat.web.limits import ask_once
from webchat.web.partial import Partial
from webchat.web.request import is_htmx, settings, signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

log = logging.getLogger(__name__)

PATIENCE = 4.0
"""Seconds that a page waits for a post that is not here."""

A_MOMENT = 1.0
"""Seconds that it waits for what is said about one; what comes later arrives by the stream."""

OFFLINE = N_("There is no connection to your server at the moment. Your comment was not sent.")
REFUSED = N_("The service for comments did not take it. Your comment was not sent.")

CLOSED = frozenset(("not-authorized", "forbidden", "subscription-required", "not-allowed"))
"""What a service says to whoever may not read a node (XEP-0060 §6.5.9)."""


def address(request: Request) -> Ref:
    """The post in the address. Raises NotFound when there can be none."""
    given = request.path_params
    try:
        service = jids.bare(jids.normalise(given["service"]))
    except ValueError:
        raise NotFound from None
    ref = Ref(service, show.unsegment(given["node"]), show.unsegment(given["item"]))
    if not store.fits(ref.service, ref.node, ref.item):
        raise NotFound
    return ref


async def found(request: Request) -> Post:
    """The post that a form is about; it was on a page, so it is here. Raises NotFound."""
    session = signed_in(request).session
    async with session.read() as db:
        post = await show.readable(db, session, address(request))
    if post is None or post.kind != "post":
        raise NotFound
    return post


async def _to_delete(request: Request) -> Post:
    """The same, or what is said about one: that stands in a node that nobody follows by name, and the views
    of taking back show it to nobody else than who may do that. Raises NotFound."""
    session = signed_in(request).session
    async with session.read() as db:
        said = await store.one(db, commands.via(session), address(request))
    return said if said is not None and said.kind != "post" else await found(request)


async def read(request: Request) -> Response:
    """GET /posts/{service}/{node}/{item}: one post with what is said about it."""
    session, ref = signed_in(request).session, address(request)
    if ref.service != request.path_params["service"]:
        return RedirectResponse(show.url(show.path_of(ref)), 303)
    post, condition = await _reach(session, ref)
    if post is None:
        return await _missing(request, ref, condition)
    if post.kind != "post":
        return await _about(session, post)
    if session[Removing].hides(post.id):
        return RedirectResponse(show.url(f"{show.path_of(post.ref)}/delete"), 303)
    if session.client.connected and session[Asked].take(post.id):
        asking = session.spawn(_refresh(session, post), "comments of a post")
        await asyncio.wait({asking}, timeout=A_MOMENT)
    await commands.count_reader(session, post)
    return await draw(request, post, answer=request.query_params.get("answer", ""))


async def _reach(session: Session, ref: Ref) -> tuple[Post | None, str]:
    """The post, from here or from its service; else the condition why it cannot be had."""
    async with session.read() as db:
        post = await show.readable(db, session, ref)
    if post is not None:
        return post, ""
    try:
        async with asyncio.timeout(PATIENCE):
            asked = ask_once(session, ("post", ref), lambda: commands.fetch_post(session, ref))
            return await asked, "item-not-found"
    except XmppError as error:
        return None, error.condition
    except TimeoutError:
        return None, "remote-server-timeout"


async def _about(session: Session, said: Post) -> Response:
    """What is said about a post is read on the page of that post."""
    async with session.read() as db:
        about = await store.talked_about(db, commands.via(session), said.service, said.node)
    if not about:
        raise NotFound
    return RedirectResponse(show.url(f"{show.path_of(about[0].ref)}#{dom.comment(said.id)}"), 303)


async def _refresh(session: Session, post: Post) -> None:
    try:
        await ask_once(session, ("talk", post.id), lambda: commands.fetch_talk(session, post))
    except (Offline, TooMany):
        return
    except XmppError as error:
        log.info("comments could not be fetched (%s)", error.condition)


async def draw(
    request: Request, post: Post, *, status: int = 200, typed: str = "", error: str = "", answer: str = ""
) -> Response:
    """The page of a post; typed, error: what stands in the box for a comment, and what is wrong with it;
    answer: the row of the comment that it answers."""
    session = signed_in(request).session
    cursor = session.feed.cursor
    typed = typed or await commands.draft_of(session, post)
    async with session.read() as db:
        article = await show.article(db, session, post)
    to = next((said for said in article.talk.comments if str(said.id) == answer), None)
    values: dict[str, Any] = {
        "article": article,
        "box": {"act": article.card.act, "typed": typed, "error": error, "to": to},
    }
    scope = Scope("post", show.path_of(post.ref))
    return page(request, "posts/post.html", scope=scope, cursor=cursor, status=status, **values)


async def _missing(request: Request, ref: Ref, condition: str) -> Response:
    session = signed_in(request).session
    closed = condition in CLOSED
    person = ref.service if "@" in ref.service else ""
    async with session.read() as db:
        known = await contacts.contact(db, session.account_id, person) if person else None
    add = show.url(f"/contacts/{jids.escape_path(person)}") if person and known is None else ""
    values: dict[str, Any] = {
        "why": "closed" if closed else "gone" if condition == "item-not-found" else "silent",
        "author": jids.shown(ref.service),
        "person": people.person_path(person) if person else "",
        "add": add if closed else "",
        "again": show.url(show.path_of(ref)),
    }
    return page(request, "posts/missing.html", status=404, **values)


async def watch(request: Request) -> Response:
    """GET …/players/{key}: the player of another site, alone on a page that lets in no other."""
    post, session = await found(request), signed_in(request).session
    async with session.read() as db:
        article = await show.article(db, session, post)
    link = next((one for one in article.links if one.watch and one.key == request.path_params["key"]), None)
    player = player_of(link.url) if link is not None else None
    if player is None or link is None or player.host == urlsplit(settings(request).base_url.origin).hostname:
        raise NotFound
    headers = {"content-security-policy": framing(player.origin)}
    values: dict[str, Any] = {"card": article.card, "link": link, "player": player}
    return page(request, "posts/player.html", headers=headers, **values)


async def like(request: Request) -> Response:
    """POST …/like: put a heart to it."""
    post = await found(request)
    await commands.like(signed_in(request).session, post)
    return done(request, show.path_of(post.ref), by_stream=True)


async def unlike(request: Request) -> Response:
    """POST …/like/delete: take the heart back."""
    post = await found(request)
    await commands.unlike(signed_in(request).session, post)
    return done(request, show.path_of(post.ref), by_stream=True)


async def comment(request: Request) -> Response:
    """POST …/comments: say something; what cannot be sent stays in the box."""
    post, session = await found(request), signed_in(request).session
    try:
        form = await CommentForm.read(request)
        to = await commands.answered(session, post, form.answer)
        await commands.comment(session, post, form.text, to)
    except Invalid as error:
        return await _again(request, post, error.fields.get("text", REFUSED))
    except XmppError as error:
        return await _again(request, post, OFFLINE if isinstance(error, Offline) else REFUSED)
    await commands.keep_draft(session, post, "")
    if is_htmx(request):
        box = {"act": show.url(show.path_of(post.ref)), "typed": "", "error": "", "to": None}
        return partials(request, Partial(f"#{dom.comment_box}", "outerHTML", "posts/_box.html", {"box": box}))
    return done(request, f"{show.path_of(post.ref)}#comments")


async def _again(request: Request, post: Post, error: str) -> Response:
    form = await TypedForm.read(request)
    await commands.keep_draft(signed_in(request).session, post, form.text)
    return await draw(request, post, status=422, typed=form.text, error=error, answer=form.answer)


async def draft(request: Request) -> Response:
    """POST …/draft: keep what is typed and not sent."""
    post = await found(request)
    typed = (await TypedForm.read(request)).text
    await commands.keep_draft(signed_in(request).session, post, typed)
    return done(request, f"{show.path_of(post.ref)}#comments", by_stream=True)


async def ask_delete(request: Request) -> Response:
    """GET …/delete: what will be gone, or what is just going."""
    post, session = await _to_delete(request), signed_in(request).session
    if not show.may_retract(session, post):
        raise Forbidden
    path = show.url(show.path_of(post.ref))
    if not session[Removing].hides(post.id):
        return page(request, "posts/delete.html", title=post.title, path=path)
    cursor, back = session.feed.cursor, "/news" if "@" in post.service else show.node_path(post.ref)
    going = show.going(session, post)
    # For whoever has no scripts; the others see it by the stream.
    headers = {"refresh": f"{going.seconds + 2}; url={show.url(back)}"}
    scope = Scope("post", show.path_of(post.ref))
    values: dict[str, Any] = {"title": post.title, "going": going, "back": back, "id": post.id}
    return page(request, "posts/removed.html", scope=scope, cursor=cursor, headers=headers, **values)


async def delete(request: Request) -> Response:
    """POST …/delete: take a post of one's own back, or a comment, in a few seconds."""
    post, session = await _to_delete(request), signed_in(request).session
    about = await _talked_about(session, post)
    if post.kind != "post" and about is None:
        await commands.delete_comment(session, post)
        return done(request, "/news")
    await commands.remove_soon(session, post)
    if about is None:
        return done(request, f"{show.path_of(post.ref)}/delete")
    return done(request, f"{show.path_of(about.ref)}#comments", by_stream=True)


async def undo(request: Request) -> Response:
    """POST …/delete/undo: it stays after all; where it is too late the page says what is so."""
    post, session = await _to_delete(request), signed_in(request).session
    await commands.undo(session, post)
    about = await _talked_about(session, post)
    if about is None:
        return done(request, show.path_of(post.ref))
    return done(request, f"{show.path_of(about.ref)}#comments", by_stream=True)


async def _talked_about(session: Session, said: Post) -> Post | None:
    """The post that a comment is about, None for a post and where that is not here."""
    if said.kind == "post":
        return None
    async with session.read() as db:
        found = await store.talked_about(db, commands.via(session), said.service, said.node)
    return found[0] if found else None


_POST = "/posts/{service}/{node:path}/{item}"
routes = (
    Route(f"{_POST}/like", like, methods=["POST"], name="post-like"),
    Route(f"{_POST}/like/delete", unlike, methods=["POST"], name="post-unlike"),
    Route(f"{_POST}/comments", comment, methods=["POST"], name="post-comment"),
    Route(f"{_POST}/draft", draft, methods=["POST"], name="post-draft"),
    Route(f"{_POST}/delete/undo", undo, methods=["POST"], name="post-delete-undo"),
    Route(f"{_POST}/delete", ask_delete, methods=["GET"], name="post-delete-ask"),
    Route(f"{_POST}/delete", delete, methods=["POST"], name="post-delete"),
    Route(f"{_POST}/players/{{key}}", watch, methods=["GET"], name="post-player"),
    Route(_POST, read, methods=["GET"], name="post"),
)
