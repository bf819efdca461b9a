"""This room writes verbs as JSON for the outbox and reads them back."""

import dataclasses
import json

from webchat.xmpp import verbs

_KINDS: dict[str, type[verbs.Verb]] = {
    kind.__name__: kind
    for kind in (
        verbs.SendMessage,
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
    return json.dumps({"verb": name, **{f.name: getattr(verb, f.name) for f in dataclasses.fields(verb)}})


def unpack(text: str) -> verbs.Verb:
    """The verb again; raises ValueError for what `pack` did not write."""
    values = json.loads(text)
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ValueError("not a packed verb")
    kind = _KINDS.get(values.pop("verb", ""))
    if kind is None:
        raise ValueError("not a packed verb")
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError("not a packed verb") from error
