"""Who is told by a push service: whoever has closed every page, of what their pages would have been told."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.lab.people import JULIET, MERCUTIO
from tests.messages.test_live import hears
from tests.notifications.service import PushService
from tests.web.site import Site, running
from webchat.app import SLICES
from webchat.attention import commands, jobs
from webchat.contacts.state import Blocklist
from webchat.db.base import now
from webchat.egress import Guard
from webchat.media.fetch import Fetcher
from webchat.messages import commands as messages
from webchat.messages import store as talks
from webchat.notifications import jobs as pushes
from webchat.notifications import store
from webchat.notifications.changes import Happened, NotificationsChanged, Reminded
from webchat.notifications.jobs import Pusher, sealed
from webchat.notifications.jobs import wake as waking
from webchat.notifications.state import Pushed
from webchat.session.registry import SignedIn
from webchat.web.limits import Rate
from webchat.xmpp.events import RoomInvited, RosterItem, RosterReceived, SubscriptionRequested


async def nobody(_: str) -> list[str] | None:
    """A DNS that knows no name."""
    return []


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    """A push service on loopback."""
    made = await PushService().start()
    yield made
    await made.stop()


@pytest.fixture
async def pusher(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pusher]:
    """Who sends, and may go to loopback."""
    monkeypatch.setattr(jobs, "SETTLE", 0.02)
    monkeypatch.setattr(pushes, "AGAIN", (0.01, 0.01))
    fetcher = Fetcher(Guard([ip_network("127.0.0.1/32")]), nobody)
    counted: list[str] = []
    made = Pusher(fetcher, sealed.Sender.of(b"p" * 40, "https://chat.example"), counted.append)
    pushes.install(made)
    yield made
    pushes.install(None)
    await fetcher.close()


@pytest.fixture
async def site(tmp_path: Path, pusher: Pusher) -> AsyncIterator[Site]:
    """The whole site."""
    async with running(tmp_path, SLICES) as made:
        yield made


class Reader:
    """Romeo with one browser that is told, and what it is told."""

    def __init__(self, web: httpx.AsyncClient, me: SignedIn, service: PushService) -> None:
        self.web, self.me, self.service, self.phone = web, me, service, service.browser()
        self.looks: asyncio.Queue[None] = asyncio.Queue()

    async def told(self) -> dict[str, Any]:
        """What it is told next."""
        _, _, body = await self.service.next()
        return self.phone.opened(body)

    async def hears(self, *events: Any) -> None:
        """Something happens to him."""
        for event in events:
            await self.me.session.handled(event)

    async def following(self) -> None:
        """From now on what happens is looked at."""
        while not self.me.session.feed._waiting:
            await asyncio.sleep(0.005)

    async def ignores(self, event: Any) -> None:
        """It happens, is looked at, and nobody is told."""
        while not self.looks.empty():
            self.looks.get_nowait()
        await self.hears(event)
        await asyncio.wait_for(self.looks.get(), 20)
        assert self.service.got.empty()

    async def quiet(self) -> None:
        """Nothing of what came before is told: what comes now is the first."""
        await self.following()
        await self.hears(hears("the end", MERCUTIO))
        assert (await self.told())["text"] == "the end"

    async def rows(self) -> list[store.Subscription]:
        """His browsers."""
        async with self.me.session.read() as db:
            return await store.subscriptions(db, self.me.account_id)


@pytest.fixture
async def romeo(site: Site, service: PushService, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reader]:
    """Romeo has closed every page; Juliet and Mercutio are contacts of his."""
    web, me = await site.signed_in()
    people = [RosterItem(JULIET, "Juliet", "both"), RosterItem(MERCUTIO, "Mercutio", "both")]
    await me.session.handled(RosterReceived(tuple(people)))
    reader, tell = Reader(web, me, service), jobs.tell

    async def looked(*given: Any) -> None:
        await tell(*given)
        reader.looks.put_nowait(None)

    monkeypatch.setattr(jobs, "tell", looked)
    answer = await web.post("/push", data=reader.phone.fields)
    assert answer.status_code == 204
    await reader.following()
    yield reader
    await web.aclose()


async def test_44_who_has_closed_every_page_is_told_of_a_message(romeo: Reader) -> None:
    """Sealed for that browser: the push service sees neither who wrote nor what."""
    await romeo.hears(hears("Art thou *not* Romeo?"))
    path, headers, body = await romeo.service.next()
    assert path == "/phone"
    said = {name: headers[name] for name in ("Content-Encoding", "Urgency", "TTL", "Topic")}
    topic = pushes.topic(f"chat:{JULIET}")
    assert said == {"Content-Encoding": "aes128gcm", "Urgency": "high", "TTL": "86400", "Topic": topic}
    assert headers["Authorization"].startswith("vapid t=")
    assert "Cookie" not in headers
    assert JULIET.encode() not in body
    assert romeo.phone.opened(body) == {
        "tag": f"chat:{JULIET}",
        "title": "Juliet",
        "text": "Art thou not Romeo?",
        "path": f"/chats/{JULIET}",
        "unread": 1,
        "over": [],
    }
    await romeo.hears(replace(hears("no clear words"), encryption="urn:xmpp:omemo:2"))
    told = await romeo.told()
    assert (told["text"], told["unread"]) == ("Encrypted message", 2)

    # What is read elsewhere ends its notice: with the next one, or with the next page.
    async with romeo.me.session.read() as db:
        (_, last) = (await talks.unread_ends(db, romeo.me.account_id))[0]
    await messages.mark_displayed(romeo.me.session, JULIET, last)
    waiting = (await romeo.web.get("/notices/waiting")).json()
    assert waiting == {"unread": 0, "tags": [], "asks": 0}
    await romeo.hears(hears("two", MERCUTIO))
    told = await romeo.told()
    assert (told["over"], told["unread"]) == ([f"chat:{JULIET}"], 1)
    assert (await romeo.web.get("/notices/waiting")).json()["tags"] == [f"chat:{MERCUTIO}"]

    # A reminder, although the message is read; what somebody did about a post.
    session = romeo.me.session
    session.feed.publish([Reminded(JULIET, last)])
    told = await romeo.told()
    assert (told["title"], told["tag"]) == ("Reminder: Juliet", f"reminder:{last}")
    async with session.work() as work:
        await store.add(work.db, work.account_id, "like", "a", JULIET, now(), path="/posts/a", title="A walk")
        work.changed(NotificationsChanged(), Happened("like", "a"))
    told = await romeo.told()
    assert (told["title"], told["path"]) == ("Juliet likes A walk", "/posts/a")


async def test_44_no_push_while_a_page_is_open_and_looked_at(romeo: Reader) -> None:
    """A page of another browser at which nobody looks: after a while the one in the pocket is told."""
    session = romeo.me.session
    session.attach(romeo.me.login_id)
    await romeo.ignores(hears("in view"))
    session.detach(romeo.me.login_id)
    await romeo.quiet()
    session.attach("the office")
    assert not jobs.away(session, romeo.me.login_id)
    session.asked_at = time.monotonic() - jobs.UNTENDED - 1
    await romeo.hears(hears("Where art thou?"))
    assert (await romeo.told())["text"] == "Where art thou?"
    assert not jobs.away(session, "the office")
    session.detach("the office")


async def test_44_mute_and_modes_hold_and_so_does_hiding_words(romeo: Reader) -> None:
    await commands.set_mode(romeo.me.session, JULIET, mute="1h")
    await romeo.hears(hears("muted"), hears("a stranger", "tybalt@capulet.example"))
    romeo.me.session[Blocklist].jids.add(JULIET)
    await romeo.quiet()
    await romeo.me.session.prefer({"notice_text": "off"})
    await romeo.hears(hears("a secret", MERCUTIO))
    told = await romeo.told()
    assert (told["title"], told["text"]) == ("Mercutio", "New message")
    await romeo.me.session.prefer({"notice_text": "on", "notices": "off"})
    await romeo.ignores(hears("nothing wanted", MERCUTIO))
    await romeo.me.session.prefer({"notices": "on"})
    await romeo.quiet()


async def test_a22_people_who_ask_are_told_of_quietly_and_once_in_a_while(
    romeo: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can ask: no sound, one in a minute; rooms only when a contact invites."""
    await romeo.hears(SubscriptionRequested("nurse@capulet.example"))
    told = await romeo.told()
    assert (told["title"], told["text"]) == ("nurse@capulet.example", "Asks to be your contact.")
    assert (told["tag"], told["path"], told["quiet"]) == ("asks", "/notifications", True)
    for number in range(5):
        await romeo.hears(SubscriptionRequested(f"spam{number}@capulet.example"))
    await romeo.quiet()
    monkeypatch.setattr(jobs, "ASKS_EVERY", 0.0)
    await romeo.ignores(RoomInvited("trap@conference.capulet.example", "tybalt@capulet.example"))
    await romeo.hears(RoomInvited("balcony@conference.capulet.example", JULIET))
    told = await romeo.told()
    assert told["text"] == "Juliet invites you into the room balcony@conference.capulet.example"
    await romeo.me.session.prefer({"notice_asks": "off"})
    await romeo.hears(SubscriptionRequested("count@capulet.example"))
    await romeo.quiet()


