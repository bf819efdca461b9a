"""This room works for rooms in the background: entering, staying, keeping what the user wants kept."""

from webchat.rooms.jobs.asking import ask, came_in, learn_names
from webchat.rooms.jobs.enter import (
    AGAIN_MOST,
    MOST_ROOMS,
    again_later,
    create,
    default_nick,
    enter_all,
    go_out,
    look_again,
    start_entering,
)
from webchat.rooms.jobs.keeping import keep, publish, put_bookmark, unregister
from webchat.rooms.jobs.watching import check, watch

__all__ = [
    "AGAIN_MOST",
    "MOST_ROOMS",
    "again_later",
    "ask",
    "came_in",
    "check",
    "create",
    "default_nick",
    "enter_all",
    "go_out",
    "keep",
    "learn_names",
    "look_again",
    "publish",
    "put_bookmark",
    "start_entering",
    "unregister",
    "watch",
]
