"""This room names what a message may carry beside its text: frozen values, equal coming in and going out."""

from dataclasses import dataclass
from typing import Literal

from webchat.xmpp.forms import Form


@dataclass(frozen=True, slots=True)
class Reply:
    """XEP-0461: the message that is answered; `to` is its author's address as its stanza had it ("" unknown).

    id  in a room the stanza-id that the room gave, else the origin-id or the stanza's own id
    """

    id: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters `begin` to `end` (code points of the body, end excluded) name somebody (XEP-0372, XEP-0513).

    jid       who, "" where only the id says so
    occupant  in a room, the id by which it knows them (XEP-0421), "" for none
    group     "room" for everybody in it, "here" for whoever is there just now, "" for one person
    quiet     they are named and not called
    """

    begin: int
    end: int
    jid: str
    occupant: str = ""
    group: Literal["", "room", "here"] = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Emoji:
    """A picture that stands for some characters of a message, `alt` (":parrot:"), and its content id."""

    alt: str
    cid: str


@dataclass(frozen=True, slots=True)
class SharedFile:
    """One file of a message (XEP-0447 with 0446 metadata; XEP-0385; else XEP-0066 with only its address).

    url          https address; "" when the message names no source we could fetch
    size         bytes; width, height pixels; duration seconds; None where nobody said
    hashes       (XEP-0300 algorithm, base64 value)
    description  alternative text or caption, as its sender wrote it
    inline       meant to be seen in place, not as an attachment
    voice        a voice message (recorded, not a piece of music)
    """

    url: str
    name: str = ""
    media_type: str = ""
    size: int | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    hashes: tuple[tuple[str, str], ...] = ()
    description: str = ""
    inline: bool = True
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Hat:
    """XEP-0317: something a person is in a room."""

    uri: str
    title: str


@dataclass(frozen=True, slots=True)
class Bookmark:
    """One room the user keeps (XEP-0402; 0048 and 0049 where only that exists).

    notify      "", "never", "on-mention" or "always" (XEP-0492, either namespace; "" says nothing)
    extensions  serialised elements of <extensions/> that we do not know, written back unchanged
    """

    jid: str
    name: str = ""
    nick: str = ""
    password: str = ""
    autojoin: bool = False
    pinned: bool = False
    notify: str = ""
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChallengeMedia:
    """A picture or a sound that belongs to the field `var` of a challenge (XEP-0221): all of it is foreign.

    cid   its content id (XEP-0231), with `data` where it came along
    url   where the web has it
    """

    var: str
    media_type: str = ""
    cid: str = ""
    data: bytes = b""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a room asks at its door, to tell people from programs (XEP-0158).

    url  a page where a browser can answer, "" for none
    """

    form: Form
    media: tuple[ChallengeMedia, ...] = ()
    url: str = ""
