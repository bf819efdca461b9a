"""This room proves how people are drawn: names in their order, pictures by hash, nothing of strangers."""

import base64
import hashlib
import io
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from PIL import Image

from tests.lab.databases import KINDS
from tests.lab.inside import browser
from tests.lab.people import JULIET, MERCUTIO, Person
from webchat import pictures
from webchat.contacts import commands, handlers, jobs, show, store
from webchat.contacts.changes import ContactChanged, OwnPresenceChanged, RosterChanged
from webchat.contacts.show import avatar_path, seat_picture
from webchat.contacts.state import MOST_WANTED, Faces, Presences
from webchat.contacts.store import ContactRow
from webchat.errors import TimedOut, XmppError
from webchat.pictures import BadPicture
from webchat.xmpp.events import (
    AvatarAnnounced,
    NicknameReceived,
    PresenceReceived,
    RosterItem,
    RosterReceived,
)

DATABASES = KINDS[:1]


def drawn(colour: str = "purple") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), colour).save(out, "PNG")
    return out.getvalue()


DATA = drawn()
SHA1 = hashlib.sha1(DATA, usedforsecurity=False).hexdigest()


def result(inside: str) -> Element:
    return fromstring(f"<iq xmlns='jabber:client' type='result'>{inside}</iq>")  # noqa: S314


def in_node(data: bytes = DATA) -> Element:
    packed = base64.b64encode(data).decode()
    return result(
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'>"
        f"<item id='{SHA1}'><data xmlns='urn:xmpp:avatar:data'>{packed}</data></item></items></pubsub>"
    )


def in_vcard(data: bytes = DATA) -> Element:
    packed = base64.b64encode(data).decode()
    return result(f"<vCard xmlns='vcard-temp'><PHOTO><BINVAL>{packed}</BINVAL></PHOTO></vCard>")


@pytest.fixture
async def with_juliet(romeo: Person) -> Person:
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "", "both"),)))
    romeo.changes()
    return romeo


def wanted(person: Person) -> list[tuple[str, str, str]]:
    queue = person.session[Faces].wanted
    return [queue.get_nowait() for _ in range(queue.qsize())]


async def row(person: Person) -> ContactRow:
    async with person.session.read() as db:
        found = await store.contact(db, person.session.account_id, JULIET)
    assert found is not None
    return found


async def test_a_picture_is_fetched_proved_written_anew_and_shown(
    with_juliet: Person, tmp_path: Path
) -> None:
    romeo = with_juliet
    await romeo.session.handled(AvatarAnnounced(JULIET, SHA1, "image/png", len(DATA)))
    assert wanted(romeo) == [(JULIET, SHA1, "pep")]
    assert (await row(romeo)).avatar == ""
    romeo.client.answers = [in_node()]
    await jobs.fetch_picture(romeo.session, JULIET, SHA1, "pep")
    assert romeo.changes() == [ContactChanged(JULIET)]
    assert (await row(romeo)).avatar == SHA1
    assert avatar_path(romeo.session, JULIET) == f"/avatars/{SHA1}"
    async with browser(romeo, tmp_path) as his:
        answer = await his.client.get(f"/avatars/{SHA1}")
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["cache-control"].startswith("private")
        assert Image.open(io.BytesIO(answer.content)).size == (192, 192)
        assert (await his.client.get(f"/avatars/{'0' * 40}")).status_code == 404
        his.client.cookies.clear()
        assert (await his.client.get(f"/avatars/{SHA1}")).status_code == 303


async def test_a_known_picture_is_not_fetched_again(with_juliet: Person) -> None:
    romeo = with_juliet
    await romeo.session.handled(AvatarAnnounced(JULIET, SHA1))
    romeo.client.answers = [in_node()]
    await jobs.fetch_picture(romeo.session, *wanted(romeo)[0])
    await romeo.session.handled(AvatarAnnounced(JULIET, ""))
    assert (await row(romeo)).avatar == ""
    assert avatar_path(romeo.session, JULIET) == ""
    await romeo.session.handled(AvatarAnnounced(JULIET, SHA1))
    assert (await row(romeo)).avatar == SHA1
    assert wanted(romeo) == []


