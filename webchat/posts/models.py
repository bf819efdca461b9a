"""This room holds the tables of posts: nodes, what stands in them, and who follows which.

What came through one home server stays with it: a row that was cached from the network carries `via`, the
domain of the account that received it, and is shown to accounts of that domain alone.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, BigInt, Id, Jid
from webchat.db.words import spelling, statements


class Node(Base):
    """A place with posts: somebody's own ones, a community, or the comments of one post.

    kind        "people", "community" or "comments"
    about_id    the post that comments are about
    layout      "articles" or "gallery"
    fetched_at  when we last asked for its items, None for never
    trouble     condition of the last failed fetch, "" for none
    """

    __tablename__ = "node"
    __table_args__ = (UniqueConstraint("via", "service", "node"), Index("ix_node_about_id", "about_id"))

    id: Mapped[Id]
    via: Mapped[str] = mapped_column(String(1023))
    service: Mapped[Jid]
    node: Mapped[str] = mapped_column(String(1023))
    kind: Mapped[str] = mapped_column(String(16))
    about_id: Mapped[int | None] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text, server_default="")
    description: Mapped[str] = mapped_column(Text, server_default="")
    layout: Mapped[str] = mapped_column(String(16), server_default="articles")
    access: Mapped[str] = mapped_column(String(16), server_default="")
    publish_model: Mapped[str] = mapped_column(String(16), server_default="")
    creator: Mapped[str] = mapped_column(Text, server_default="")
    created: Mapped[datetime | None]
    subscribers: Mapped[int | None]
    logo: Mapped[str] = mapped_column(Text, server_default="")
    fetched_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(String(64), server_default="")


class Post(Base):
    """One item: a post, a comment or a like (`kind`), as it was last received.

    author     bare JID that is drawn as its author; `verified` says whether the service vouches for it (W§3)
    editor     bare JID of who looks after the node and put this version of somebody else's post there; the
               author's own where somebody did so of whom that is not known; ""
    named      bare JID that the post itself names as its author where the service tells of another, ""
    published  as claimed, never later than when we received it; what pages are ordered by, with the id
    body       HTML, cleaned by webchat.markup when it was stored; `whole` when it is all there, in its form
    markdown   what its author typed, "" when it cannot be edited
    source     the payload as it came
    links      webchat.xmpp.entries.EntryLink of both kinds as JSON
    reply_*    what it answers or shares
    comments_* where comments are kept, "" where they are not wanted
    web        its public page as its author says; open only if this is set
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("node_id", "item"),
        Index("ix_post_node_id_published_id", "node_id", "published", "id"),
        Index("ix_post_via_kind_published_id", "via", "kind", "published", "id"),
        Index("ix_post_via_author_published_id", "via", "author", "published", "id"),
        Index("ix_post_reply", "via", "reply_service", "reply_node", "reply_item"),
        Index("ix_post_comments", "via", "comments_service", "comments_node"),
    )

    id: Mapped[Id]
    node_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("node.id", ondelete="CASCADE"))
    via: Mapped[str] = mapped_column(String(1023))
    item: Mapped[str] = mapped_column(String(1023))
    kind: Mapped[str] = mapped_column(String(8))
    author: Mapped[Jid]
    author_name: Mapped[str] = mapped_column(Text, server_default="")
    verified: Mapped[bool]
    editor: Mapped[str] = mapped_column(Text, server_default="")
    named: Mapped[str] = mapped_column(Text, server_default="")
    title: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text, server_default="")
    body: Mapped[str] = mapped_column(Text, server_default="")
    whole: Mapped[bool] = mapped_column(server_default="1")
    markdown: Mapped[str] = mapped_column(Text, server_default="")
    source: Mapped[str] = mapped_column(Text, server_default="")
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    atom_id: Mapped[str] = mapped_column(Text, server_default="")
    language: Mapped[str] = mapped_column(String(35), server_default="")
    nsfw: Mapped[bool] = mapped_column(server_default="0")
    web: Mapped[str] = mapped_column(Text, server_default="")
    reply_service: Mapped[str] = mapped_column(String(1023), server_default="")
    reply_node: Mapped[str] = mapped_column(String(1023), server_default="")
    reply_item: Mapped[str] = mapped_column(String(1023), server_default="")
    comments_service: Mapped[str] = mapped_column(String(1023), server_default="")
    comments_node: Mapped[str] = mapped_column(String(1023), server_default="")
    published: Mapped[datetime]
    updated: Mapped[datetime]
    received_at: Mapped[datetime]


class PostTag(Base):
    """One tag of one post, lower-cased; via and published repeat the post's: a tag page is one walk."""

    __tablename__ = "post_tag"
    __table_args__ = (
        UniqueConstraint("post_id", "tag"),
        Index("ix_post_tag_via_tag_published_post_id", "via", "tag", "published", "post_id"),
    )

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("post.id", ondelete="CASCADE"))
    via: Mapped[str] = mapped_column(String(1023))
    tag: Mapped[str] = mapped_column(String(100))
    published: Mapped[datetime]


class PostReaders(Base):
    """How many accounts of this site opened a post; which of them is written down nowhere."""

    __tablename__ = "post_readers"

    post_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int]


class PostWords(Base):
    """What full text search knows a post by; webchat.posts.store.search makes and reads it.

    moment  when it was published, in milliseconds, and a number that makes it unique
    words   each begins with a sign of the server that the post came through
    """

    __tablename__ = "post_words"

    moment: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    post_id: Mapped[int] = mapped_column(BigInt, ForeignKey("post.id", ondelete="CASCADE"), unique=True)
    words: Mapped[str] = mapped_column(Text)


FULL_TEXT = statements("post_words", "post_fts")
SPELLING = spelling("post_fts")

for _dialect, _statements in FULL_TEXT.items():
    for _statement in (*_statements, *SPELLING[_dialect]):
        event.listen(PostWords.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]


class Follow(Base):
    """A node that an account follows (W§7).

    state   "subscribed", "pending" (its owner has to agree), "broken" (its server says no or nothing)
    shared  it stands in the list that others may see
    tells   the account asked to be told of each new post
    """

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("account_id", "node_id"), Index("ix_follow_node_id", "node_id"))

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"))
    node_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("node.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(Text, server_default="")
    shared: Mapped[bool] = mapped_column(server_default="0")
    tells: Mapped[bool] = mapped_column(server_default="0")
    state: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(Text, server_default="")


class Listening(Base):
    """A node of comments that an account is subscribed to only while a page shows them; what a restart left
    here is given back at the next login."""

    __tablename__ = "listening"

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    node_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("node.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class Removal(Base):
    """A post or comment that its reader took back a moment ago: till `due_at` that can be undone."""

    __tablename__ = "removal"

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    post_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    due_at: Mapped[datetime]


class NewsRead(Base):
    """How far an account has read its news: the time when it last looked."""

    __tablename__ = "news_read"

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    seen_at: Mapped[datetime]


class CommentDraft(Base):
    """A comment that somebody began to write; `place` is a hash of the path of the post's page."""

    __tablename__ = "comment_draft"

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    place: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class PublicName(Base):
    """An account that may be read without a login, and the short name it chose for that; one row at most.

    public    its blog has a page; without it only single posts can be read that were published for everybody
    nickname  lower-case and without "@", so that it is never taken for an address; NULL for none
    """

    __tablename__ = "public_name"
    __table_args__ = (UniqueConstraint("nickname"),)

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    nickname: Mapped[str | None] = mapped_column(String(64))
    public: Mapped[bool] = mapped_column(server_default="0")
