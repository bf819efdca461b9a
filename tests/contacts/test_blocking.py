"""This room proves blocking and reporting: pages follow the server's list, reports carry what they should."""

from xml.etree.ElementTree import Element, fromstring, tostring

import pytest

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.contacts import commands, jobs, store
from webchat.contacts.changes import ContactChanged, RequestsChanged, RosterChanged
from webchat.contacts.show import contact_view
from webchat.contacts.state import Blocklist
from webchat.errors import NotFound, Offline, TimedOut, XmppError
from webchat.xmpp.events import BlocklistReceived, SubscriptionRequested

INFO = "http://jabber.org/protocol/disco#info"
DONE = Element("{jabber:client}iq", {"type": "result"})


def result(inside: str) -> Element:
    return fromstring(f"<iq xmlns='jabber:client' type='result'>{inside}</iq>")  # noqa: S314


def features(*names: str) -> Element:
    offered = "".join(f"<feature var='{name}'/>" for name in names)
    return result(f"<query xmlns='{INFO}'>{offered}</query>")


LIST = f"<blocklist xmlns='urn:xmpp:blocking'><item jid='{MERCUTIO}'/></blocklist>"


@pytest.mark.parametrize(
    ("offered", "reporting"),
    [((), ""), (("urn:xmpp:reporting:1",), "1"), (("urn:xmpp:reporting:0",), "0")],
)
async def test_the_list_after_a_login(romeo: Person, offered: tuple[str, ...], reporting: str) -> None:
    romeo.client.answers = [features(), features(*offered), result(LIST)]
    await jobs.sync_blocklist(romeo.session)
    blocked = romeo.session[Blocklist]
    assert (blocked.offered, blocked.reporting, blocked.jids) == (True, reporting, {MERCUTIO})
    assert romeo.changes() == [ContactChanged(MERCUTIO), RosterChanged(), RequestsChanged()]
    view = contact_view(romeo.session, MERCUTIO, None, "en")
    assert (view.blocked, view.can_block, view.presence_text) == (True, True, "Blocked")


async def test_a_server_without_a_list(romeo: Person) -> None:
    romeo.client.answers = [features(), features(), XmppError("feature-not-implemented")]
    await jobs.sync_blocklist(romeo.session)
    assert not contact_view(romeo.session, MERCUTIO, None, "en").can_block
    assert romeo.changes() == []
    romeo.client.answers = [Offline()]
    with pytest.raises(Offline):
        await jobs.sync_blocklist(romeo.session)


async def test_pushes_of_other_clients(romeo: Person) -> None:
    blocked = romeo.session[Blocklist]
    await romeo.session.handled(BlocklistReceived((MERCUTIO, JULIET)))
    assert sorted(map(str, romeo.changes())) == sorted(
        map(str, [ContactChanged(JULIET), ContactChanged(MERCUTIO)])
    )
    await romeo.session.handled(BlocklistReceived((JULIET,), blocked=False))
    assert blocked.jids == {MERCUTIO}
    await romeo.session.handled(BlocklistReceived(("capulet.example",)))
    assert blocked.blocks(JULIET)
    assert RosterChanged() in romeo.changes()
    await romeo.session.handled(BlocklistReceived((), whole=True))
    assert blocked.jids == set()


async def test_a20_a_blocked_stranger_asks_for_nothing_more(romeo: Person) -> None:
    await romeo.session.handled(SubscriptionRequested(MERCUTIO))
    romeo.changes()
    romeo.client.answers = [DONE]
    await commands.block(romeo.session, MERCUTIO)
    assert set(romeo.changes()) == {RequestsChanged(), ContactChanged(MERCUTIO)}
    async with romeo.session.read() as db:
        assert await store.requests(db, romeo.session.account_id) == []
    assert romeo.client.sent == []


async def test_unblocking_the_server_of_somebody_too(romeo: Person) -> None:
    await romeo.session.handled(BlocklistReceived((JULIET, "capulet.example")))
    romeo.client.answers = [DONE, DONE]
    await commands.unblock(romeo.session, JULIET)
    assert romeo.session[Blocklist].jids == set()
    await commands.unblock(romeo.session, JULIET)


async def test_what_cannot_be_blocked(romeo: Person) -> None:
    for jid in (ROMEO, "montague.example"):
        with pytest.raises(NotFound):
            await commands.block(romeo.session, jid)
    romeo.client.answers = [XmppError("not-allowed")]
    with pytest.raises(XmppError):
        await commands.block(romeo.session, JULIET)
    assert romeo.session[Blocklist].jids == set()


async def test_a_report_where_the_server_takes_none_only_blocks(romeo: Person) -> None:
    romeo.client.answers = [DONE]
    await commands.report(romeo.session, MERCUTIO, "spam", "Offers")
    assert "report" not in tostring(romeo.client.asked[0], encoding="unicode")


async def test_a_report_without_evidence_where_the_archive_is_silent(romeo: Person) -> None:
    romeo.session[Blocklist].reporting = "1"
    romeo.client.answers = [TimedOut(), DONE]
    await commands.report(romeo.session, MERCUTIO, "abuse", "Bites his thumb")
    said = tostring(romeo.client.asked[1], encoding="unicode")
    assert "urn:xmpp:reporting:abuse" in said
    assert "Bites his thumb" in said
    assert "stanza-id" not in said
