"""This room makes the addresses of conversations."""

from webchat.xmpp import jid as jids


def path_of(jid: str, kind: str = "chat") -> str:
    """The page of a conversation; `kind` is "chat", "room" or "whisper"."""
    return f"/{'rooms' if kind == 'room' else 'chats'}/{jids.escape_path(jid)}"


def actions_of(jid: str) -> str:
    """Where the forms of a conversation go."""
    return f"/conversations/{jids.escape_path(jid)}"
