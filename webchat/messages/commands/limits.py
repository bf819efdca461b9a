"""This room limits how much one account may say in a while; numbers are those we document."""

from webchat.web.limits import Rate

SENDING = Rate(30, 10)
"""Messages, corrections, reactions, retractions: what other people get to see."""

SAVING = Rate(60, 10)
"""Drafts and other things that only the database sees."""

TYPING = Rate(30, 10)
"""Chat states."""
