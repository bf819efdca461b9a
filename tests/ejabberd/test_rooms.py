"""This room holds the dialogues in rooms with ejabberd."""

import asyncio
from dataclasses import replace

from playwright.async_api import expect

from tests.chromium.test_access import findings
from tests.chromium.test_rooms import creates
from tests.lab.ejabberd import Ejabberd
from tests.lab.fixtures import OpenInsider, OpenPeer, OpenPerson
from tests.lab.room_dialogues import *  # noqa: F403
from tests.lab.room_dialogues import address, say
from tests.lab.room_peer import Seat
from webchat.nodes import commands as communities
from webchat.nodes.forms import ConfigureForm
from webchat.pictures import Picture
from webchat.rooms import commands as rooms
from webchat.rooms.commands import standing
from webchat.rooms.state import Questions
from webchat.xmpp.entries import Ref


async def test_a_room_that_asks_first(server: Ejabberd, peer: OpenPeer, insider: OpenInsider) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    jid = address()
    owner, his = await insider(juliet), await insider(romeo)
    await rooms.create_room(owner.session, jid, private=False, name="The balcony", nick="Capulet")
    form = await rooms.configuration(owner.session, jid)
    same = {field.var: field.values for field in form.fields}
    await rooms.submit_configuration(owner.session, jid, same | {"captcha_protected": ("1",)})
    hers = await Seat(await peer(juliet), jid, "Juliet").enter()
    state = await rooms.join_room(his.session, jid, "Romeo")
    assert (state.phase, state.trouble) == ("out", "captcha")
    question = his.session[Questions].get(jid)
    assert question is not None
    (asked,) = [field for field in question.challenge.form.fields if field.type != "hidden"]
    picture = question.pictures[asked.var]
    assert isinstance(picture, Picture)
    assert (picture.width, picture.height) == (140, 60)
    state = await standing.answer_question(his.session, jid, {asked.var: ("nonsense",)})
    assert (state.phase, state.trouble) == ("out", "captcha-failed")
    state = await rooms.join_room(his.session, jid, "Romeo")
    assert (state.phase, state.trouble) == ("out", "captcha")
    answer = await asyncio.to_thread(lambda: server.riddle)
    state = await standing.answer_question(his.session, jid, {asked.var: (answer,)})
    assert (state.phase, state.trouble, state.nick) == ("in", "", "Romeo")
    assert his.session[Questions].get(jid) is None
    await say(his, jid, "I am no machine")
    await hers.hears("I am no machine", "Romeo")


async def test_m191_a_room_and_its_community_lead_to_each_other(
    server: Ejabberd, insider: OpenInsider
) -> None:
    (juliet,) = server.add("juliet")
    owner, jid = await insider(juliet), address()
    await rooms.create_room(owner.session, jid, private=False, name="The cats", nick="Capulet")
    service = f"pubsub.{server.domain}"
    form = ConfigureForm(name="Cats of Verona", description="Purr", room=jid)
    node = await communities.create(owner.session, service, form)
    await communities.configure(owner.session, service, node, form)
    said = await communities.look(owner.session, service, node)
    assert said.room == jid
    assert said.info is not None
    assert said.info.description == f"Purr xmpp:{jid}?join"
    assert (await rooms.room_info(owner.session, jid)).community == Ref(service, node)
    await communities.configure(owner.session, service, node, replace(form, room=""))
    assert (await rooms.room_info(owner.session, jid)).community is None


async def test_a_picture_at_the_door(neighbour: Ejabberd, person: OpenPerson) -> None:
    his, hers = [await person(one) for one in neighbour.add("romeo", "juliet")]
    await creates(his, "Public channel")
    path = his.page.url.partition("?")[0]
    await his.page.goto(f"{path}/configuration")
    await his.page.locator("[name='field.captcha_protected']").check()
    await his.page.get_by_role("button", name="Save").click()
    await expect(his.page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    await hers.page.goto(path)
    await hers.page.get_by_role("button", name="Join").click()
    picture = hers.page.get_by_role("img", name="Picture with the question of the room")
    await expect(picture).to_have_js_property("naturalWidth", 140)
    assert await findings(hers) == []
    answer = await asyncio.to_thread(lambda: neighbour.riddle)
    await hers.page.locator("[name='field.ocr']").fill(answer)
    await hers.page.get_by_role("button", name="Answer and join").click()
    await expect(hers.composer).to_be_visible()
    await hers.say("I am no machine")
    await his.page.goto(path)
    await his.sees("I am no machine")
