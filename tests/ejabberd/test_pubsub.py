"""This room holds the dialogues about nodes with posts with ejabberd."""

from tests.lab.pubsub_dialogues import *  # noqa: F403
