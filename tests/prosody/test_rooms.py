"""This room holds the dialogues in rooms with Prosody."""

from tests.lab.room_dialogues import *  # noqa: F403
