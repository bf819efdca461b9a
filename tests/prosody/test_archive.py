"""This room holds dialogues on what was said while nobody looked: catch-up, order, read marks."""

from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.prosody import Lab
from tests.lab.site import Site
from tests.lab.visitor import Row, Visitor, eventually


async def test_what_was_said_before_the_first_login(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    hers.send(romeo.jid, "What's in a name?")
    await phone.hears_body("What's in a name?")
    phone.send(juliet.jid, "Call me but love.")
    await hers.hears_body("Call me but love.")
    his = await visitor(romeo)
    await his.sees(juliet, "Call me but love.")
    rows = await his.rows(juliet)
    assert [(row.text, row.mine) for row in rows] == [
        ("What's in a name?", False),
        ("Call me but love.", True),
    ]


async def test_a_long_history_can_be_paged_back_without_scripts(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    said = [f"line {number}" for number in range(230)]
    for line in said:
        hers.send(romeo.jid, line)
    await hers.round_trip()
    his = await visitor(romeo)
    await his.sees(juliet, said[-1])

    async def all_of_it() -> list[str]:
        texts = [row.text for row in await his.everything(juliet)]
        return texts if len(texts) >= len(said) else []

    assert await eventually(all_of_it) == said


async def test_a_thousand_messages_while_the_site_is_down(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor, site: Site
) -> None:
    """They are fetched whole, once and in their order (R10)."""
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    his = await visitor(romeo)
    hers, friend = await peer(juliet), await peer(mercutio)
    hers.send(romeo.jid, "before")
    await his.sees(juliet, "before")
    await his.sees_unread(juliet, 1)
    await site.kill()
    for number in range(1000):
        hers.send(romeo.jid, f"hers {number}")
        if number % 10 == 0:
            friend.send(romeo.jid, f"his {number}")
    await hers.round_trip()
    await friend.round_trip()
    await site.start()

    await his.sees(juliet, "hers 999")
    await his.sees_unread(juliet, 1001)
    await his.sees_unread(mercutio, 100)
    rows = await his.everything(juliet)
    assert [row.text for row in rows] == ["before", *(f"hers {number}" for number in range(1000))]
    assert [row.text for row in await his.everything(mercutio)] == [f"his {n}" for n in range(0, 1000, 10)]


async def test_a_failed_message_that_was_removed_stays_away(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor, site: Site
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    nobody = type(juliet)(f"nobody-{juliet.jid}", "", "Nobody")
    phone, his = await peer(romeo, "phone"), await visitor(romeo)
    await his.say(nobody, "Is anybody there?")
    row = await his.sees_state(nobody, "Is anybody there?", "Not sent")
    await his.post(f"/messages/{row.id.removeprefix('message-')}/delete")
    assert await his.rows(nobody) == []
    await site.kill()
    phone.send(juliet.jid, "Is she there?")
    await phone.round_trip()
    await site.start()
    await his.sees(juliet, "Is she there?")
    assert await his.rows(nobody) == []


async def test_the_order_is_the_archives(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor, site: Site
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    await his.say(juliet, "first")
    await hers.hears_body("first")
    await site.kill()
    for number in range(20):
        hers.send(romeo.jid, f"hers {number}")
        await phone.hears_body(f"hers {number}")
        phone.send(juliet.jid, f"his {number}")
        await hers.hears_body(f"his {number}")
    await site.start()
    await his.say(juliet, "last")
    await hers.hears_body("last")

    wanted = [one.body for one in await phone.archive(juliet.jid)]

    async def all_of_it() -> list[Row]:
        rows = await his.everything(juliet)
        return rows if len(rows) >= len(wanted) else []

    assert [row.text for row in await eventually(all_of_it)] == wanted


async def test_read_on_the_phone_is_read_here(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    first, second = hers.send(romeo.jid, "one"), hers.send(romeo.jid, "two")
    hers.send(romeo.jid, "three")
    await his.sees_unread(juliet, 3)
    phone.display(juliet.jid, second)
    await his.sees_unread(juliet, 1)
    # A mark never moves backwards.
    phone.display(juliet.jid, first)
    await phone.round_trip()
    hers.send(romeo.jid, "four")
    await his.sees_unread(juliet, 2)


async def test_read_here_is_read_everywhere(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    hers = await peer(juliet)
    id = hers.send(romeo.jid, "Good night, good night!")
    row = await his.sees(juliet, "Good night, good night!")
    await _displayed(his, juliet.jid, row)
    await his.sees_unread(juliet, 0)
    await hers.hears_displayed(id)


async def _displayed(who: Visitor, jid: str, row: Row) -> None:
    """Say what a script says when a row has been looked at."""
    number = row.id.rpartition("-")[2]
    answer = await who.http.post(f"/conversations/{jid}/displayed", data={"id": number})
    assert answer.status_code in (204, 303), answer.text[:500]
