"""This room makes of posts what templates draw: cards, one post as a whole, what is said about it."""

from webchat.posts.show.article import article, going, may_delete_comment, may_retract, talk
from webchat.posts.show.cards import audience, cards, may_delete, may_edit, readable
from webchat.posts.show.paths import (
    node_path,
    path_of,
    public_path,
    ref_of,
    segment,
    tag_path,
    unsegment,
    url,
)
from webchat.posts.show.values import (
    Article,
    Card,
    CommentView,
    PageLink,
    Parent,
    Picture,
    Tag,
    TalkView,
    Who,
)

__all__ = [
    "Article",
    "Card",
    "CommentView",
    "PageLink",
    "Parent",
    "Picture",
    "Tag",
    "TalkView",
    "Who",
    "article",
    "audience",
    "cards",
    "going",
    "may_delete",
    "may_delete_comment",
    "may_edit",
    "may_retract",
    "node_path",
    "path_of",
    "public_path",
    "readable",
    "ref_of",
    "segment",
    "tag_path",
    "talk",
    "unsegment",
    "url",
]
