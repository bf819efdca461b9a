"""This room is the list of conversations, which stands beside every chat and every room."""

from webchat.messages.overview.show import ConversationView, listed, row, rows
from webchat.messages.overview.store import Entry, entries, overview

PAGES = ("chats", "rooms", "conversation")
"""Kinds of scope whose pages show the list."""

__all__ = ["PAGES", "ConversationView", "Entry", "entries", "listed", "overview", "row", "rows"]
