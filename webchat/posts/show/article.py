"""This room makes the page of one post: its body, what belongs to it, what is said about it."""

from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.markup import html
from webchat.markup.body import render_body
from webchat.media import tokens
from webchat.posts import store
from webchat.posts.show import cards as made
from webchat.posts.show.cards import Reader, edit_path, is_lent, may_delete, may_edit, reader
from webchat.posts.show.media import Handed, files, handed, page_links, pictures
from webchat.posts.show.paths import node_path, path_of, public_path, url
from webchat.posts.show.thread import Said, earlier, threaded
from webchat.posts.show.values import Article, Card, CommentView, GoingView, TalkView, Who
from webchat.posts.state import Asked, Removing
from webchat.posts.store import Post, Talk, readers
from webchat.session.session import Session
from webchat.web import dom
from webchat.web.templates import installed
from webchat.xmpp import atom
from webchat.xmpp import jid as jids

MOST_LIKERS = 12
"""Names that stand beside the hearts; the others are a number."""

WORDS_A_MINUTE = 200


async def article(db: AsyncSession, session: Session | None, post: Post) -> Article:
    """A post as its page shows it; session: None for a page that everybody reads."""
    said = await store.talk(db, post)
    sight, ref = made.sight_of(session), post.reply_to
    over = await store.one(db, post.via, ref, sight=sight) if ref is not None and ref.item else None
    people = [post.author, post.editor, *(over.author for over in [over] if over), *_speakers(said)]
    view = await reader(db, session, people)
    tags = (await store.tags_of(db, [post.id]))[post.id]
    comments = [one for one in said.comments if not view.blocks(one.author)]
    card = made.card(view, post, len(comments), said.likes, tags, made.parent(view, post, over))
    hand = handed(session, post)
    newer, older = await store.neighbours(db, post, sight=sight)
    return Article(
        card=card,
        body=body(post, hand, inside=session is not None),
        pictures=pictures(post, hand),
        files=files(session, post, hand),
        links=page_links(post, hand, session),
        talk=_talk(view, post, said),
        edit=edit_path(post) if session and may_change(session, post) and may_edit(post) else "",
        delete=f"{url(path_of(post.ref))}/delete" if session and may_retract(session, post) else "",
        newer=_neighbour(view, newer),
        older=_neighbour(view, older),
        public=post.web,
        uri=atom.uri(post.ref),
        whole=post.whole,
        minutes=round(len(html.text_of(post.body).split()) / WORDS_A_MINUTE),
        readers=await readers.number(db, post.id) if session else 0,
        shares=await _shares(db, session, post),
        lent=is_lent(post),
    )


def _speakers(said: Talk) -> list[str]:
    return [*(each.author for each in said.comments), *said.likes[:MOST_LIKERS]]


async def _shares(db: AsyncSession, session: Session | None, post: Post) -> Sequence[Card]:
    found = await store.shares(db, post, sight=made.sight_of(session))
    return await made.cards(db, session, found)


async def talk(db: AsyncSession, session: Session | None, post: Post) -> TalkView:
    """What is said about a post."""
    said = await store.talk(db, post)
    view = await reader(db, session, _speakers(said))
    return _talk(view, post, said)


def _talk(view: Reader, post: Post, said: Talk) -> TalkView:
    inside = view.session is not None
    shown = threaded([one for one in said.comments if not view.blocks(one.author)])
    return TalkView(
        id=post.id,
        likes=len(said.likes),
        liked=bool(view.jid) and view.jid in said.likes,
        likers=[view.who(jid, verified=jid in said.sure) for jid in said.likes[:MOST_LIKERS]],
        comments=[_comment(view, post, one) for one in shown],
        wanted=post.comments is not None,
        act=url(path_of(post.ref)) if inside else "",
        share=made.share_path(post) if inside else "",
        send=made.send_path(post) if inside else "",
        earlier=earlier(len(shown)),
    )


def _comment(view: Reader, post: Post, said: Said) -> CommentView:
    one, page = said.post, url(path_of(post.ref) if view.session else public_path(post.ref))
    return CommentView(
        id=one.id,
        who=_speaker(view, one),
        text=render_body(one.title, installed().prefix),
        published=one.published,
        delete=f"{url(path_of(one.ref))}/delete" if may_delete_comment(view.jid, post, one) else "",
        path=f"{page}#{dom.comment(one.id)}",
        answer=f"{page}?answer={one.id}#comment-text" if view.session else "",
        depth=said.depth,
        to=(said.to.id, _speaker(view, said.to)) if said.to is not None else None,
        edited=one.updated if one.edited else None,
        going=view.session[Removing].seconds(one.id) if view.session and view.removes(one) else None,
        language=one.language,
    )


def _speaker(view: Reader, one: Post) -> Who:
    return view.who(one.author, verified=one.verified, claimed=one.author_name)


def may_retract(session: Session, post: Post) -> bool:
    """Whether this account may take a post away: its author, and whoever looks after its node (M77)."""
    return may_delete(session.jid, post) or post.node_id in session[Asked].cared


def may_change(session: Session, post: Post) -> bool:
    """Whether this account may put another version of a post there: its author, whose node it stands in, and
    whoever looks after a community; then it stays its author's (M77)."""
    cared = post.node_kind == "community" and post.node_id in session[Asked].cared
    return may_delete(session.jid, post) or (cared and bool(post.author))


def may_delete_comment(jid: str, post: Post | None, one: Post) -> bool:
    """Whether this person may take a comment away: who wrote it, or whose post it is about (M100)."""
    return may_delete(jid, one) or (post is not None and may_delete(jid, post))


def going(session: Session, post: Post) -> GoingView:
    """What is said of a post that its reader has just taken back."""
    return GoingView(session[Removing].seconds(post.id), f"{url(path_of(post.ref))}/delete/undo")


def body(post: Post, hand: Handed, *, inside: bool) -> Markup:
    """The body as a page shows it: pictures had through us, XMPP addresses leading to pages of ours."""
    leads = _inner if inside else str

    def download(address: str) -> str:
        return hand(tokens.Link("download", address))

    def picture(address: str) -> str:
        return hand(tokens.Link("picture", address))

    return html.shown(post.body, picture, leads, download=download if inside else None)


def _inner(address: str) -> str:
    ref = atom.ref(address)
    if ref is not None and ref.service:
        return url(
            path_of(ref) if ref.node and ref.item else node_path(ref) if ref.node else _person(ref.service)
        )
    bare = address[5:].partition("?")[0]
    try:
        return url(_person(jids.bare(jids.normalise(bare))))
    except ValueError:
        return address


def _person(jid: str) -> str:
    return f"/people/{jids.escape_path(jid)}"


def _neighbour(view: Reader, post: Post | None) -> tuple[str, str] | None:
    if post is None:
        return None
    return post.title, url(path_of(post.ref) if view.session else public_path(post.ref))
