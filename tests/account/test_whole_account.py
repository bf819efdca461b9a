"""The account itself: password, end, leaving this site, taking everything along (XEP-0077, XEP-0227)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, fromstring

import pytest
from sqlalchemy import func, select, update

from tests.posts.service import item
from tests.session.fakes import FakeClient
from tests.web.site import ROMEO, Site, field, running
from webchat.account.commands import erase
from webchat.account.show import exports
from webchat.app import SLICES
from webchat.db.base import Base, now
from webchat.errors import LoginFailed, Offline, XmppError
from webchat.media import tokens
from webchat.messages.models import Attachment, Message, MessageWords
from webchat.posts import store as posts
from webchat.posts.models import Node, Post
from webchat.posts.store import follows
from webchat.session.registry import SignedIn
from webchat.xmpp import namespaces as ns
from webchat.xmpp.events import MessageReceived, PresenceReceived, RosterItem, RosterReceived

PATH = "/configuration/account"
JULIET = "juliet@capulet.example"
PICTURE = "https://files.capulet.example/rose.jpg"


class Server:
    """What Romeo's server answers, by the tag of the question; it refuses what it does not know.

    changes_to  the password that it accepts as soon as somebody registers
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Element, str]] = []
        self.answers: dict[str, Element | Exception] = {}
        self.changes_to = ""

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        """The answer."""
        self.asked.append((kind, payload, to))
        answer = self.answers.get(payload.tag, XmppError("service-unavailable"))
        if isinstance(answer, Exception):
            raise answer
        if payload.tag == REGISTER and self.changes_to:
            FakeClient.password = self.changes_to
        return answer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that every client of the site asks."""
    made = Server()
    monkeypatch.setattr(FakeClient, "request", staticmethod(made.request))
    monkeypatch.setattr(FakeClient, "queries", {}, raising=False)
    return made


@pytest.fixture
async def whole(tmp_path: Path, server: Server) -> AsyncIterator[Site]:
    """The whole site."""
    async with running(tmp_path, SLICES) as site:
        yield site


REGISTER = f"{{{ns.REGISTER}}}query"
DONE = Element("{jabber:client}iq", {"type": "result"})


async def lived_in(me: SignedIn, jid: str = JULIET) -> None:
    """A contact, a message with a picture, a post of one's own."""
    inbox = me.session.inbox
    await inbox.handled(RosterReceived((RosterItem(jid, "Juliet", "both"),)))
    await inbox.handled(MessageReceived(jid, f"{jid}/b", False, "Ay <me> & you!", id="j1", stanza_id="a1"))
    async with me.session.work() as work:
        message = (await work.db.scalars(select(Message.id).where(Message.account_id == me.account_id))).one()
        work.db.add(Attachment(message_id=message, place=0, url=PICTURE))
        moment, via = now(), me.jid.partition("@")[2]
        node = await posts.node_row(work.db, via, me.jid, "urn:xmpp:microblog:0", kind="people")
        source = f"<entry xmlns='{ns.ATOM}'><title>But, soft!</title></entry>"
        post = {"item": "one", "kind": "post", "author": me.jid, "verified": True, "title": "But, soft!"}
        stamps = {"published": moment, "updated": moment, "received_at": moment}
        work.db.add(Post(node_id=node.id, via=via, source=source, **post, **stamps))


async def rows(site: Site, account_id: int) -> dict[str, int]:
    """Table → rows of this account in it."""
    found = {}
    async with site.sessions.database.read() as db:
        for table in Base.metadata.sorted_tables:
            if "account_id" in table.c:
                query = select(func.count()).select_from(table).where(table.c.account_id == account_id)
                found[table.name] = int(await db.scalar(query) or 0)
    return found


async def traces(site: Site) -> int:
    """Rows about Romeo that hang on no account, and what hangs on rows of his."""
    async with site.sessions.database.read() as db:
        found = [
            select(func.count()).select_from(Post).where(Post.author == ROMEO),
            select(func.count()).select_from(Node).where(Node.service == ROMEO),
            select(func.count()).select_from(Attachment).where(Attachment.url == PICTURE),
            select(func.count()).select_from(MessageWords),
        ]
        return sum([int(await db.scalar(query) or 0) for query in found])


