"""This room lets Gajim 1.7 and our pages talk; docs/interoperability.md says what comes of it."""

from playwright.async_api import expect

from tests.peers import ours
from tests.peers.conftest import OpenGajim, room_of

CORRECTED = "document-edit-symbolic"


async def test_words_states_and_typing(gajim: OpenGajim) -> None:
    his, hers = await gajim()
    await his.say("But soft, what light?")
    await hers.sees("But soft, what light?")
    await hers.begin("Ay")
    await ours.sees_typing(his, "Juliet")
    await hers.say("Ay me!")
    await his.sees("Ay me!")
    await his.sees_state("But soft, what light?", "Delivered")
    await hers.reads("Romeo has read up to this point")
    await his.composer.press_sequentially("Shall I")
    await hers.reads("is composing")


async def test_corrections_and_what_it_does_not_know(gajim: OpenGajim) -> None:
    his, hers = await gajim()
    await hers.say("O Romeo, Romo!")
    await his.sees("O Romeo, Romo!")
    await hers.correct("O Romeo, Romeo!")
    await ours.sees_corrected(his, "O Romeo, Romo!", "O Romeo, Romeo!")
    await ours.replies(his, "O Romeo, Romeo!", "Shall I hear nigth")
    row = await hers.row(lambda row: "Shall I hear nigth" in row["text"])
    assert row["quoted"] == ["O Romeo, Romeo!"]
    await ours.corrects(his, "Shall I hear nigth", "Shall I hear more")
    await hers.row(lambda row: "Shall I hear more" in row["text"] and CORRECTED in row["icons"])
    assert not [text for text in await hers.texts() if "nigth" in text]
    await ours.reacts(his, "O Romeo, Romeo!")
    await ours.retracts(his, "Shall I hear more")
    await hers.row(lambda row: "tried to take a message back" in row["text"])


async def test_a_picture(gajim: OpenGajim) -> None:
    his, hers = await gajim()
    await ours.sends_picture(his)
    await hers.row(lambda row: row["text"].endswith(ours.PICTURE) and row["picture"] > 0)


async def test_a_room(gajim: OpenGajim) -> None:
    his, hers = await gajim()
    name, room = await room_of(his)
    await hers.join(room, "Julia")
    await expect(his.page.locator("#room-head .meta")).to_contain_text("2 people")
    await his.say("for @Julia")
    await hers.row(lambda row: row["text"] == "for @Julia" and "gajim-mention-highlight" in row["classes"])
    await his.say("Good nigth")
    await hers.sees("Good nigth")
    await ours.corrects(his, "Good nigth", "Good night")
    await hers.row(lambda row: row["text"] == "Good night" and CORRECTED in row["icons"])
    await hers.say("Thou knowst")
    await his.sees("Thou knowst")
    await hers.correct("Thou knowest")
    await ours.sees_corrected(his, "Thou knowst", "Thou knowest")
    await ours.replies(his, "Thou knowest", "the mask of night")
    row = await hers.row(lambda row: "the mask of night" in row["text"])
    assert row["quoted"] == ["Thou knowest"]
    await ours.sends_picture(his)
    await hers.row(lambda row: row["text"].endswith(ours.PICTURE))
    await ours.looks_away(his)
    await hers.say("hear me, Romeo")
    await ours.is_named(his, name)


async def test_who_one_is(gajim: OpenGajim) -> None:
    his, hers = await gajim()
    await his.page.goto("/configuration/profile")
    await his.page.get_by_label("Name", exact=True).fill("Romeo Montague")
    await his.page.get_by_label("About", exact=True).fill("In fair Verona")
    await his.page.get_by_role("button", name="Save").last.click()
    await expect(his.page.locator(".saved")).to_be_visible()
    await hers.hand("about", his.account.jid)
    await hers.reads("Romeo Montague")
    await hers.reads("In fair Verona")
    await hers.is_called("Juliet Capulet", "Jule")
    await his.page.goto(hers.account.path.replace("/chats/", "/people/"))
    await expect(his.page.get_by_role("main")).to_contain_text("Juliet Capulet")
    await expect(his.page.get_by_role("main")).to_contain_text("Jule")
