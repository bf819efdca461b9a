"""This room holds dialogues with a client that is not ours: messages, receipts, marks, typing, carbons."""

from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.prosody import OLDER, Lab
from tests.lab.visitor import eventually


async def test_a_message_goes_out_as_it_was_typed(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await visitor(romeo)
    text = "But soft!\nWhat light… <b>&amp; 🌙 \N{RIGHT-TO-LEFT OVERRIDE}"
    await his.say(juliet, text)
    heard = await hers.hears_body(text)
    assert heard.sender.startswith(f"{romeo.jid}/")
    assert heard.origin_id == heard.id != ""
    assert heard.wants_receipt
    assert heard.markable


async def test_a_message_comes_in_once_and_counts(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await visitor(romeo)
    hers.send(romeo.jid, "Ay me!")
    row = await his.sees(juliet, "Ay me!")
    assert not row.mine
    await his.sees_unread(juliet, 1)
    assert [row.text for row in await his.rows(juliet)] == ["Ay me!"]


async def test_the_stream_carries_the_row_itself(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await visitor(romeo)
    async with his.stream(juliet.path) as frames:
        hers.send(romeo.jid, "O Romeo, Romeo!")
        # A line about it, for the desktop notice, and its line in the list may come first.
        frame = await frames.until(lambda text: "O Romeo, Romeo!" in text and 'class="message' in text)
    assert "<hx-partial" in frame


async def test_sent_delivered_read(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await visitor(romeo)
    await his.say(juliet, "Lady, by yonder blessed moon I swear")
    heard = await hers.hears_body("Lady, by yonder blessed moon I swear")
    await his.sees_state(juliet, heard.body, "Sent")
    hers.confirm(romeo.jid, heard.id)
    await his.sees_state(juliet, heard.body, "Delivered")
    hers.display(romeo.jid, heard.id)
    await his.sees_state(juliet, heard.body, "Read")


async def test_we_confirm_delivery(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    await visitor(romeo)
    id = hers.send(romeo.jid, "Wherefore art thou Romeo?")
    await hers.hears_receipt(id)


async def test_strangers_learn_nothing(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    (romeo,), (tybalt,) = prosody.add("romeo"), prosody.add("tybalt")
    his = await visitor(romeo)
    enemy = await peer(tybalt)
    enemy.send(romeo.jid, "Thou art a villain.")
    await his.sees(tybalt, "Thou art a villain.")
    await his.sees_unread(tybalt, 1)
    await enemy.round_trip()
    assert not [heard for heard in enemy.heard if heard.receipt or heard.displayed]


async def test_another_client_of_ours_says_something(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    phone = await peer(romeo, "phone")
    phone.send(juliet.jid, "From the orchard.")
    row = await his.sees(juliet, "From the orchard.")
    assert row.mine
    assert await his.unread(juliet) == 0


async def test_what_we_say_reaches_our_other_client(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    phone = await peer(romeo, "phone")
    his = await visitor(romeo)
    await his.say(juliet, "From the desk.")
    heard = await phone.hears_body("From the desk.")
    assert heard.carbon == "sent"


async def test_two_who_both_use_the_site(prosody: Lab, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his, hers = await visitor(romeo), await visitor(juliet)
    await his.say(juliet, "I would I were thy bird.")
    await hers.sees(romeo, "I would I were thy bird.")
    await his.sees_state(juliet, "I would I were thy bird.", "Delivered")
    await hers.say(romeo, "Sweet, so would I.")
    await his.sees(juliet, "Sweet, so would I.")


async def test_a_message_to_nobody_comes_back(prosody: Lab, visitor: OpenVisitor) -> None:
    (romeo,) = prosody.add("romeo")
    (rosaline,) = prosody.add("rosaline")
    his = await visitor(romeo)
    nobody = type(rosaline)(f"nobody-{rosaline.jid}", "", "Nobody")
    await his.say(nobody, "Is anybody there?")
    row = await his.sees_state(nobody, "Is anybody there?", "Not sent")
    assert "Retry" in row.state


async def test_a_server_with_the_older_mechanism(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet", domain=OLDER)
    hers = await peer(juliet)
    his = await visitor(romeo)
    await his.say(juliet, "From Mantua.")
    await hers.hears_body("From Mantua.")


async def test_typing_is_told_while_it_lasts(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await visitor(romeo)

    async def words() -> str:
        page = await his.page(juliet.path)
        return "".join(part.text_content() for part in page.cssselect(".typing")).strip()

    async def typing() -> bool:
        # Servers keep typing notices back from a client whose user looks elsewhere (XEP-0352).
        hers.compose(romeo.jid)
        return "Juliet" in await words()

    async def silence() -> bool:
        return not await words()

    await eventually(typing)
    hers.compose(romeo.jid, "paused")
    await eventually(silence)
