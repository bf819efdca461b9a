"""This room makes the values that the sheet, the list of drafts and the page "Send" are drawn from."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.markup import elsewhere, hashtags
from webchat.markup.excerpt import excerpt
from webchat.markup.names import shown, shown_host
from webchat.media import tokens
from webchat.messages import store as messages
from webchat.messages.show import name_of
from webchat.posts import show as posts
from webchat.posts import store as posts_store
from webchat.posts.show.values import Article, Card, Tag
from webchat.posts.store import Post
from webchat.posts.store import follows as follows_store
from webchat.publish import forms, store
from webchat.publish.commands import entry as entries
from webchat.publish.commands.audience import Ground
from webchat.publish.forms import Sheet
from webchat.session.session import Session
from webchat.uploads.show import FileView, file
from webchat.web.errors import filled
from webchat.web.language import N_, languages, name_in, translate
from webchat.web.reader import reader
from webchat.xmpp import atom
from webchat.xmpp import jid as jids
from webchat.xmpp.content import SharedFile

MOST_SUGGESTED = 100
POPULAR_FOR = timedelta(days=90)
MOST_RECEIVERS = 40

BEGINNING = 2000
"""Characters of a draft that its line is made of."""

OWN_BLOG = N_("Your blog")
STAYS_OPEN = N_("Everybody can read this post, and that stays so.")
STAYS_CLOSED = N_("Whoever could read this post before can read it afterwards, and nobody else.")

WEB = "https://"
"""Stands for the public page that a post does not have yet."""

COMMON = ("en", "fr", "de", "es", "it", "pt", "nl", "pl", "ru", "uk", "ar", "zh", "ja", "tr", "sv", "ca")
"""Languages offered besides those of the program, by their codes."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file on the sheet: `packed` carries it through the form."""

    view: FileView
    url: str
    alt: str
    packed: str


