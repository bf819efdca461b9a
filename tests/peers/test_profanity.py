"""This room lets Profanity 0.13 and our pages talk; docs/interoperability.md says what comes of it."""

from pathlib import Path

from playwright.async_api import expect

from tests.media import samples
from tests.peers import ours
from tests.peers.conftest import OpenProfanity, room_of


async def test_words_states_and_typing(profanity: OpenProfanity) -> None:
    his, hers = await profanity()
    await his.say("But soft, what light?")
    await hers.sees("But soft, what light")
    await hers.type("Ay me!")
    await his.sees("Ay me!")
    await his.sees_state("But soft, what light?", "Delivered")
    await his.composer.press_sequentially("Shall I")
    await hers.sees("typing")
    await hers.keys("O Romeo")
    await ours.sees_typing(his, "Juliet")


async def test_corrections_and_what_it_does_not_know(profanity: OpenProfanity) -> None:
    his, hers = await profanity()
    await hers.type("O Romeo, Romo!")
    await his.sees("O Romeo, Romo!")
    await hers.type("/correct O Romeo, Romeo!")
    await ours.sees_corrected(his, "O Romeo, Romo!", "O Romeo, Romeo!")
    await ours.replies(his, "O Romeo, Romeo!", "Shall I hear nigth")
    await hers.sees(r"> O Romeo, Romeo!\s+Shall I hear nigth")
    await ours.corrects(his, "Shall I hear nigth", "Shall I hear more")
    await hers.sees("Shall I hear more")
    await hers.misses("nigth")
    await ours.reacts(his, "O Romeo, Romeo!")
    await ours.retracts(his, "Shall I hear more")
    await hers.sees("tried to take a message back")


async def test_files(profanity: OpenProfanity, tmp_path: Path) -> None:
    his, hers = await profanity()
    await ours.sends_picture(his)
    await hers.sees(f"http://.*/{ours.PICTURE}")
    (tmp_path / "hers.png").write_bytes(samples.picture(size=(320, 200)))
    await hers.send_file(tmp_path / "hers.png")
    await ours.sees_picture(his)


async def test_a_room(profanity: OpenProfanity, tmp_path: Path) -> None:
    his, hers = await profanity()
    name, room = await room_of(his)
    await hers.join(room, "Julia")
    await expect(his.page.locator("#room-head .meta")).to_contain_text("2 people")
    await his.say("for @Julia")
    await hers.sees("Romeo: for @Julia")
    await his.say("Good nigth")
    await hers.sees("Romeo: Good nigth")
    await ours.corrects(his, "Good nigth", "Good night")
    await hers.sees(r"\+ Romeo: Good night")
    await hers.type("Thou knowst")
    await his.sees("Thou knowst")
    await hers.type("/correct Thou knowest")
    await ours.sees_corrected(his, "Thou knowst", "Thou knowest")
    await ours.replies(his, "Thou knowest", "the mask of night")
    await hers.sees(r"> Thou knowest\s+the mask of night")
    await ours.sends_picture(his)
    await hers.sees(f"http://.*/{ours.PICTURE}")
    (tmp_path / "hers.png").write_bytes(samples.picture(size=(320, 200)))
    await hers.send_file(tmp_path / "hers.png")
    await ours.sees_picture(his)
    await ours.looks_away(his)
    await hers.type("hear me, Romeo")
    await ours.is_named(his, name)
