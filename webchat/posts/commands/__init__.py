"""This room is what a user can do with posts: fetch them, speak about them, put them out, follow nodes."""

from webchat.posts.commands.drafts import draft_of, keep_draft
from webchat.posts.commands.fetch import (
    cleaned,
    fetch_node,
    fetch_post,
    fetch_talk,
    keep,
    learn_node,
    refresh_person,
    say_talk,
    via,
)
from webchat.posts.commands.publish import WrongAudience, publish_post, retract_post
from webchat.posts.commands.readers import count_reader
from webchat.posts.commands.removal import remove_soon, undo
from webchat.posts.commands.talk import answered, comment, delete_comment, like, unlike

__all__ = [
    "WrongAudience",
    "answered",
    "cleaned",
    "comment",
    "count_reader",
    "delete_comment",
    "draft_of",
    "fetch_node",
    "fetch_post",
    "fetch_talk",
    "keep",
    "keep_draft",
    "learn_node",
    "like",
    "publish_post",
    "refresh_person",
    "remove_soon",
    "retract_post",
    "say_talk",
    "undo",
    "unlike",
    "via",
]