async def test_leaving_erases_everything_of_this_account_only(whole: Site) -> None:
    """O10: every table that hangs on an account, what hangs on none, the files kept for it."""
    """No row and no kept picture is left that is about them (O10)."""
    browser, me = await whole.signed_in()
    _, juliet = await whole.signed_in("juliet@example.net")
    await lived_in(juliet, "nurse@example.net")
    async with whole.sessions.database.write() as db:
        # Nobody else was shown this picture.
        await db.execute(update(Attachment).values(url=""))
        words = await db.scalar(select(func.count()).select_from(MessageWords))
    await lived_in(me)
    cache = whole.app.state.media.cache
    kept = cache.put(tokens.key(tokens.Link("picture", PICTURE)), b"rose", "image/jpeg")
    async with browser:
        page = await browser.get(PATH)
        assert "Messages</dt>" in page.text.replace("\n", "")
        wrong = await browser.post(f"{PATH}/leave", data={"confirm": "juliet@example.net"})
        assert (wrong.status_code, "This is not your address" in wrong.text) == (422, True)
        assert (await rows(whole, me.account_id))["message"] == 1
        answer = await browser.post(f"{PATH}/leave", data={"confirm": ROMEO})
        assert answer.headers["location"] == "/login"
        assert (await browser.get(PATH)).headers["location"].startswith("/login")
    assert not any((await rows(whole, me.account_id)).values())
    assert await traces(whole) == words
    assert not kept.path.exists()
    assert (await rows(whole, juliet.account_id))["message"] == 1


async def test_who_followed_somebody_that_left_follows_them_still(whole: Site) -> None:
    """The node goes with the account unless it is somebody else's line, too; what stood in it is gone."""
    _, me = await whole.signed_in()
    _, tybalt = await whole.signed_in("tybalt@example.org")
    async with whole.sessions.database.write() as db:
        for name in ("blog", "followed"):
            await posts.record(db, "example.org", ROMEO, name, item(name, "Night"))
        place = await posts.node(db, "example.org", ROMEO, "followed")
        assert place is not None
        await posts.set_node(db, place.id, title="Nights", fetched_at=now())
        await follows.put_follow(db, tybalt.account_id, place.id, state="subscribed")
        await follows.put_follow(db, me.account_id, place.id, state="subscribed")
    await erase(whole.sessions, whole.app.state.media.cache, me.account_id, ROMEO)
    async with whole.sessions.database.read() as db:
        assert await posts.newest(db, "example.org") == []
        (row,) = await follows.follows(db, tybalt.account_id, "example.org")
        assert (row.node, row.called, row.fetched_at) == ("followed", "", None)
        assert await posts.node(db, "example.org", ROMEO, "blog") is None


async def test_a_new_password_keeps_this_browser_signed_in(whole: Site, server: Server) -> None:
    browser, me = await whole.signed_in()
    _, other = await whole.signed_in()
    server.changes_to = "a new one"
    server.answers[REGISTER] = DONE
    async with browser:
        given = {"present": "secret", "password": "new", "again": "newer"}
        wrong = await browser.post(f"{PATH}/password", data=given)
        assert wrong.status_code == 422
        assert not [1 for _, payload, _ in server.asked if payload.tag == REGISTER]
        given = {"present": "secret", "password": "a new one", "again": "a new one"}
        try:
            answer = await browser.post(f"{PATH}/password", data=given)
        finally:
            FakeClient.password = "secret"
        page = await browser.get(answer.headers["location"])
        assert "The password is changed." in page.text
    (payload, to) = next((payload, to) for _, payload, to in server.asked if payload.tag == REGISTER)
    assert (to, payload.findtext(f"{{{ns.REGISTER}}}password")) == ("example.org", "a new one")
    assert await whole.sessions.still_signed_in(me.login_id)
    assert not await whole.sessions.still_signed_in(other.login_id)
    assert len(await whole.sessions.logins(me.account_id)) == 1


@pytest.mark.parametrize("condition", ["not-allowed", "service-unavailable", "bad-request", "gone"])
async def test_a_server_that_refuses_is_told(whole: Site, server: Server, condition: str) -> None:
    browser, _ = await whole.signed_in()
    server.answers[REGISTER] = XmppError(condition)
    async with browser:
        given = {"present": "secret", "password": "x", "again": "x"}
        page = await browser.post(f"{PATH}/password", data=given)
        assert (page.status_code, "new-password-error" in page.text) == (422, True)
        page = await browser.post(f"{PATH}/delete", data={"confirm": ROMEO, "proof": "secret"})
        assert (page.status_code, "delete-confirm-error" in page.text) == (422, True)
        assert (await browser.get(PATH)).status_code == 200


async def test_the_account_is_deleted_at_its_server_and_here(whole: Site, server: Server) -> None:
    browser, me = await whole.signed_in()
    await lived_in(me)
    server.answers[REGISTER] = DONE
    async with browser:
        given = {"confirm": f" {ROMEO.upper()} ", "proof": "secret"}
        answer = await browser.post(f"{PATH}/delete", data=given)
    assert answer.headers["location"] == "/login"
    assert any(payload.find(f"{{{ns.REGISTER}}}remove") is not None for _, payload, _ in server.asked)
    assert not any((await rows(whole, me.account_id)).values())


