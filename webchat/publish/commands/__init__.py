"""This room is what a user can do with the sheet: keep it, publish it, let it wait for its hour."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from webchat.db.base import now
from webchat.errors import Forbidden, Invalid, NotFound, WebchatError, XmppError
from webchat.messages.jobs import cards
from webchat.posts import commands as posts
from webchat.posts import store as posts_store
from webchat.posts.show import readable
from webchat.posts.show.article import may_change
from webchat.posts.show.paths import public_path
from webchat.posts.store import Post
from webchat.publish import forms, store
from webchat.publish.commands import audience, entry
from webchat.publish.forms import Attached, Linked, Sheet
from webchat.publish.state import Clock
from webchat.session.session import Session
from webchat.uploads import commands as uploads
from webchat.uploads.commands import Given, Media
from webchat.web.language import N_
from webchat.xmpp import atom
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG, MICROBLOG_PRESENCE, Entry, Ref

MOST_SCHEDULED = 50
LATEST = timedelta(days=366)
CARDS_WAIT = 6.0
"""Seconds that pages have to say what they are."""

LATER = "later:"

CANNOT_EDIT = N_("This post cannot be edited here: its text was not written as Markdown.")
NO_TIME = N_("Say on which day and at what time.")
TOO_EARLY = N_("This time is over already.")
TOO_LATE = N_("At most a year ahead, please.")
TOO_MANY_SCHEDULED = N_("At most %(most)s posts can wait for their hour.")
TOO_MANY_FILES = N_("At most %(most)s files go into one post.")
BAD_REPLY = N_("The post that this answers cannot be found.")


class CannotPublish(Invalid):
    """A sheet that does not go out: `field` is where, `sentence` a message id that speaks of `values`."""

    def __init__(self, field: str, sentence: str, **values: str) -> None:
        super().__init__({field: sentence}, values)


class AttachFailed(Exception):
    """A file did not arrive: the sheet with those that did, and why."""

    def __init__(self, sheet: Sheet, error: WebchatError) -> None:
        super().__init__()
        self.sheet, self.error = sheet, error


def key_of(where: str, item: str, reply: str, url: str) -> str:
    """Under which key the draft of one form is kept: the same form finds it again."""
    return sha256("\0".join((where, item, reply, url)).encode()).hexdigest()


def fresh_id() -> str:
    """A name for a post that nobody has seen yet."""
    return str(uuid4())


async def save(session: Session, sheet: Sheet) -> None:
    """Keep what is on the sheet; an empty one needs no keeping. What waits for its hour goes on waiting."""
    async with session.work() as work:
        row = await store.draft(work.db, work.account_id, sheet.key)
        if sheet.empty and not (row is not None and row.publish_at):
            await store.drop(work.db, work.account_id, sheet.key)
            return
        hour, item = (row.publish_at, row.item_id) if row is not None else (None, "")
        content = forms.kept(sheet)
        if row is not None and row.content.get("base"):
            content["base"] = row.content["base"]
        await store.put(work.db, work.account_id, sheet.key, content, now(), publish_at=hour, item_id=item)


async def forget(session: Session, key: str) -> None:
    """Throw a draft away; it will not go out either."""
    async with session.work() as work:
        await store.drop(work.db, work.account_id, key)
    session[Clock].changed.set()


async def publish(session: Session, sheet: Sheet, *, base: str) -> Ref:
    """Put the post where it belongs, and forget its draft. Its place.

    base  address of our site, for the public page

    Raises CannotPublish, Invalid, NotFound, Forbidden, XmppError, TimedOut, Offline; the draft is as it was.
    """
    _check(sheet)
    former = await edited(session, sheet) if sheet.item else None
    sheet = await with_cards(session, sheet)
    author = former.author if former is not None else session.jid
    made = replace(await entry.entry(sheet, now()), author=author)
    if former is not None:
        aim = await audience.aim_again(session, sheet, former)
        ref, web = former.ref, former.web
        made = replace(made, id=former.atom_id or made.id, published=former.published)
    else:
        aim = await audience.aim(session, sheet)
        ref = Ref(aim.service, aim.node, entry.item_id(sheet))
        web = base + public_path(ref) if aim.web else ""
    if sheet.reply:
        made = await _answering(session, sheet, made)
    comments = sheet.comments and aim.comments
    made = replace(made, web=web)
    done = await posts.publish_post(session, ref, made, access=aim.access, comments=comments)
    async with session.work() as work:
        await store.drop(work.db, work.account_id, sheet.key)
    return done


def _check(sheet: Sheet) -> None:
    if problem := forms.wrong(sheet):
        raise CannotPublish(problem[0], problem[1], **problem[2])


async def _answering(session: Session, sheet: Sheet, made: Entry) -> Entry:
    original = atom.ref(sheet.reply)
    if original is None:
        raise Invalid({"reply": BAD_REPLY})
    found = await answered(session, sheet)
    return replace(made, reply_to=original, reply_id=found.atom_id if found is not None else "")


async def answered(session: Session, sheet: Sheet) -> Post | None:
    """The post that this one answers or shares, asked for if we do not have it; None if it cannot be had."""
    original = atom.ref(sheet.reply) if sheet.reply else None
    if original is None:
        return None
    async with session.read() as db:
        found = await readable(db, session, original)
    if found is not None:
        return found
    try:
        async with asyncio.timeout(audience.PATIENCE):
            return await posts.fetch_post(session, original)
    except (WebchatError, TimeoutError):
        return None


async def edited(session: Session, sheet: Sheet) -> Post:
    """The post that is edited: one's own, or one in a community that one looks after (M77).

    Raises NotFound, Forbidden (somebody else's), Invalid (there is no Markdown of it).
    """
    service, node = sheet.place
    places = [(service, node)] if service else [(session.jid, MICROBLOG), (session.jid, MICROBLOG_PRESENCE)]
    for each in places:
        post = await _post(session, Ref(*each, sheet.item))
        if post is None or post.kind != "post":
            continue
        if not may_change(session, post):
            raise Forbidden
        if not post.markdown and post.body:
            raise Invalid({"text": CANNOT_EDIT})
        return post
    raise NotFound


async def _post(session: Session, ref: Ref) -> Post | None:
    async with session.read() as db:
        post = await posts_store.one(db, jids.domain(session.jid), ref)
    if post is None:
        with suppress(XmppError, NotFound):
            post = await posts.fetch_post(session, ref)
    return post


async def schedule(session: Session, sheet: Sheet, moment: datetime | None, *, base: str) -> None:
    """Let the post go out by itself at this time. Raises CannotPublish."""
    _check(sheet)
    if moment is None:
        raise CannotPublish("publish_at", NO_TIME)
    if moment <= now() or moment > now() + LATEST:
        raise CannotPublish("publish_at", TOO_EARLY if moment <= now() else TOO_LATE)
    key, item = f"{LATER}{sheet.id}", entry.item_id(sheet)
    async with session.work() as work:
        known = await store.draft(work.db, work.account_id, key)
        if known is None and await store.scheduled_total(work.db, work.account_id) >= MOST_SCHEDULED:
            raise CannotPublish("publish_at", TOO_MANY_SCHEDULED, most=str(MOST_SCHEDULED))
        content = forms.kept(replace(sheet, key=key)) | {"base": base}
        await store.put(work.db, work.account_id, key, content, now(), publish_at=moment, item_id=item)
        if sheet.key != key:
            await store.drop(work.db, work.account_id, sheet.key)
    session[Clock].changed.set()


async def unschedule(session: Session, key: str) -> None:
    """Keep the draft, but send it no more by itself."""
    async with session.work() as work:
        row = await store.draft(work.db, work.account_id, key)
        if row is not None:
            content = dict(row.content) | {"publish_at": ""}
            await store.put(work.db, work.account_id, key, content, now())
    session[Clock].changed.set()


async def attach(session: Session, media: Media, sheet: Sheet, given: Sequence[Given]) -> Sheet:
    """Bring files to the user's server and put them on the sheet; what arrived before a failure is kept.

    Raises AttachFailed, which carries the sheet so far.
    """
    for each in given:
        if len(sheet.files) >= forms.MOST_FILES:
            error = CannotPublish("files", TOO_MANY_FILES, most=str(forms.MOST_FILES))
            raise AttachFailed(sheet, error)
        try:
            file = await uploads.send_up(session, media, each)
        except WebchatError as error:
            raise AttachFailed(sheet, error) from error
        new = Attached(
            url=file.url,
            name=file.name,
            type=file.media_type,
            size=file.size or 0,
            width=file.width or 0,
            height=file.height or 0,
        )
        sheet = replace(sheet, files=(*sheet.files, new))
    return sheet


async def with_cards(session: Session, sheet: Sheet) -> Sheet:
    """The sheet with what the pages that it links to say of themselves; who was asked before is not again."""
    urls = cards.addresses(f"{sheet.url}\n{sheet.text}", most=forms.MOST_CARDS)
    known = {one.url: one for one in sheet.links}
    new = [url for url in urls if url not in known]
    if new:
        with suppress(TimeoutError):
            async with asyncio.timeout(CARDS_WAIT):
                for url, card in (await cards.learn(session, new)).items():
                    page = card.page
                    if page.title:
                        known[url] = Linked(url, page.title[:500], page.description[:1000], page.picture)
    return replace(sheet, links=tuple(known[url] for url in urls if url in known))