async def test_a_busy_service_is_asked_again_a_few_times_and_who_is_gone_is_forgotten(
    romeo: Reader,
) -> None:
    romeo.service.answers += [(429, {"Retry-After": "0"}), (503, {})]
    await romeo.hears(hears("one"))
    assert [(await romeo.told())["text"] for _ in range(3)] == ["one"] * 3
    romeo.service.answers += [(500, {})] * 3 + [(429, {"Retry-After": "3600"})]
    await romeo.hears(hears("two"))
    assert [(await romeo.told())["text"] for _ in range(3)] == ["two"] * 3
    while not (await romeo.rows())[0].failed_at:
        await asyncio.sleep(0.01)
    # Who wants us to come much later is not asked again at all.
    await romeo.hears(hears("three"))
    assert (await romeo.told())["text"] == "three"
    await romeo.quiet()
    (row,) = await romeo.rows()
    for status, outcome in ((201, "taken"), (403, "refused"), (500, "later")):
        romeo.service.answers.append((status, {}))
        answer = await romeo.web.post(f"/push/{row.id}/test")
        assert answer.headers["location"].endswith(f"?tested={outcome}#push")
        assert (await romeo.told())["title"] == "A test"
    romeo.service.answers.append((410, {}))
    await romeo.hears(hears("four"))
    await romeo.told()
    while await romeo.rows() or romeo.me.session.told_elsewhere:
        await asyncio.sleep(0.01)
    assert (await romeo.web.post(f"/push/{row.id}/test")).status_code == 404


