"""This room makes the form in which one tells about oneself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webchat.contacts.show import banner_path, own_presence, person_path
from webchat.profile.commands import AS_IT_IS, CONTACTS, EVERYBODY
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp.card import Card, OwnCard
from webchat.xmpp.profile import LONGEST, LONGEST_NOTE

LABELS: Sequence[tuple[str, str, str, str]] = (
    ("name", N_("Name"), "name", "text"),
    ("nickname", N_("Nickname"), "nickname", "text"),
    ("pronouns", N_("Pronouns"), "off", "text"),
    ("email", N_("Email"), "email", "email"),
    ("birthday", N_("Date of birth"), "bday", "date"),
    ("website", N_("Website"), "url", "url"),
    ("note", N_("About"), "off", "long"),
    ("locality", N_("Locality"), "address-level2", "text"),
    ("country", N_("Country"), "country-name", "text"),
)
"""Field, label, what browsers fill in by themselves, kind of box."""

WHO = {EVERYBODY: N_("Everybody"), CONTACTS: N_("Only contacts who may see when I am online")}
ANOTHER = {AS_IT_IS: N_("As it is now: by another rule, which was made in another app")}


@dataclass(frozen=True, slots=True)
class FieldView:
    """One box: label and error are message ids; `was` is what the server has."""

    name: str
    label: str
    value: str
    was: str
    kind: str
    auto: str
    longest: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class CardView:
    """The page; see templates/profile/card.html.

    fields   None where the server did not say what there is; `trouble` is then why (a message id)
    access   who may see it, `who` the choices
    picture  our picture, "" for none; `banner` likewise
    path     our own page
    """

    fields: Sequence[FieldView] | None
    access: str
    who: Mapping[str, str]
    picture: str
    banner: str
    path: str
    initial: str
    colour: int
    trouble: str = ""


def access_of(known: OwnCard) -> str:
    """Who may see the card now; a first one is for contacts, unless anybody reads an older one already."""
    if known.access:
        return known.access if known.access in WHO else AS_IT_IS
    # Some servers answer with an empty one where there is none.
    older = known.newer is None and known.older is not None and len(known.older)
    return EVERYBODY if older else CONTACTS


def card_view(
    session: Session,
    banner: str,
    typed: Card | None,
    was: Card,
    access: str,
    *,
    wrong: Mapping[str, str] | None = None,
    trouble: str = "",
) -> CardView:
    """The page; typed None: there is no form, because nobody knows what stands in the card."""
    own = own_presence(session)
    wrong = wrong or {}
    fields = typed and [
        FieldView(
            name,
            label,
            getattr(typed, name),
            getattr(was, name),
            _kind(kind, getattr(typed, name)),
            auto,
            LONGEST_NOTE if name == "note" else LONGEST,
            wrong.get(name, ""),
        )
        for name, label, auto, kind in LABELS
    ]
    return CardView(
        fields or None,
        access,
        WHO | ANOTHER if access == AS_IT_IS else WHO,
        own.picture,
        banner_path(session, banner),
        person_path(session.jid),
        own.initial,
        own.colour,
        trouble,
    )


def _kind(kind: str, value: str) -> str:
    """A box for dates shows nothing else than a whole date, so it would lose what else is there."""
    plain = len(value) == 10 and value[4] == value[7] == "-" and value.replace("-", "").isdecimal()
    return "text" if kind == "date" and value and not plain else kind