async def test_who_finds_a_browser_signed_in_needs_the_password(whole: Site, server: Server) -> None:
    """Another password, and the end of the account, take the present one; nobody tries many."""
    browser, _ = await whole.signed_in()
    server.answers[REGISTER] = DONE
    new = {"password": "x", "again": "x"}
    async with browser:
        without = await browser.post(f"{PATH}/password", data=new)
        assert "present-password-error" in without.text
        for way, given, field in (
            ("password", {**new, "present": "guess"}, "present-password"),
            ("delete", {"confirm": ROMEO, "proof": "guess"}, "delete-proof"),
        ):
            page = await browser.post(f"{PATH}/{way}", data=given)
            assert page.status_code == 422
            assert "This is not your present password." in page.text
            assert f'id="{field}-error"' in page.text
            assert "guess" not in page.text
        for _ in range(6):
            page = await browser.post(f"{PATH}/password", data={**new, "present": "guess"})
        assert "Too many tries." in page.text
        page = await browser.post(f"{PATH}/delete", data={"confirm": ROMEO, "proof": "secret"})
        assert "Too many tries." in page.text, "not even the right one, until some time has gone by"
    assert not [1 for _, payload, _ in server.asked if payload.tag == REGISTER]


async def test_a_server_that_cannot_be_asked_changes_nothing(
    whole: Site, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, me = await whole.signed_in()
    server.answers[REGISTER] = DONE

    async def unreached(self: FakeClient, *, discreet: bool = False) -> bool:
        raise LoginFailed("cannot-connect")

    monkeypatch.setattr(FakeClient, "open", unreached)
    async with browser:
        given = {"present": "secret", "password": "x", "again": "x"}
        page = await browser.post(f"{PATH}/password", data=given)
        assert "could not be asked" in page.text
        assert await whole.sessions.still_signed_in(me.login_id)
    assert not [1 for _, payload, _ in server.asked if payload.tag == REGISTER]


async def test_managed_accounts_are_explained_and_left_alone(tmp_path: Path, server: Server) -> None:
    managed = {"account_managed_domains": "example.org", "account_help_url": "https://help.example.org/"}
    server.answers[REGISTER] = DONE
    async with running(tmp_path, SLICES, **managed) as site:
        browser, _ = await site.signed_in()
        async with browser:
            page = (await browser.get(PATH)).text
            assert "https://help.example.org/" in page
            assert f"{PATH}/password" not in page
            assert f"{PATH}/delete" not in page
            assert f"{PATH}/leave" in page
            given = {"present": "secret", "password": "x", "again": "x", "confirm": ROMEO, "proof": "secret"}
            for way in ("password", "delete"):
                assert (await browser.post(f"{PATH}/{way}", data=given)).status_code == 403
    assert not [1 for _, payload, _ in server.asked if payload.tag == REGISTER]


async def test_apps_that_use_the_account_are_listed(whole: Site, server: Server) -> None:
    """XEP-0092 §3 and XEP-0494 §3, which lets the owner end one."""
    browser, me = await whole.signed_in()
    gajim = f"{ROMEO}/gajim.x"
    await me.session.inbox.handled(PresenceReceived(gajim, available=True, show="away", mine=True))
    server.answers["{jabber:iq:version}query"] = fromstring(  # noqa: S314
        "<iq><query xmlns='jabber:iq:version'><name>Gajim &lt;b&gt;</name><version>1.9</version></query></iq>"
    )
    dino = f"{ROMEO}/dino.x"
    await me.session.inbox.handled(PresenceReceived(dino, available=True, mine=True))
    server.answers["{jabber:iq:last}query"] = fromstring(  # noqa: S314
        "<iq><query xmlns='jabber:iq:last' seconds='7200'/></iq>"
    )
    server.answers["{urn:xmpp:cam:0}list"] = fromstring(  # noqa: S314
        "<iq><clients xmlns='urn:xmpp:cam:0'><client connected='false' id='x&amp;y' type='access'>"
        "<last-seen>2026-01-01T10:00:00Z</last-seen><user-agent><software>Dino</software>"
        "<device>Laptop</device></user-agent></client></clients></iq>"
    )
    server.answers["{urn:xmpp:cam:0}revoke"] = DONE
    async with browser:
        page = (await browser.get(PATH)).text
        assert "only another password" not in page
        ended = await browser.post(f"{PATH}/apps/end", data={"id": field(page, "id").replace("&amp;", "&")})
        assert "The access is ended." in (await browser.get(ended.headers["location"])).text
        revoked = next(payload for _, payload, _ in server.asked if payload.tag.endswith("}revoke"))
        assert revoked.get("id") == "x&y"
        for condition in ("service-unavailable", "item-not-found"):
            server.answers["{urn:xmpp:cam:0}revoke"] = XmppError(condition)
            refused = await browser.post(f"{PATH}/apps/end", data={"id": "x"})
            assert refused.status_code == 422
            sentence = "another password" if condition == "service-unavailable" else "no access any more"
            assert sentence in refused.text
    assert "Gajim &lt;b&gt; 1.9" in page
    assert "gajim.x" in page
    assert page.count("Last active") == 3
    assert "Dino" in page
    assert "Laptop" in page
    assert "2026-01-01T10:00" in page


async def test_everything_can_be_taken_along(whole: Site, server: Server) -> None:
    browser, me = await whole.signed_in()
    await lived_in(me)
    nodes = Element("iq")
    items = SubElement(nodes, f"{{{ns.DISCO_ITEMS}}}query")
    SubElement(items, f"{{{ns.DISCO_ITEMS}}}item", {"jid": ROMEO, "node": "urn:xmpp:bookmarks:1"})
    server.answers[f"{{{ns.DISCO_ITEMS}}}query"] = nodes
    pubsub = Element("iq")
    SubElement(
        SubElement(pubsub, f"{{{ns.PUBSUB}}}pubsub"),
        f"{{{ns.PUBSUB}}}items",
        {"node": "urn:xmpp:bookmarks:1"},
    )
    server.answers[f"{{{ns.PUBSUB}}}pubsub"] = pubsub
    roster = Element("iq")
    SubElement(SubElement(roster, f"{{{ns.ROSTER}}}query"), f"{{{ns.ROSTER}}}item", {"jid": JULIET})
    server.answers[f"{{{ns.ROSTER}}}query"] = roster
    got = {}
    async with browser:
        for file in ("messages.json", "messages.html", "posts.atom", "account.xml"):
            answer = await browser.get(f"{PATH}/export/{file}")
            assert "attachment" in answer.headers["content-disposition"]
            got[file] = answer.text
        assert (await browser.get(f"{PATH}/export/secret.key")).status_code == 404
    (said,) = json.loads(got["messages.json"])
    assert (said["body"], said["conversation"], said["files"]) == ("Ay <me> & you!", JULIET, [PICTURE])
    assert "Ay &lt;me&gt; &amp; you!" in got["messages.html"]
    assert "<me>" not in got["messages.html"]
    assert got["messages.html"].rstrip().endswith("</html>")
    feed = fromstring(got["posts.atom"])  # noqa: S314
    assert feed.findtext(f"{{{ns.ATOM}}}entry/{{{ns.ATOM}}}title") == "But, soft!"
    user = fromstring(got["account.xml"]).find(f"{{{ns.PORTABLE}}}host/{{{ns.PORTABLE}}}user")  # noqa: S314
    assert user is not None
    assert user.get("name") == "romeo"
    assert [item.get("jid") for item in user.iter(f"{{{ns.ROSTER}}}item")] == [JULIET]
    assert [item.get("node") for item in user.iter(f"{{{ns.PUBSUB}}}items")] == ["urn:xmpp:bookmarks:1"]


async def test_one_file_at_a_time_and_not_many_in_an_hour(whole: Site, server: Server) -> None:
    browser, me = await whole.signed_in()
    server.answers[f"{{{ns.ROSTER}}}query"] = Offline()
    database = whole.sessions.database
    made = await exports.begin("messages.json", database, me.session, "en")
    async with browser:
        refused = await browser.get(f"{PATH}/export/messages.json")
        assert (refused.status_code, "being written for you already" in refused.text) == (429, True)
        assert "content-disposition" not in refused.headers
        assert (await browser.get(f"{PATH}/export/posts.atom")).status_code == 200, "another one is"
        # Somebody who goes away in the middle keeps nobody waiting.
        await anext(made)
        await made.aclose()
        with pytest.raises(Offline):
            await exports.begin("account.xml", database, me.session, "en")
        assert (await browser.get(f"{PATH}/export/account.xml")).status_code == 503, "it may begin again"
        for _ in range(8):
            assert (await browser.get(f"{PATH}/export/messages.json")).status_code == 200
        refused = await browser.get(f"{PATH}/export/messages.json")
        assert (refused.status_code, "many files along in a short time" in refused.text) == (429, True)