@dataclass(frozen=True, slots=True)
class LinkLine:
    """What a page that the text links to says of itself, and whether the post shows it."""

    url: str
    host: str
    title: str
    description: str
    picture: str
    keep: bool
    packed: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a list, and what it is called."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class SheetView:
    """The sheet; see templates/publish/sheet.html.

    sentences   what each audience really means, by its value; one of them alone when there is no choice
    choices     audiences that can be chosen: none for an edit
    field       what is wrong with it, and `error` why, translated; "" for nothing
    notice      what was done (message id)
    preview     how readers will see it, None while it is written
    original    what it answers or shares
    saved_at    when its draft was kept, None for never
    publish_at  when it goes out by itself
    can_open    the own blog is for followers, and could be opened
    author      whose post is edited, as its owner of the place; "" for one's own
    """

    sheet: Sheet
    heading: str
    place: str
    places: tuple[Choice, ...]
    audience: str
    choices: tuple[str, ...]
    sentences: dict[str, str]
    files: tuple[FileLine, ...]
    links: tuple[LinkLine, ...]
    languages: tuple[Choice, ...]
    tags: tuple[str, ...]
    original: Card | None
    field: str = ""
    error: str = ""
    notice: str = ""
    preview: Article | None = None
    saved_at: datetime | None = None
    publish_at: datetime | None = None
    can_open: bool = False
    author: str = ""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line of the page of drafts; `path` leads back to its sheet, `trouble` is translated."""

    key: str
    title: str
    excerpt: str
    place: str
    path: str
    publish_at: datetime | None
    updated_at: datetime
    trouble: str


async def sheet_view(
    db: AsyncSession,
    session: Session,
    sheet: Sheet,
    ground: Ground,
    *,
    former: Post | None = None,
    answered: Post | None = None,
    saved_at: datetime | None = None,
    publish_at: datetime | None = None,
) -> SheetView:
    """The sheet as it is drawn; `former` is the post that is edited, `answered` what this one answers."""
    places = await _places(db, session, sheet, ground)
    original = await posts.cards(db, session, [answered]) if answered is not None else []
    since = now() - POPULAR_FOR
    suggested = await posts_store.tags(db, jids.domain(session.jid), since=since, most=MOST_SUGGESTED)
    closed = ground.kind == "community" and ground.shape == "closed"
    choices = () if sheet.item else ("followers",) if closed else forms.AUDIENCES
    chosen = sheet.audience if sheet.audience in choices else ground.usual
    return SheetView(
        sheet=sheet,
        heading=_heading(sheet),
        place=next((one.label for one in places if one.value == sheet.where), ""),
        places=places,
        audience=chosen,
        choices=choices,
        sentences=_sentences(ground, former, edit=bool(sheet.item)),
        files=tuple(_file(session, one) for one in sheet.files),
        links=tuple(_link(session, one) for one in sheet.links),
        languages=_languages(sheet.language),
        tags=tuple(tag for tag, _ in suggested),
        original=next(iter(original), None),
        saved_at=saved_at,
        publish_at=publish_at,
        author=jids.shown(former.author) if former is not None and former.author != session.jid else "",
        can_open=ground.kind == "blog" and ground.shape == "presence" and not sheet.item,
    )


async def written(db: AsyncSession, post: Post, sheet: Sheet) -> Sheet:
    """The sheet of a post that stands already, as its author left it."""
    tags = (await posts_store.tags_of(db, [post.id]))[post.id]
    in_text = hashtags.find(f"{post.title}\n{post.markdown}")
    by_hand = [tag for tag in tags if tag != entries.NSFW and tag not in in_text]
    brief = not post.markdown
    links = [
        dict(link) | {"url": link.get("href"), "name": link.get("title"), "alt": link.get("description")}
        for link in post.links
    ]
    files = (forms.attached(one) for one in links if one["rel"] == "enclosure")
    pages = (forms.linked(one) for one in links if one["rel"] == "related")
    return replace(
        sheet,
        where=f"{post.service}/{post.node}",
        reply=atom.uri(post.reply_to) if post.reply_to is not None else "",
        title="" if brief else post.title,
        text=post.title if brief else post.markdown,
        tags=" ".join(by_hand),
        comments=post.comments is not None,
        nsfw=post.nsfw,
        language=post.language,
        files=tuple(one for one in files if one is not None),
        links=tuple(one for one in pages if one is not None),
    )


def _heading(sheet: Sheet) -> str:
    if sheet.item:
        return N_("Edit a post")
    return N_("Answer or share a post") if sheet.reply else N_("Publish")


def _sentences(ground: Ground, former: Post | None, *, edit: bool) -> dict[str, str]:
    if edit:
        is_open = ground.shape == "open" or (former is not None and former.open)
        return {"": STAYS_OPEN if is_open else STAYS_CLOSED}
    return {audience: ground.sentence(audience) for audience in forms.AUDIENCES}


async def _places(db: AsyncSession, session: Session, sheet: Sheet, ground: Ground) -> tuple[Choice, ...]:
    """Where one may write: the own blog, communities that one follows, and the one that was asked for."""
    via = jids.domain(session.jid)
    found = {"": translate(OWN_BLOG, reader.get().language)}
    for row in await follows_store.follows(db, session.account_id, via):
        may = row.publish_model != "publishers" or row.creator == session.jid
        if not row.blog and row.state == "subscribed" and may:
            found[f"{row.service}/{row.node}"] = shown(row.title or row.called or row.node, 80)
    if sheet.where and sheet.where not in found:
        own = sheet.place[0] == session.jid
        title = ground.info.title if ground.info is not None else ""
        found[sheet.where] = found[""] if own else shown(title or sheet.place[1], 80)
    return tuple(Choice(value, label) for value, label in found.items())


def _file(session: Session, one: forms.Attached) -> FileLine:
    width, height = one.width or None, one.height or None
    known = SharedFile(one.url, one.name, one.type, one.size or None, width=width, height=height)
    return FileLine(file(session.jid, known), one.url, one.alt, forms.packed(one))


def _link(session: Session, one: forms.Linked) -> LinkLine:
    host = shown_host(_host(one.url).removeprefix("www."))
    picture = tokens.path(session.jid, tokens.Link("picture", one.logo)) if one.logo else ""
    return LinkLine(one.url, host, one.title or host, one.description, picture, one.keep, forms.packed(one))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _languages(chosen: str) -> tuple[Choice, ...]:
    codes = dict.fromkeys((*languages(), *COMMON, *([chosen] if chosen else [])))
    named = (Choice(code, name_in(code, reader.get().language)) for code in codes)
    return tuple(sorted(named, key=lambda one: one.label))


async def preview(
    db: AsyncSession,
    session: Session,
    sheet: Sheet,
    ground: Ground,
    former: Post | None,
    answered: Post | None,
) -> Article:
    """How readers will see it: the very article, of a post that nobody has yet."""
    made = await entries.entry(sheet, former.published if former is not None else now())
    everyone = former.open if former is not None else (sheet.audience or ground.usual) == "everyone"
    body = await elsewhere.clean(made.html)
    values: dict[str, Any] = {
        "author": former.author if former is not None else session.jid,
        "verified": former.verified if former is not None else True,
        "title": made.title,
        "excerpt": excerpt(body.text),
        "body": body.html,
        "whole": body.whole,
        "links": posts_store.links_of(made.links),
        "language": made.language,
        "nsfw": entries.NSFW in made.tags,
        "service": ground.service,
        "node": ground.node,
        "node_kind": "people" if ground.kind == "blog" else "community",
        "node_title": ground.info.title if ground.info is not None else "",
        "node_access": ground.state if everyone or ground.shape not in ("open", "missing") else "presence",
        "web": WEB if everyone else "",
        **dict.fromkeys(("published", "updated", "received_at"), made.published or now()),
    }
    if answered is not None:
        parent = {"reply_service": answered.service, "reply_node": answered.node, "reply_item": answered.item}
        values |= parent
    whole = await posts.article(db, session, _post(jids.domain(session.jid), values))
    card = replace(whole.card, tags=tuple(Tag(tag, "") for tag in made.tags), act="", share="")
    talk = replace(whole.talk, act="", share="")
    return replace(
        whole, card=card, talk=talk, edit="", delete="", public="", uri="", newer=None, older=None, shares=()
    )


def _post(via: str, values: dict[str, Any]) -> Post:
    empty: dict[str, Any] = dict.fromkeys(Post.__dataclass_fields__, "")
    empty |= {"id": 0, "node_id": 0, "via": via, "kind": "post", "item": "preview"}
    return Post(**(empty | values))


async def draft_lines(db: AsyncSession, session: Session) -> tuple[DraftLine, ...]:
    """What is being written, and what waits for its hour."""
    return tuple([await _line(row) for row in await store.drafts(db, session.account_id)])


async def _line(row: store.DraftRow) -> DraftLine:
    sheet = forms.restored(row.content)
    service, node = sheet.place
    said = await elsewhere.render(sheet.text[:BEGINNING])
    title, text = " ".join(sheet.title.split()), excerpt(said.text, 200)
    return DraftLine(
        key=row.key,
        title=shown(title or text, 120),
        excerpt=shown(text, 200) if title else "",
        place=shown(node, 80) if service and "@" not in service else "",
        path=f"/publish?{urlencode({'draft': row.key})}",
        publish_at=row.publish_at,
        updated_at=row.updated_at,
        trouble=_trouble(row),
    )


def _trouble(row: store.DraftRow) -> str:
    values = row.content.get("why")
    return filled(row.trouble, values if isinstance(values, dict) else {}, reader.get().language)


async def receivers(db: AsyncSession, session: Session) -> tuple[Choice, ...]:
    """Conversations that a post can be sent to, the latest first."""
    talks = await messages.conversations(db, session.account_id, limit=MOST_RECEIVERS)
    return tuple([Choice(talk.jid, await name_of(db, session.account_id, talk.jid, talk)) for talk in talks])
