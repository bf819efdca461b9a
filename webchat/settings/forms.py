"""This room reads the forms of Configuration."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from webchat.notifications.show import TONES
from webchat.web import forms
from webchat.web.language import N_, languages
from webchat.web.shell import ACCENTS, DENSITIES, SIZES, THEMES
from webchat.xmpp import jid as jids
from webchat.xmpp.archive_prefs import KEEPS

UNDO_SECONDS = ("0", "5", "10", "20", "30")
"""For how long a message can be taken back before it is sent."""

LANDINGS = ("news", "chats")
READERS = ("open", "presence")
"""Access models of the own blog that are offered: everybody, contacts."""

NICKNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
NOT_A_NICKNAME = N_("Use 1 to 64 of the letters a to z, digits, and . _ - in between.")

NOT_AN_ADDRESS = N_("This is not an address. It looks like name@example.org.")

ON_UNTIL_TICKED_OFF = ("list_typing", "keys", "receipts", "typing", "link_cards", "offline")
OFF_UNTIL_TICKED = ("adult", "last_seen")

SOCIAL = frozenset({"landing", "adult"})
"""What is about posts."""

DEFAULTS = {
    "landing": LANDINGS[0],
    "accent": "0",
    "density": DENSITIES[0],
    "size": SIZES[0],
    "enter": "send",
    "undo_send": UNDO_SECONDS[0],
    **dict.fromkeys(ON_UNTIL_TICKED_OFF, "on"),
    **dict.fromkeys(OFF_UNTIL_TICKED, "off"),
}
"""What holds until something else is chosen."""


@dataclass(frozen=True)
class PreferencesForm(forms.Form):
    """What can be chosen; an empty language is the browser's, a check box that is not ticked is off."""

    language: str = forms.text("", limit=35)
    landing: str = forms.text(LANDINGS[0], choices=LANDINGS)
    theme: str = forms.text("system", choices=THEMES)
    accent: str = forms.text("0", choices=tuple(str(number) for number in range(ACCENTS)))
    density: str = forms.text(DENSITIES[0], choices=DENSITIES)
    size: str = forms.text(SIZES[0], choices=SIZES)
    enter: str = forms.text("send", choices=("send", "break"))
    undo_send: str = forms.text("0", choices=UNDO_SECONDS)
    list_typing: bool = forms.tick()
    keys: bool = forms.tick()
    receipts: bool = forms.tick()
    typing: bool = forms.tick()
    last_seen: bool = forms.tick()
    link_cards: bool = forms.tick()
    offline: bool = forms.tick()
    adult: bool = forms.tick()

    def check(self) -> dict[str, str]:
        """The language is one that is shipped."""
        known = self.language in ("", *languages())
        return {} if known else {"language": forms.NOT_A_CHOICE}

    def preferences(self, *, social: bool = True) -> dict[str, str]:
        """As they are kept with the account; a site for chats only asks for the `social` ones nowhere."""
        words = ("language", "landing", "theme", "accent", "density", "size", "enter", "undo_send")
        ticks = (*ON_UNTIL_TICKED_OFF, *OFF_UNTIL_TICKED)
        every = {name: getattr(self, name) for name in words} | {
            name: "on" if getattr(self, name) else "off" for name in ticks
        }
        return {name: value for name, value in every.items() if social or name not in SOCIAL}


_NOTICES = ("notices", "notice_sound", "notice_text", "notice_asks")
_WORDS = ("landing", "theme", "accent", "density", "size", "enter", "undo_send")
_OFFERED = {field.name: field.metadata.get("choices", ()) for field in fields(PreferencesForm)}
CARRIED: Mapping[str, Sequence[str]] = {
    **{name: _OFFERED[name] for name in _WORDS},
    **dict.fromkeys((*ON_UNTIL_TICKED_OFF, *OFF_UNTIL_TICKED, *_NOTICES), ("on", "off")),
    "language": ("", *languages()),
    "notice_tone": tuple(TONES),
}
"""Preference → what it may be, of those that follow the account to other sites."""

USUAL = {
    **DEFAULTS,
    **dict.fromkeys(_NOTICES, "on"),
    "language": "",
    "theme": THEMES[0],
    "notice_tone": next(iter(TONES)),
}
"""What each of them is until something else is chosen."""


@dataclass(frozen=True)
class PublicForm(forms.Form):
    """Whether strangers may read the blog, and the short name of its page."""

    public: bool = forms.tick()
    nickname: str = forms.text("", limit=100)

    def check(self) -> dict[str, str]:
        """A name is one that an address can carry and nobody takes for an address."""
        fits = not self.nickname or NICKNAME.fullmatch(self.nickname.lower())
        return {} if fits else {"nickname": NOT_A_NICKNAME}


@dataclass(frozen=True)
class ThemeForm(forms.Form):
    """Only the looks, as the quick switcher sends them."""

    theme: str = forms.text(choices=THEMES)


@dataclass(frozen=True)
class ArchiveForm(forms.Form):
    """What the server's archive keeps by default."""

    default: str = forms.text(choices=KEEPS)


@dataclass(frozen=True)
class ExceptionForm(forms.Form):
    """What the archive does with what is said with one address: "always", "never", or "" as with others."""

    jid: str = forms.text(limit=3071)
    where: str = forms.text("", choices=("always", "never"))

    def check(self) -> dict[str, str]:
        """An address of a person or a room; "xmpp:" before it and a resource behind it do not count."""
        return {} if self.address else {"jid": NOT_AN_ADDRESS}

    @property
    def address(self) -> str:
        """The bare address, "" for none."""
        try:
            bare = jids.bare(jids.normalise(self.jid.removeprefix("xmpp:").partition("?")[0]))
        except ValueError:
            return ""
        return bare if jids.local(bare) else ""


@dataclass(frozen=True)
class ReadersForm(forms.Form):
    """Who may read the own blog."""

    access: str = forms.text(choices=READERS)


@dataclass(frozen=True)
class UndoForm(forms.Form):
    """Which change is undone, by the name that the page after it had."""

    change: str = forms.text(limit=64)