async def test_browsers_are_listed_paused_and_removed_by_plain_forms(romeo: Reader) -> None:
    page = (await romeo.web.get("/configuration/notifications")).text
    assert "Firefox, Linux" in page
    assert "This browser" in page
    (row,) = await romeo.rows()
    await romeo.web.post(f"/push/{row.id}")
    assert "Paused" in (await romeo.web.get("/configuration/notifications")).text
    # Its browser takes another address by itself: still paused, still one.
    other = romeo.service.browser("other")
    await romeo.web.post("/push", data=other.fields | {"renewed": "1"})
    assert [(one.endpoint, one.active) for one in await romeo.rows()] == [(other.endpoint, False)]
    romeo.phone = other
    (row,) = await romeo.rows()
    await romeo.web.post(f"/push/{row.id}", data={"active": "1"})
    await romeo.quiet()
    await romeo.web.post(f"/push/{row.id}/delete")
    assert not await romeo.rows()
    assert (await romeo.web.post("/push", data=other.fields | {"renewed": "1"})).status_code == 422


async def test_70_the_end_of_the_login_ends_its_push(site: Site, romeo: Reader) -> None:
    """From another browser, everywhere, or here: what hangs on the login goes with it."""
    other, _ = await site.signed_in()
    await other.post("/configuration/account", data={"end": romeo.me.login_id})
    assert not await romeo.rows()
    await romeo.ignores(hears("too late"))
    assert not romeo.me.session.told_elsewhere
    assert (await other.post("/push", data=romeo.phone.fields)).status_code == 204
    assert await romeo.rows()
    await other.post("/logout")
    assert not await romeo.rows()
    await other.aclose()


