"""This room makes the page about one person: what they say of themselves, who sees whom, what can be done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store
from webchat.contacts.show.people import ContactView, contact_view, person_path, picture_path
from webchat.contacts.state import Asking, Blocklist, Faces, Presences
from webchat.contacts.store import ContactRow
from webchat.markup import links
from webchat.markup import names as safe
from webchat.markup.body import render_body
from webchat.markup.colour import colour
from webchat.media import tokens
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.web.templates import installed
from webchat.xmpp import jid as jids
from webchat.xmpp.profile import Profile

SHOWS = {
    "": N_("Online"),
    "chat": N_("Free to chat"),
    "away": N_("Away"),
    "xa": N_("Away for longer"),
    "dnd": N_("Do not disturb"),
}
"""What we may say of ourselves (RFC 6121 §4.7.2.1), as message ids."""

ASK, ASK_AGAIN = ("ask", N_("Ask to see them")), ("ask", N_("Ask again"))
UNSEE, TAKE_BACK = ("unsee", N_("Stop seeing them")), ("unsee", N_("Take the request back"))
HIDE, ALLOW = ("hide", N_("Stop being seen")), ("allow", N_("Let them see me"))

LONGEST_STATUS = 200
BORN = N_("Date of birth")

_LIKE_A_NAME = re.compile(r"[a-z]{2,30}(?:[._-][a-z]{2,30}){0,2}")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a profile: a label (message id) and foreign text, a link made safe, or a day."""

    label: str
    text: str | Markup
    href: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """Who sees whom, as a sentence (message id), and what changes it: (action, label)."""

    sentence: str
    actions: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PersonView:
    """The page about somebody; see templates/profile/_person.html.

    contact    name, address, presence, picture
    own        it is the user
    calls      what they call themselves, where another name is shown; "" else
    facts      what their profile says; `note` is its longer text
    last_seen  when they were last here, None while they are or where nobody tells
    idle       since when they have not touched their device
    sights     who sees whom
    request    they ask to see us: where to answer (accept, decline), "" else
    alias      the name the user gave, `groups` those they were sorted into, with commas
    asking     their answer is on its way; `silent`: there was none, `lost`: nobody finds their server
    banner     the broad picture above it, had through us, "" for none
    """

    contact: ContactView
    own: bool
    calls: str
    facts: Sequence[Fact]
    note: Markup | None
    last_seen: datetime | None
    idle: datetime | None
    sights: Sequence[Sight]
    request: str
    alias: str
    groups: str
    known: bool
    asking: bool
    silent: bool
    banner: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class ReportView:
    """The page that reports somebody; `reports`: our server takes it; `addresses`: who else; `own`: us."""

    contact: ContactView
    own: bool
    reports: bool
    evidence: bool
    addresses: Sequence[Fact]
    path: str
    text: str = ""
    reason: str = "spam"
    error: str = ""


@dataclass(frozen=True, slots=True)
class OwnPresence:
    """What the user shows: `show` as chosen, `status` their words, `kind` the shape drawn; who they are."""

    show: str
    status: str
    kind: str
    shows: Mapping[str, str]
    picture: str
    path: str
    initial: str
    colour: int
    name: str
    jid: str


def own_presence(session: Session) -> OwnPresence:
    """What we say of ourselves, for the menu of the own name."""
    show = session.preferences.get("show", "")
    kind = (show or "online") if session.state == "online" else "offline"
    name = safe.shown(session[Faces].own_name, 80) or _named_by(session.jid)
    return OwnPresence(
        show=show,
        status=session.preferences.get("status", ""),
        kind=kind,
        shows=SHOWS,
        picture=picture_path(session[Faces].avatars.get(session.jid, "")),
        path=person_path(session.jid),
        initial=safe.initial(name),
        colour=colour(session.jid),
        name=name,
        jid=jids.shown(session.jid),
    )


def _named_by(jid: str) -> str:
    """A name for who published none: the first part of the address, spelled as names are where it is one."""
    local = jids.local(jid)
    if _LIKE_A_NAME.fullmatch(local):
        return " ".join(word.capitalize() for word in re.split("[._-]", local))
    return local or jids.shown(jid)