async def test_where_the_node_is_silent_the_vcard_may_have_it(with_juliet: Person) -> None:
    """XEP-0398 §1: a server that converts keeps both."""
    with_juliet.client.answers = [XmppError("item-not-found"), in_vcard()]
    await jobs.fetch_picture(with_juliet.session, JULIET, SHA1, "pep")
    assert (await row(with_juliet)).avatar == SHA1


async def test_p03_u03_bytes_that_lie_or_are_no_picture_are_never_shown(with_juliet: Person) -> None:
    romeo = with_juliet
    romeo.client.answers = [in_node(DATA + b"!"), in_vcard(DATA + b"!")]
    with pytest.raises(XmppError):
        await jobs.fetch_picture(romeo.session, JULIET, SHA1, "pep")
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    hashed = hashlib.sha1(svg, usedforsecurity=False).hexdigest()
    romeo.client.answers = [in_vcard(svg)]
    with pytest.raises(BadPicture):
        await jobs.fetch_picture(romeo.session, JULIET, hashed, "vcard")
    romeo.client.answers = [TimedOut(), TimedOut()]
    with pytest.raises(TimedOut):
        await jobs.fetch_picture(romeo.session, JULIET, SHA1, "pep")
    assert (await row(romeo)).avatar == ""


async def test_a24_strangers_show_nothing(with_juliet: Person) -> None:
    romeo = with_juliet
    await romeo.session.handled(AvatarAnnounced(MERCUTIO, SHA1))
    await romeo.session.handled(NicknameReceived(MERCUTIO, "Juliet"))
    await romeo.session.handled(PresenceReceived(f"{MERCUTIO}/x", True, photo=SHA1))
    assert wanted(romeo) == []
    assert romeo.changes() == []
    async with romeo.session.read() as db:
        assert await store.face(db, romeo.session.account_id, MERCUTIO) == store.FaceRow()


async def test_the_hash_in_presence_where_there_is_no_node(with_juliet: Person) -> None:
    romeo = with_juliet
    await romeo.session.handled(PresenceReceived(f"{JULIET}/b", True, photo=SHA1))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/b", True, "away", photo=SHA1))
    assert wanted(romeo) == [(JULIET, SHA1, "vcard")]
    romeo.client.answers = [in_vcard()]
    await jobs.fetch_picture(romeo.session, JULIET, SHA1, "vcard")
    assert (await row(romeo)).avatar == SHA1
    await romeo.session.handled(PresenceReceived(f"{JULIET}/b", True, photo=""))
    assert (await row(romeo)).avatar == ""


