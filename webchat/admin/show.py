"""This room makes what the operator's page draws: reports, people, blocks, numbers."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.admin import store
from webchat.contacts.state import Blocklist
from webchat.markup import names as safe
from webchat.session import accounts, blocks, complaints
from webchat.session.complaints import Report
from webchat.session.registry import Sessions
from webchat.web.language import N_
from webchat.xmpp import jid as jids

MOST = 100
"""People on the page; the others are found by their address."""

MOST_REPORTS = 50
"""Reports on the page, those that wait longest; closing some shows the others."""

OFTEN = 2
"""So many people blocked an address before operators read of it: what one alone did is theirs alone."""

MOST_OFTEN = 30

ABOUT = {
    "person": N_("A person"),
    "room": N_("A room"),
    "message": N_("A message"),
    "post": N_("A post"),
    "comment": N_("A comment"),
}
REASONS = {"spam": N_("Spam"), "abuse": N_("Abuse"), "other": N_("Something else")}

NUMBERS = {
    "accounts": N_("Addresses that ever signed in"),
    "seen_in_a_day": N_("Seen within a day"),
    "seen_in_a_week": N_("Seen within a week"),
    "seen_in_a_month": N_("Seen within a month"),
    "waiting_to_be_sent": N_("Stanzas that wait to be sent"),
    "rows_conversation": N_("Conversations"),
    "rows_message": N_("Messages"),
    "rows_room": N_("Rooms"),
    "rows_node": N_("Blogs and communities"),
    "rows_post": N_("Posts"),
}
"""What of the statistics is shown, and how it is called."""

STATES = {
    "connecting": N_("connecting"),
    "online": N_("connected"),
    "offline": N_("without connection"),
    "failed": N_("refused by the server"),
}


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who is signed in; `state` is a message id, "" while no session runs."""

    login: store.Present
    state: str
    tabs: int


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report: about, reason are message ids, names safe to show; `who` can be blocked, "" for nobody."""

    report: Report
    about: str
    reason: str
    subject: str
    place: str
    who: str


@dataclass(frozen=True, slots=True)
class OftenView:
    """An address, or (whole) a server, that some of the people here have blocked, and how many they are."""

    value: str
    shown: str
    whole: bool
    people: int


@dataclass(frozen=True, slots=True)
class AdminView:
    """The page: `more` people than are shown, `running` sessions with so many `tabs`, `waiting` reports; what
    is `often` blocked by people and not yet here."""

    reports: Sequence[ReportView]
    waiting: int
    people: Sequence[PersonView]
    more: bool
    find: str
    accounts: int
    browsers: int
    running: int
    tabs: int
    blocks: Sequence[blocks.Block]
    often: Sequence[OftenView]
    numbers: Sequence[tuple[str, int]] = ()


async def overview(
    db: AsyncSession, sessions: Sessions, find: str, admins: Collection[str] = (), *, counted: bool = True
) -> AdminView:
    """Everything; of the people those whose address contains `find`, `admins` are never to be blocked.

    counted  the numbers too, for which whole tables are looked through
    """
    found = await store.present(db, find, MOST + 1)
    count, browsers = await store.signed_in(db)
    running = {session.jid: session for session in sessions.running}
    blocked = await blocks.listed(db)
    return AdminView(
        reports=[_report(each) for each in await complaints.listed(db, most=MOST_REPORTS, oldest=True)],
        waiting=await complaints.open_now(db),
        people=[_person(login, running) for login in found[:MOST]],
        more=len(found) > MOST,
        find=find,
        accounts=count,
        browsers=browsers,
        running=len(running),
        tabs=sum(session.tabs for session in running.values()),
        blocks=blocked,
        often=often_blocked(sessions, {block.value for block in blocked}, admins),
        numbers=numbers(await accounts.statistics(db)) if counted else (),
    )


def often_blocked(sessions: Sessions, blocked: Collection[str], admins: Collection[str]) -> list[OftenView]:
    """What several of those who are signed in have blocked at their servers, and is not `blocked` here.

    It is counted when the page is made and kept nowhere; who they are is not told.
    """
    counted = Counter(
        jid for session in sessions.running for jid in session[Blocklist].jids if not jids.resource(jid)
    )
    never = {one for jid in admins for one in (jid, jids.domain(jid))}
    found = [
        OftenView(jid, jids.shown(jid), not jids.local(jid), people)
        for jid, people in counted.items()
        if people >= OFTEN and jid not in never and not {jid, jids.domain(jid)} & set(blocked)
    ]
    return sorted(found, key=lambda view: (-view.people, view.value))[:MOST_OFTEN]


def _report(report: Report) -> ReportView:
    # The seat of somebody in a room can be blocked by the room only.
    who = report.subject if "/" not in report.subject else ""
    return ReportView(
        report,
        ABOUT.get(report.about, report.about),
        REASONS.get(report.reason, REASONS["other"]),
        safe.shown(report.subject, 300),
        safe.shown(report.place, 600) if report.place != report.subject else "",
        who,
    )


def _person(login: store.Present, running: Mapping[str, object]) -> PersonView:
    session = running.get(login.jid)
    state, tabs = getattr(session, "state", ""), getattr(session, "tabs", 0)
    return PersonView(login, STATES.get(state, ""), tabs)


def numbers(found: Mapping[str, int]) -> list[tuple[str, int]]:
    """What is shown of the statistics: (message id, number)."""
    return [(label, found[name]) for name, label in NUMBERS.items() if name in found]