async def test_70_who_is_forgotten_in_a_pause_is_not_tried_again(
    site: Site, romeo: Reader, pusher: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The login ends while its push service has time to think: the words are nobody's to be sent any more."""
    other, _ = await site.signed_in()
    once = pusher.once

    async def and_ends(*given: Any) -> Any:
        outcome = await once(*given)
        await other.post("/configuration/account", data={"end": romeo.me.login_id})
        return outcome

    monkeypatch.setattr(pusher, "once", and_ends)
    romeo.service.answers += [(503, {})]
    (row,) = await romeo.rows()
    message = pushes.Message(b"{}", pushes.topic("a"))
    await pusher.deliver(romeo.me.session, row, message, lambda: True)
    assert not await romeo.rows()
    assert romeo.service.got.qsize() == 1
    await other.aclose()


async def test_w18_so_many_pushes_a_minute_for_one_account(
    romeo: Reader, pusher: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever floods somebody floods no push service by us, whatever the address of the browser is."""
    tried: list[str] = []

    async def taken(who: str, *_: Any) -> tuple[pushes.Outcome, float]:
        tried.append(who)
        return "later", 0.0

    monkeypatch.setattr(pushes, "AGAIN", (0.0,))
    monkeypatch.setattr(pusher, "once", taken)
    pusher.rate = Rate(5, 60, clock=lambda: 0.0)
    (row,) = await romeo.rows()
    for number in range(5):
        message = pushes.Message(b"{}", pushes.topic(str(number)))
        await pusher.deliver(romeo.me.session, row, message, lambda: True)
    assert len(tried) == 5
    assert not romeo.me.session[Pushed].newest


async def test_p03_only_browsers_of_ones_own_at_addresses_that_may_be(site: Site, romeo: Reader) -> None:
    """Endpoints are foreign: https, no inner address. Nobody takes over, pauses or tests others' browser."""
    for endpoint in (
        "http://push.example/1",
        "https://10.0.0.1/",
        "https://localhost/",
        "https://a.example:22/",
        "x",
    ):
        answer = await romeo.web.post("/push", data=romeo.phone.fields | {"endpoint": endpoint})
        assert answer.status_code == 422
    assert (await romeo.web.post("/push", data=romeo.phone.fields | {"auth": "AAAA"})).status_code == 422
    elsewhere = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert (await romeo.web.post("/push", data=romeo.phone.fields, headers=elsewhere)).status_code == 403
    assert len(await romeo.rows()) == 1
    other, _ = await site.signed_in("tybalt@example.net")
    (row,) = await romeo.rows()
    thief = replace(romeo.phone, secret=b"another  secret!")
    assert (await other.post("/push", data=thief.fields)).status_code == 422
    for way in ("", "/test"):
        assert (await other.post(f"/push/{row.id}{way}")).status_code == 404
    await other.post(f"/push/{row.id}/delete")
    assert await romeo.rows() == [row]
    # The same browser, signed in to another account: from now on it is told of that one only.
    assert (await other.post("/push", data=romeo.phone.fields)).status_code == 204
    assert not await romeo.rows()
    await other.aclose()


async def test_after_a_restart_one_browser_is_woken_and_listens_again(
    site: Site, romeo: Reader, pusher: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of what opens the account's stream is in its cookie: by asking for something it brings that."""
    monkeypatch.setattr(waking, "PAUSE", 0.0)
    await waking.wake(site.sessions, pusher, "Verona")
    assert romeo.service.got.empty()
    session = site.sessions._sessions.pop(romeo.me.account_id)
    await session.stop(resumable=True)
    await waking.wake(site.sessions, pusher, "Verona")
    told = await romeo.told()
    assert (told["title"], told["wake"], told["quiet"]) == ("Verona was restarted", True, True)
    assert romeo.service.got.empty()
    assert (await romeo.web.get("/notices/waiting")).status_code == 200
    assert romeo.me.account_id in site.sessions._sessions
