"""This room holds dialogues in rooms that are the same on every server: entering, talking, being put out,
coming back (XEP-0045)."""

import asyncio
import secrets
from collections.abc import Awaitable
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from tests.lab.fixtures import TALKING, OpenInsider, OpenPeer
from tests.lab.insider import Insider, inside
from tests.lab.prosody import DOMAIN
from tests.lab.room_peer import Seat
from tests.lab.server import Server
from tests.media import samples
from webchat.contacts.state import Presences
from webchat.errors import Invalid, XmppError
from webchat.messages import commands as messages
from webchat.messages import store
from webchat.messages.state.occupants import Rooms
from webchat.rooms import commands as rooms
from webchat.rooms import jobs
from webchat.rooms import store as kept
from webchat.rooms.commands import standing
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Bookmark


def address(name: str = "balcony") -> str:
    """A room that nobody has used before."""
    return f"{name}-{secrets.token_hex(3)}@conference.{DOMAIN}"


def say(session: Insider, jid: str, text: str) -> Awaitable[None]:
    """Say something in a conversation."""
    return messages.send_message(session.session, jid, text, id=secrets.token_hex(8))


async def test_join_talk_and_leave(server: Server, peer: OpenPeer, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    hers = await Seat(await peer(juliet), jid, "Juliet").open(roomname="The balcony")
    hers.say("Is anybody there?")
    his = await insider(romeo)
    info = await rooms.room_info(his.session, jid)
    assert (info.name, info.archive) == ("The balcony", True)
    assert (ns.OCCUPANT_ID in info.features) == server.occupant_ids
    state = await rooms.join_room(his.session, jid, "Romeo")
    assert (state.phase, state.trouble, state.nick) == ("in", "", "Romeo")
    assert set(state.occupants) == {"Romeo", "Juliet"}
    # What was said before comes from the room's archive, and is not new.
    await his.reads(jid, "Is anybody there?")
    async with his.session.read() as db:
        found = await store.conversation_by_jid(db, his.session.account_id, jid)
    assert found is not None
    assert (found.kind, found.title, found.unread) == ("room", "The balcony", 0)

    await say(his, jid, "But soft!")
    heard = await hers.hears("But soft!", "Romeo")
    lines = await his.reads(jid, "Is anybody there?", "But soft!")
    await his.until(lambda: his.has_state(jid, lines[-1].id, "sent"))
    assert heard.archive_id
    hers.say("Romeo, is it you?")
    await his.reads(jid, "Is anybody there?", "But soft!", "Romeo, is it you?")
    async with his.session.read() as db:
        found = await store.conversation_by_jid(db, his.session.account_id, jid)
    assert found is not None
    assert (found.unread, found.mentions) == (1, 1)

    await rooms.leave_room(his.session, jid)
    assert his.room(jid).phase == "out"
    with pytest.raises(Invalid):
        await say(his, jid, "Too late")


async def test_kicked_banned_and_voiceless(server: Server, peer: OpenPeer, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    hers = await Seat(await peer(juliet), jid, "Juliet").open()
    his = await insider(romeo)
    await rooms.join_room(his.session, jid, "Romeo")
    await hers.role("Romeo", "visitor")
    await his.until(lambda: his.room(jid).role == "visitor")
    await hers.configure(moderatedroom="1")
    with pytest.raises(Invalid):
        await say(his, jid, "Mmmm")
    await hers.role("Romeo", "none", "You sing")
    state = await his.is_out(jid, "kicked")
    # Prosody 0.12 does not say who did it.
    assert (state.text, state.by) in (("You sing", ""), ("You sing", "Juliet"))
    state = await rooms.join_room(his.session, jid)
    assert state.phase == "in"
    # ejabberd 23.01 lets somebody who was given a role into a moderated room although they are banned.
    await hers.configure(moderatedroom="0")
    await hers.affiliate(romeo.jid, "outcast", "You sing still")
    state = await his.is_out(jid, "banned")
    assert state.text == "You sing still"
    state = await rooms.join_room(his.session, jid)
    assert (state.phase, state.trouble) == ("out", "forbidden")


async def test_every_door_that_is_closed(server: Server, peer: OpenPeer, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    hers = await peer(juliet)
    locked, members = address("locked"), address("members")
    await Seat(hers, locked, "Juliet").open(passwordprotectedroom="1", roomsecret="rose")
    club = await Seat(hers, members, "Juliet").open(membersonly="1")
    his = await insider(romeo)
    assert (await rooms.room_info(his.session, locked)).password
    assert (await rooms.join_room(his.session, locked)).trouble == "not-authorized"
    assert (await rooms.join_room(his.session, locked, password="thorn")).trouble == "not-authorized"
    assert (await rooms.join_room(his.session, locked, password="rose")).phase == "in"
    assert (await rooms.join_room(his.session, members)).trouble == "registration-required"
    await club.affiliate(romeo.jid, "member")
    assert (await rooms.join_room(his.session, members)).phase == "in"
    nowhere = address("nowhere")
    assert (await rooms.join_room(his.session, nowhere)).trouble == "item-not-found"
    with pytest.raises(XmppError) as refused:
        await rooms.room_info(his.session, nowhere)
    # It was asked for, and not made.
    assert refused.value.condition == "item-not-found"


async def test_nicknames(server: Server, peer: OpenPeer, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    await Seat(await peer(juliet), jid, "Juliet").open()
    his = await insider(romeo)
    state = await rooms.join_room(his.session, jid, "Juliet")
    assert (state.phase, state.nick, state.trouble) == ("in", "Juliet_", "conflict")
    await rooms.set_nick(his.session, jid, "Montague")
    assert (state.nick, sorted(state.occupants)) == ("Montague", ["Juliet", "Montague"])
    with pytest.raises(Invalid) as wrong:
        await rooms.set_nick(his.session, jid, "Juliet")
    assert wrong.value.fields["nick"] == rooms.NICK_TAKEN
    assert (state.phase, state.nick) == ("in", "Montague")


async def test_create_configure_and_destroy(server: Server, peer: OpenPeer, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    his, jid = await insider(romeo), address("friars-cell")
    state = await rooms.create_room(
        his.session, jid, private=True, name="The cell", nick="Romeo", notify="always", pin=True
    )
    assert (state.phase, state.affiliation, state.private_group) == ("in", "owner", True)
    with pytest.raises(Invalid):
        await rooms.create_room(his.session, jid, private=True, name="Again")
    form = await rooms.configuration(his.session, jid)
    name, members = form.get("muc#roomconfig_roomname"), form.get("muc#roomconfig_membersonly")
    assert name is not None
    assert members is not None
    assert (name.value, members.checked) == ("The cell", True)
    answers = {field.var: field.values for field in form.fields if field.type != "boolean"}
    answers |= {field.var: ("on",) for field in form.fields if field.checked}
    answers["muc#roomconfig_roomdesc"] = ("Quiet, please <&>",)
    await rooms.submit_configuration(his.session, jid, answers)
    info = await rooms.room_info(his.session, jid)
    assert (info.description, info.members_only) == ("Quiet, please <&>", True)

    hers = await peer(juliet)
    await rooms.invite(his.session, jid, juliet.jid, "Come at four")
    invited = await hers.hears(lambda one: one.sender == jid and not one.error)
    assert "Come at four" in "".join(invited.xml.itertext())
    seat = await Seat(hers, jid, "Juliet").enter()
    assert [one.jid for one in await rooms.members(his.session, jid, "owner")] == [romeo.jid]
    await rooms.set_subject(his.session, jid, "Marriage & <secrets>")
    await his.until(lambda: state.subject == "Marriage & <secrets>")
    await rooms.set_affiliation(his.session, jid, juliet.jid, "admin")
    await his.until(lambda: state.occupants["Juliet"].affiliation == "admin")
    await rooms.destroy_room(his.session, jid, "It is over")
    await seat.peer.round_trip()
    async with his.session.read() as db:
        assert await kept.room(db, his.session.account_id, jid) is None


async def test_a_room_that_others_destroy(server: Server, peer: OpenPeer, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid, other = address(), address("garden")
    hers = await Seat(await peer(juliet), jid, "Juliet").open()
    his = await insider(romeo)
    await rooms.join_room(his.session, jid, "Romeo")
    await hers.destroy("Too loud", other)
    state = await his.is_out(jid, "gone")
    assert (state.text, state.alternate) == ("Too loud", other)


async def test_bookmarks_bring_us_in_at_the_next_login(
    server: Server, peer: OpenPeer, insider: OpenInsider, tmp_path: Path
) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    hers = await Seat(await peer(juliet), jid, "Juliet").open(roomname="The balcony")
    async with inside(romeo, server, TALKING, tmp_path) as his:
        await rooms.join_room(his.session, jid, "Romeo")
        await rooms.set_bookmark(his.session, Bookmark(jid, "My balcony", "Romeo", "", True, True, "always"))
    hers.say("While you were away")
    hers.say("Romeo, come back")
    async with inside(romeo, server, TALKING, tmp_path) as his:
        await his.is_in(jid)
        await his.reads(jid, "While you were away", "Romeo, come back")
        async with his.session.read() as db:
            found = await store.conversation_by_jid(db, his.session.account_id, jid)
        assert found is not None
        assert (found.unread, found.mentions, found.title) == (2, 1, "My balcony")
    # A new installation knows nothing but the bookmarks.
    (tmp_path / "new").mkdir()
    async with inside(romeo, server, TALKING, tmp_path / "new") as his:
        state = await his.is_in(jid)
        assert state.nick == "Romeo"
        async with his.session.read() as db:
            found = await store.conversation_by_jid(db, his.session.account_id, jid)
        assert found is not None
        assert (found.title, found.pinned, found.notify, found.joined) == ("My balcony", True, "always", True)
        await rooms.leave_room(his.session, jid)
        await his.until(lambda: _bookmark(his, jid, autojoin=False))
        await rooms.forget_room(his.session, jid)
    async with inside(romeo, server, TALKING, tmp_path / "new") as his:
        await his.until(lambda: his.session.outbox is not None)
        async with his.session.read() as db:
            assert await kept.rooms(db, his.session.account_id) == []


async def _bookmark(who: Insider, jid: str, *, autojoin: bool) -> bool:
    async with who.session.read() as db:
        row = await kept.room(db, who.session.account_id, jid)
    return row is not None and row.autojoin == autojoin


async def test_back_in_after_the_server_restarts(
    server: Server, peer: OpenPeer, insider: OpenInsider
) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    hers = await Seat(await peer(juliet), jid, "Juliet").open()
    his = await insider(romeo)
    await rooms.join_room(his.session, jid, "Romeo")
    await say(his, jid, "before")
    await hers.hears("before", "Romeo")
    await his.reads(jid, "before")
    await server.stop()
    await his.until(lambda: his.session.state != "online")
    await say(his, jid, "into the break")
    await server.start()
    hers = await Seat(await peer(juliet, "again"), jid, "Juliet").enter()
    await his.is_in(jid)
    await hers.hears("into the break", "Romeo")
    hers.say("after")
    lines = await his.reads(jid, "before", "into the break", "after")
    await his.until(lambda: his.has_state(jid, lines[1].id, "sent"))


async def test_whispers(server: Server, peer: OpenPeer, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    hers = await Seat(await peer(juliet), jid, "Juliet").open()
    his = await insider(romeo)
    await rooms.join_room(his.session, jid, "Romeo")
    hers.say("Only for you", to="Romeo")
    private = f"{jid}/Juliet"
    await his.reads(private, "Only for you")
    async with his.session.read() as db:
        found = await store.conversation_by_jid(db, his.session.account_id, private)
    assert found is not None
    assert found.kind == "whisper"
    await say(his, private, "And for you")
    await hers.hears("And for you", "Romeo")
    assert await his.bodies(jid) == []
    hers.leave()
    await his.until(lambda: "Juliet" not in his.room(jid).occupants)
    with pytest.raises(Invalid):
        await say(his, private, "Hello?")


async def test_invited_and_declined(server: Server, peer: OpenPeer, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    hers, his = await insider(juliet), await insider(romeo)
    await rooms.create_room(hers.session, jid, private=True, name="The balcony", nick="Juliet")
    # What comes to somebody whose login is half done may wait at ejabberd for their next one.
    await hers.until(lambda: hers.session[Presences].resources(romeo.jid))
    await rooms.invite(hers.session, jid, romeo.jid, "Climb up")

    async def invitation() -> kept.InvitationRow | None:
        async with his.session.read() as db:
            return await kept.invitation(db, his.session.account_id, jid)

    row = await his.until(invitation)
    assert row is not None
    assert (row.inviter, row.reason, row.direct) == (juliet.jid, "Climb up", False)
    assert jid not in [state.jid for state in his.session[Rooms]]
    await rooms.join_room(his.session, jid, "Romeo")
    assert his.room(jid).phase == "in"
    assert await invitation() is None


async def test_a_seat_that_was_lost_is_taken_again(
    server: Server, peer: OpenPeer, insider: OpenInsider
) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    hers = await Seat(await peer(juliet), jid, "Juliet").open()
    his = await insider(romeo)
    state = await rooms.join_room(his.session, jid, "Romeo")
    await asyncio.gather(jobs.check(his.session, state))
    assert state.phase == "in"
    # Somebody gives our seat back without our knowing.
    his.session.client.send_xml(_unavailable(f"{jid}/Romeo"))
    seat = his.session.client.rooms.pop(jid)
    await hers.peer.round_trip()
    his.session.client.rooms[jid] = seat
    await jobs.check(his.session, state)
    await his.is_in(jid)
    hers.say("There you are")
    await his.reads(jid, "There you are")


def _unavailable(to: str) -> Element:
    return Element("{jabber:client}presence", {"to": to, "type": "unavailable"})


async def test_the_picture_of_a_room(server: Server, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address("gallery")
    his, hers = await insider(romeo), await insider(juliet)
    await rooms.create_room(his.session, jid, private=False, name="The gallery", nick="Romeo")
    await rooms.join_room(hers.session, jid, "Juliet")
    with pytest.raises(XmppError):
        await standing.set_picture(hers.session, jid, samples.picture())
    await standing.set_picture(his.session, jid, samples.picture())
    card = await hers.session.client.request("get", Element(f"{{{ns.VCARD_TEMP}}}vCard"), to=jid)
    assert card.findtext(f".//{{{ns.VCARD_TEMP}}}BINVAL")
    assert his.room(jid).phase == hers.room(jid).phase == "in"
