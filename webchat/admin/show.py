"""This room makes what the operator's page draws: reports, people, blocks, numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.admin import store
from webchat.markup import names as safe
from webchat.session import accounts, blocks, complaints
from webchat.session.complaints import Report
from webchat.session.registry import Sessions
from webchat.web.language import N_

MOST = 100
"""People on the page; the others are found by their address."""

MOST_REPORTS = 50
"""Reports on the page, the newest; closing some shows the others."""

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
class AdminView:
    """The page: `more` people than are shown, `running` sessions with so many `tabs`, `waiting` reports."""

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
    numbers: Sequence[tuple[str, int]]


async def overview(db: AsyncSession, sessions: Sessions, find: str) -> AdminView:
    """Everything; of the people those whose address contains `find`."""
    found = await store.present(db, find, MOST + 1)
    count, browsers = await store.signed_in(db)
    running = {session.jid: session for session in sessions.running}
    return AdminView(
        reports=[_report(each) for each in await complaints.listed(db, most=MOST_REPORTS)],
        waiting=await complaints.open_now(db),
        people=[_person(login, running) for login in found[:MOST]],
        more=len(found) > MOST,
        find=find,
        accounts=count,
        browsers=browsers,
        running=len(running),
        tabs=sum(session.tabs for session in running.values()),
        blocks=await blocks.listed(db),
        numbers=_numbers(await accounts.statistics(db)),
    )


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


def _numbers(found: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(label, found[name]) for name, label in NUMBERS.items() if name in found]
