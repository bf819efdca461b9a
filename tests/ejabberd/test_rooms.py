"""This room holds the dialogues in rooms with ejabberd."""

from tests.lab.room_dialogues import *  # noqa: F403
