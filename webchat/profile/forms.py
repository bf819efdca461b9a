"""This room reads the forms in which people tell about themselves."""

import re
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from webchat.profile.commands import AS_IT_IS, CONTACTS, EVERYBODY
from webchat.web import forms
from webchat.web.language import N_
from webchat.xmpp.card import Card
from webchat.xmpp.geoloc import Place
from webchat.xmpp.profile import LONGEST, LONGEST_NOTE

NO_MAIL = N_("An email address looks like juliet@capulet.example.")
NO_SITE = N_("A website begins with https://, for example https://capulet.example/.")
NO_DATE = N_("Write the date as year, month and day: 1595-08-01.")
FUTURE = N_("This day has not come yet.")
NO_DEGREES = N_("Write degrees as a number, for example 45.44 for the latitude and 11.00 for the longitude.")
NOWHERE = N_("Latitudes go from -90 to 90, longitudes from -180 to 180.")
NOTHING = N_("Write where you are, or both latitude and longitude.")
BOTH = N_("Latitude and longitude belong together.")

_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_SITE = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DEGREES = re.compile(r"[+-]?\d{1,3}([.,]\d{1,15})?", re.ASCII)


@dataclass(frozen=True)
class CardForm(forms.Form):
    """What one tells about oneself, and what of it stood there when the page was made (`was_…`).

    Only what is different from that is written, so nothing else that changed in the meantime is lost.
    """

    name: str = forms.text("", limit=LONGEST)
    nickname: str = forms.text("", limit=LONGEST)
    pronouns: str = forms.text("", limit=LONGEST)
    email: str = forms.text("", limit=LONGEST)
    birthday: str = forms.text("", limit=LONGEST)
    website: str = forms.text("", limit=LONGEST)
    note: str = forms.text("", limit=LONGEST_NOTE)
    locality: str = forms.text("", limit=LONGEST)
    country: str = forms.text("", limit=LONGEST)
    was_name: str = forms.text("")
    was_nickname: str = forms.text("")
    was_pronouns: str = forms.text("")
    was_email: str = forms.text("")
    was_birthday: str = forms.text("")
    was_website: str = forms.text("")
    was_note: str = forms.text("")
    was_locality: str = forms.text("")
    was_country: str = forms.text("")
    access: str = forms.text(CONTACTS, choices=(CONTACTS, EVERYBODY, AS_IT_IS))

    @property
    def card(self) -> Card:
        """What was typed."""
        return self._card("")

    @property
    def was(self) -> Card:
        """What the page began with."""
        return self._card("was_")

    def _card(self, before: str) -> Card:
        # A box of one line shows no line breaks, so they are no difference.
        values = {field.name: getattr(self, before + field.name) for field in fields(Card)}
        return Card(
            **{name: one if name == "note" else " ".join(one.split()) for name, one in values.items()}
        )

    @property
    def changed(self) -> dict[str, str]:
        """What the user changed."""
        return self.card.changed(self.was)

    def check(self) -> dict[str, str]:
        """Only what is new is judged: what stands in a card already may be of another kind."""
        changed = self.changed
        wrong = {}
        if (mail := changed.get("email")) and not _MAIL.fullmatch(mail):
            wrong["email"] = NO_MAIL
        if (site := changed.get("website")) and not _SITE.fullmatch(site):
            wrong["website"] = NO_SITE
        if (day := changed.get("birthday")) and (why := _no_birthday(day)):
            wrong["birthday"] = why
        return wrong


def _no_birthday(text: str) -> str:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        return NO_DATE
    # Somewhere it is tomorrow already.
    return FUTURE if day > (datetime.now(UTC) + timedelta(days=1)).date() else ""


@dataclass(frozen=True)
class PlaceForm(forms.Form):
    """Where one is: in words, in degrees, or both; `accuracy` in metres comes from the browser."""

    words: str = forms.text("", limit=200)
    latitude: str = forms.text("", limit=40)
    longitude: str = forms.text("", limit=40)
    accuracy: str = forms.text("", limit=40)

    def check(self) -> dict[str, str]:
        """There is a place, and it is on this globe."""
        given = {"latitude": (self.latitude, 90), "longitude": (self.longitude, 180)}
        if not any((self.words, self.latitude, self.longitude)):
            return {"words": NOTHING}
        wrong = {}
        for name, (text, most) in given.items():
            if text and not _DEGREES.fullmatch(text):
                wrong[name] = NO_DEGREES
            elif text and abs(_degrees(text)) > most:
                wrong[name] = NOWHERE
            elif not text and (self.latitude or self.longitude):
                wrong[name] = BOTH
        return wrong

    @property
    def place(self) -> Place:
        """The place, without the moment."""
        words = (self.words,) if self.words else ()
        if not self.latitude:
            return Place(words=words)
        return Place(_degrees(self.latitude), _degrees(self.longitude), _metres(self.accuracy), words)


def _degrees(text: str) -> float:
    return float(text.replace(",", "."))


def _metres(text: str) -> float | None:
    try:
        metres = float(text)
    except ValueError:
        return None
    return metres if 0 <= metres < 50_000_000 else None
