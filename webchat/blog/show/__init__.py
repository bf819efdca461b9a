"""This floor makes values of posts: public pages (pages), feeds (feed), the page of one person (person)."""

from webchat.blog.show.feed import feed
from webchat.blog.show.pages import (
    Head,
    PostView,
    TalkView,
    author_of,
    head_of_blog,
    head_of_community,
    post_views,
    talk_view,
)
from webchat.blog.show.person import PersonPosts, person

__all__ = [
    "Head",
    "PersonPosts",
    "PostView",
    "TalkView",
    "author_of",
    "feed",
    "head_of_blog",
    "head_of_community",
    "person",
    "post_views",
    "talk_view",
]
