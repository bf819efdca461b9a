"""This room limits how much one account may say in a while; numbers are those we document."""

from webchat.web.limits import PerAccount

SENDING = PerAccount(30, 10)
"""Messages, corrections, reactions, retractions: what other people get to see."""

SAVING = PerAccount(60, 10)
"""Drafts and other things that only the database sees."""

TYPING = PerAccount(30, 10)
"""Chat states."""
