"""This room is the only maker of element ids; all of them are CSS selectors without escaping."""

from functools import lru_cache
from hashlib import sha256

main = "main"
conversations = "conversations"
connection = "connection"
counters = "counters"
toasts = "toasts"
requests = "requests"
new_divider = "new-divider"


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Sixteen hex digits for any text, e.g. an address: a JID may hold characters that no selector takes."""
    return sha256(text.encode()).hexdigest()[:16]


def timeline(jid: str) -> str:
    """The list of messages of one conversation."""
    return f"timeline-{key(jid)}"


def message(id: int) -> str:
    """One message."""
    return f"message-{id:d}"


def conversation(jid: str) -> str:
    """One row of the list of conversations."""
    return f"conversation-{key(jid)}"


def typing(jid: str) -> str:
    """The place of "Juliet is typing"."""
    return f"typing-{key(jid)}"


def state(jid: str) -> str:
    """The place of what is said about the last own message."""
    return f"state-{key(jid)}"


def composer(jid: str) -> str:
    """The form that writes to one conversation."""
    return f"composer-{key(jid)}"


def draft(jid: str) -> str:
    """The draft of one conversation, as the other tabs left it."""
    return f"draft-{key(jid)}"


def presence(jid: str) -> str:
    """The head of a conversation with name and presence."""
    return f"presence-{key(jid)}"


def older(jid: str) -> str:
    """The link to older messages."""
    return f"older-{key(jid)}"


def gap(id: int) -> str:
    """A hole in the history that can be filled."""
    return f"gap-{id:d}"