async def test_a_work_that_is_undone_leaves_no_memory(with_juliet: Person) -> None:
    """A transaction may be run again: the second time it hears the same for the first time."""
    romeo = with_juliet
    romeo.session[Presences].known = None

    async def undone() -> None:
        async with romeo.session.work() as work:
            await handlers.on_presence(work, PresenceReceived(f"{JULIET}/b", True, photo=SHA1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await undone()
    assert romeo.session[Presences].known is None
    await romeo.session.handled(PresenceReceived(f"{JULIET}/b", True, photo=SHA1))
    assert wanted(romeo) == [(JULIET, SHA1, "vcard")]


async def test_the_node_counts_more_than_presence(with_juliet: Person) -> None:
    romeo = with_juliet
    romeo.client.answers = [in_node()]
    await jobs.fetch_picture(romeo.session, JULIET, SHA1, "pep")
    await romeo.session.handled(PresenceReceived(f"{JULIET}/b", True, photo="b" * 40))
    assert wanted(romeo) == []
    assert (await row(romeo)).avatar == SHA1


@pytest.mark.parametrize("then", ["b" * 40, ""])
async def test_a_picture_that_comes_late_replaces_no_later_one(with_juliet: Person, then: str) -> None:
    romeo = with_juliet
    await romeo.session.handled(AvatarAnnounced(JULIET, SHA1))
    await romeo.session.handled(AvatarAnnounced(JULIET, then))
    romeo.client.answers = [in_node()]
    await jobs.fetch_picture(romeo.session, JULIET, SHA1, "pep")
    assert (await row(romeo)).avatar == ""
    await romeo.session.handled(AvatarAnnounced(JULIET, SHA1))
    assert (await row(romeo)).avatar == SHA1


async def test_an_answer_from_before_the_change_brings_no_former_picture_back(
    with_juliet: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that converts takes the former picture away and announces the other one, while we write anew
    what we had asked for before."""
    romeo, reencode = with_juliet, pictures.reencode

    async def meanwhile(data: bytes, **options: Any) -> pictures.Picture:
        monkeypatch.setattr(pictures, "reencode", reencode)
        await romeo.session.handled(AvatarAnnounced(JULIET, ""))
        await romeo.session.handled(AvatarAnnounced(JULIET, SHA1))
        romeo.client.answers = [in_node()]
        await jobs.fetch_picture(romeo.session, JULIET, SHA1, "pep")
        return await reencode(data, **options)

    monkeypatch.setattr(pictures, "reencode", meanwhile)
    await commands._keep_photo(romeo.session, JULIET, drawn("teal"))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/b", True, photo="a" * 40))
    assert (await row(romeo)).avatar == SHA1


async def test_what_is_wanted_is_bounded_and_asked_for_once(with_juliet: Person) -> None:
    faces = with_juliet.session[Faces]
    for number in range(2 * MOST_WANTED):
        faces.want(JULIET, f"{number:040x}", "pep")
    faces.want(JULIET, f"{0:040x}", "pep")
    assert len(wanted(with_juliet)) == MOST_WANTED


async def test_names_in_their_order(with_juliet: Person) -> None:
    romeo = with_juliet
    assert (await row(romeo)).shown == "juliet"
    async with romeo.session.work() as work:
        await store.set_face(work.db, work.account_id, JULIET, name="Juliet Capulet")
    assert ((await row(romeo)).shown, (await row(romeo)).self_named) == ("Juliet Capulet", True)
    await romeo.session.handled(NicknameReceived(JULIET, "Jule"))
    assert romeo.changes() == [RosterChanged(), ContactChanged(JULIET)]
    await romeo.session.handled(NicknameReceived(JULIET, "Jule"))
    assert romeo.changes() == []
    assert (await row(romeo)).shown == "Jule"
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "My sun", "both"),)))
    assert ((await row(romeo)).shown, (await row(romeo)).self_named) == ("My sun", False)
    async with romeo.session.read() as db:
        assert await store.display_name(db, romeo.session.account_id, JULIET) == "My sun"


@pytest.mark.parametrize("nick", ["", "\u3164", "\u202e", "   "])
async def test_a18_a_nickname_of_nothing_is_none(with_juliet: Person, nick: str) -> None:
    await with_juliet.session.handled(NicknameReceived(JULIET, nick))
    assert (await row(with_juliet)).shown == "juliet"


SEAT = "balcony@conference.verona.example/Tybalt"


async def test_seats_in_a_room_are_fetched_when_they_are_drawn(with_juliet: Person) -> None:
    session = with_juliet.session
    assert seat_picture(session, SEAT, "") == ""
    assert [seat_picture(session, SEAT, SHA1) for _ in range(3)] == [""] * 3
    assert wanted(with_juliet) == [(SEAT, SHA1, "vcard")]
    with_juliet.client.answers = [in_vcard()]
    await jobs.fetch_picture(session, SEAT, SHA1, "vcard")
    assert seat_picture(session, SEAT, SHA1) == f"/avatars/{SHA1}"
    assert seat_picture(session, SEAT, "b" * 40) == ""
    async with session.read() as db:
        assert await store.face(db, session.account_id, SEAT) == store.FaceRow()
    asked = len(with_juliet.client.asked)
    await jobs.fetch_picture(session, f"{SEAT}_", SHA1, "vcard")
    assert len(with_juliet.client.asked) == asked
    assert seat_picture(session, f"{SEAT}_", SHA1) == f"/avatars/{SHA1}"


async def test_the_frame_calls_the_user_as_they_call_themselves(with_juliet: Person) -> None:
    romeo = with_juliet
    jid = romeo.session.jid
    assert show.own_presence(romeo.session).name == "Romeo"
    await romeo.session.handled(NicknameReceived(jid, "Romeo <M>\u202e"))
    assert OwnPresenceChanged() in romeo.changes()
    assert show.own_presence(romeo.session).name == "Romeo <M>"
    await romeo.session.handled(NicknameReceived(jid, ""))
    assert show.own_presence(romeo.session).name == "Romeo"
