"""This room lets Converse 14 and our pages talk; docs/interoperability.md says what comes of it."""

from pathlib import Path

from playwright.async_api import expect

from tests.media import samples
from tests.peers import ours
from tests.peers.conftest import OpenConverse, room_of


async def test_words_states_and_typing(converse: OpenConverse) -> None:
    his, hers = await converse()
    await his.say("But soft, what light?")
    await hers.sees("But soft, what light?")
    await hers.say("Ay me!")
    await his.sees("Ay me!")
    await his.sees_state("But soft, what light?", "Read")
    await hers.received("Ay me!")
    await hers.begin("O Rom")
    await ours.sees_typing(his, "Juliet")
    await his.composer.press_sequentially("Shall I")
    await expect(hers.page.get_by_text("is typing").first).to_be_visible()


async def test_answers_reactions_corrections_retractions(converse: OpenConverse) -> None:
    his, hers = await converse()
    await hers.say("Ay me!")
    await ours.replies(his, "Ay me!", "O, speak again")
    await hers.sees("O, speak again")
    await expect(hers.source("O, speak again")).to_contain_text("Ay me!")
    await hers.reply("O, speak again", "Wherefore art thou?")
    await his.sees("Wherefore art thou?")
    await expect(ours.source(his, "Wherefore art thou?")).to_contain_text("O, speak again")
    await hers.say("O Romeo, Romo!")
    await his.sees("O Romeo, Romo!")
    await hers.correct("O Romeo, Romo!", "O Romeo, Romeo!")
    await ours.sees_corrected(his, "O Romeo, Romo!", "O Romeo, Romeo!")
    await ours.reacts(his, "O Romeo, Romeo!", "❤️")
    await expect(hers.reactions("O Romeo, Romeo!")).to_contain_text("❤")
    emoji = await hers.react("O, speak again")
    await expect(ours.chip(his, "O, speak again")).to_contain_text(emoji)
    await his.say("Call me but luve")
    await hers.sees("Call me but luve")
    await ours.corrects(his, "Call me but luve", "Call me but love")
    await hers.sees("Call me but love")
    await hers.misses("Call me but luve")
    await ours.retracts(his, "Call me but love")
    await hers.misses("Call me but love")
    assert len(await his.texts()) == 4
    await hers.retract("Ay me!")
    await expect(his.message("Ay me!")).to_have_count(0)
    await expect(his.log.locator("article.retracted")).to_have_count(2)


async def test_files(converse: OpenConverse, tmp_path: Path) -> None:
    his, hers = await converse()
    await ours.sends_picture(his)
    await expect(hers.pictures).to_have_count(1)
    (tmp_path / "hers.png").write_bytes(samples.picture(size=(320, 200)))
    await hers.send_file(tmp_path / "hers.png")
    await ours.sees_picture(his)


async def test_a_room(converse: OpenConverse, tmp_path: Path) -> None:
    his, hers = await converse()
    name, room = await room_of(his)
    await hers.join(room, "Julia")
    await expect(his.page.locator("#room-head .meta")).to_contain_text("2 people")
    await his.say("for @Julia")
    await hers.sees("for @Julia")
    await expect(hers.row("for @Julia").locator(".mention")).to_contain_text("Julia")
    await hers.say("Thou knowest")
    await his.sees("Thou knowest")
    await ours.replies(his, "Thou knowest", "the mask of nigth")
    await expect(hers.source("the mask of nigth")).to_contain_text("Thou knowest")
    await hers.reply("the mask of nigth", "is on my")
    await his.sees("is on my")
    await expect(ours.source(his, "is on my")).to_contain_text("the mask of nigth")
    await hers.say("is on my fase")
    await his.sees("is on my fase")
    await ours.corrects(his, "the mask of nigth", "the mask of night")
    await hers.sees("the mask of night")
    await hers.reply("the mask of night", "the mask")
    await his.sees("the mask")
    await expect(ours.source(his, "the mask")).to_contain_text("the mask of night")
    await hers.correct("is on my fase", "is on my face")
    await ours.sees_corrected(his, "is on my fase", "is on my face")
    await ours.reacts(his, "is on my face")
    await expect(hers.reactions("is on my face")).to_contain_text("👍")
    emoji = await hers.react("the mask of night")
    await expect(ours.chip(his, "the mask of night")).to_contain_text(emoji)
    await hers.retract("Thou knowest")
    await ours.sees_gone(his, "Thou knowest")
    await ours.sends_picture(his)
    await expect(hers.pictures).to_have_count(1)
    (tmp_path / "hers.png").write_bytes(samples.picture(size=(320, 200)))
    await hers.send_file(tmp_path / "hers.png")
    await ours.sees_picture(his)
    await ours.looks_away(his)
    await hers.mention("Romeo", "hear me")
    await ours.is_named(his, name)