async def person(db: AsyncSession, session: Session, jid: str, language: str) -> PersonView:
    """Everything that is known of a bare JID."""
    row = await store.contact(db, session.account_id, jid)
    face = await store.face(db, session.account_id, jid)
    told = await store.profile(db, session.account_id, jid)
    content = told.content if told else Profile()
    contact = contact_view(session, jid, row, language, picture=face.avatar)
    if jid == session.jid:
        own = own_presence(session)
        contact = replace(contact, name=own.name, initial=own.initial, avatar=own.picture or contact.avatar)
    presence = session[Presences].best(jid)
    here = presence.kind != "offline"
    left = session[Presences].left(jid) or (told.last_seen_at if told else None)
    requested = jid in await store.requests(db, session.account_id)
    asking = session[Asking]
    calls = safe.shown(face.nick) or safe.shown(content.nickname) or safe.shown(content.name)
    path = f"/requests/{jids.escape_path(jid)}"
    return PersonView(
        contact=contact,
        own=jid == session.jid,
        calls=calls if calls != contact.name else "",
        facts=[fact for fact in facts(content) if (fact.label, fact.text) not in _said(contact, calls)],
        note=render_body(content.note) if content.note else None,
        last_seen=None if here or contact.blocked else left,
        idle=presence.idle if here else None,
        sights=() if jid == session.jid else sights(row, pre_approves=session.client.pre_approves),
        request=path if requested else "",
        alias=row.name if row else "",
        groups=", ".join(row.groups) if row else "",
        known=row is not None,
        asking=jid in asking.jids,
        silent=jid in asking.silent,
        lost=jid in asking.lost,
        banner=banner_path(session, content.banner),
    )


def _said(contact: ContactView, calls: str) -> set[tuple[str, str]]:
    """Facts that stand above them already."""
    return {(label, name) for label in ("Name", "Nickname") for name in (contact.name, calls)}


def banner_path(session: Session, url: str) -> str:
    """Where a broad picture that lies on another server is to be had, "" for none."""
    return installed().url(tokens.path(session.jid, tokens.Link("picture", url))) if url else ""


def sights(row: ContactRow | None, *, pre_approves: bool) -> list[Sight]:
    """Who sees whom, one sentence for each direction, and what changes it (RFC 6121 §3)."""
    if row is not None and row.seen:
        seeing = Sight(N_("You see when they are online."), (UNSEE,))
    elif row is not None and row.ask:
        seeing = Sight(N_("You asked to see when they are online; no answer yet."), (ASK_AGAIN, TAKE_BACK))
    else:
        seeing = Sight(N_("You do not see when they are online."), (ASK,))
    if row is not None and row.sees_us:
        seen = Sight(N_("They see when you are online."), (HIDE,))
    else:
        seen = Sight(N_("They do not see when you are online."), (ALLOW,) if pre_approves else ())
    return [seeing, seen]


def facts(content: Profile) -> list[Fact]:
    """A profile line by line; every word in it is foreign, a link leads only where it says."""
    found = [
        Fact(label, shown, day=_day(shown) if label == BORN else None)
        for label, text in (
            (N_("Name"), content.name),
            (N_("Nickname"), content.nickname),
            (N_("Pronouns"), content.pronouns),
            (BORN, content.birthday),
            (N_("Occupation"), content.title),
            (N_("Organisation"), content.organisation),
            (N_("Locality"), content.locality),
            (N_("Country"), content.country),
        )
        if (shown := safe.shown(text, LONGEST_STATUS))
    ]
    found += [link for site in content.sites if (link := linked(N_("Website"), site))]
    found += [link for mail in content.mails if (link := linked(N_("Email"), mail, "mailto:"))]
    phones = (safe.shown(phone.removeprefix("tel:"), LONGEST_STATUS) for phone in content.phones)
    return found + [Fact(N_("Telephone"), phone) for phone in phones if phone]


def _day(text: str) -> date | None:
    """A whole date; what says less (RFC 6350 §4.3.1) is shown as it was written."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def linked(label: str, text: str, scheme: str = "") -> Fact | None:
    """A link where the whole text is an address that is safe to open, else only text; None for nothing."""
    plain = safe.shown(text, LONGEST_STATUS)
    if not plain:
        return None
    pieces = links.split(scheme + text.removeprefix(scheme))
    if len(pieces) == 1 and isinstance(pieces[0], links.Link):
        link = pieces[0]
        shown = link.text.removeprefix(scheme) + (f" ({link.host})" if link.host else "")
        return Fact(label, shown, installed().url(link.href) if link.href.startswith("/") else link.href)
    return Fact(label, plain)


async def report(
    db: AsyncSession, session: Session, jid: str, language: str, addresses: Sequence[str], **typed: Any
) -> ReportView:
    """The page that reports somebody; `typed` is what a form brought that could not be taken."""
    row = await store.contact(db, session.account_id, jid)
    blocklist = session[Blocklist]
    found = [linked("", address) for address in addresses]
    return ReportView(
        contact=contact_view(session, jid, row, language),
        own=jid == session.jid,
        reports=bool(blocklist.reporting),
        evidence=blocklist.reporting == "1",
        addresses=[fact for fact in found if fact is not None],
        path=f"/people/{jids.escape_path(jid)}/report",
        **typed,
    )
