"""This room writes verbs as JSON for the outbox and reads them back."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from webchat.xmpp import verbs
from webchat.xmpp.content import Emoji, Mention, Reply, SharedFile

_KINDS: dict[str, type[verbs.Verb]] = {
    kind.__name__: kind
    for kind in (
        verbs.SendMessage,
        verbs.SendReaction,
        verbs.SendRetraction,
        verbs.SendDisplayed,
        verbs.SendReceipt,
        verbs.SendChatState,
        verbs.SendPresence,
    )
}


def pack(verb: verbs.Verb) -> str:
    """A verb as text; raises ValueError for one that has no name here."""
    name = type(verb).__name__
    if _KINDS.get(name) is not type(verb):
        raise ValueError(name)
    return json.dumps({"verb": name, **dataclasses.asdict(verb)})


def unpack(text: str) -> verbs.Verb:
    """The verb again; raises ValueError for what `pack` did not write."""
    values = json.loads(text)
    name = values.pop("verb", "") if isinstance(values, dict) else ""
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ValueError("not a packed verb")
    try:
        return kind(**{name: _PARTS.get(name, _plain)(value) for name, value in values.items()})
    except (TypeError, AttributeError) as error:
        raise ValueError("not a packed verb") from error


def _plain(value: Any) -> Any:
    if value is not None and not isinstance(value, str):
        raise TypeError
    return value


def _file(value: dict[str, Any]) -> SharedFile:
    hashes = tuple((algorithm, digest) for algorithm, digest in value.pop("hashes", ()))
    return SharedFile(**value, hashes=hashes)


_PARTS: dict[str, Callable[[Any], Any]] = {
    "reply": lambda value: None if value is None else Reply(**value),
    "files": lambda value: tuple(_file(one) for one in value),
    "emoji": lambda value: tuple(Emoji(**one) for one in value),
    "mentions": lambda value: tuple(Mention(**one) for one in value),
    "emojis": lambda value: tuple(_plain(one) for one in value),
}
"""Fields that are more than text, and how they come back."""
