"""This room holds the dialogues in rooms with Prosody."""

import pytest

from tests.lab.fixtures import OpenInsider, OpenPeer
from tests.lab.room_dialogues import *  # noqa: F403
from tests.lab.room_dialogues import address
from tests.lab.room_peer import Seat
from tests.lab.server import Server
from webchat.errors import XmppError
from webchat.rooms import commands as rooms
from webchat.rooms.commands import standing


async def test_one_becomes_a_member_by_the_form_of_the_room(
    server: Server, peer: OpenPeer, insider: OpenInsider
) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    await Seat(await peer(juliet), jid, "Juliet").open(membersonly="1")
    his = await insider(romeo)
    assert (await rooms.join_room(his.session, jid, "Romeo")).trouble == "registration-required"
    form = await standing.membership_form(his.session, jid)
    assert form is not None
    nick = "muc#register_roomnick"
    assert form.get(nick) is not None
    with pytest.raises(XmppError) as refused:
        await standing.ask_membership(his.session, jid, {nick: ("Juliet",)})
    assert refused.value.condition == "conflict"
    await standing.ask_membership(his.session, jid, {nick: ("Montague",)})
    assert await standing.membership_form(his.session, jid) is None
    state = await rooms.join_room(his.session, jid, "Montague")
    assert (state.phase, state.affiliation, state.nick) == ("in", "member", "Montague")
