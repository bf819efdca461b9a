"""This room breaks things in the middle of a chat: the server, the site, a login."""

from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.prosody import Account, Lab
from tests.lab.site import Site
from tests.lab.visitor import Visitor, eventually


async def test_the_server_restarts(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    """What was said meanwhile is there afterwards, once (R04)."""
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    hers = await peer(juliet)
    await his.say(juliet, "before")
    await hers.hears_body("before")
    await prosody.stop()
    # What is written into the break waits and goes out afterwards.
    await his.say(juliet, "into the break")
    await prosody.start()
    hers = await peer(juliet, "again")
    hers.send(romeo.jid, "after")
    await his.sees(juliet, "after")
    await his.sees_state(juliet, "into the break", "Sent")
    await his.say(juliet, "and on")
    await hers.hears_body("and on")

    archived = [one.body for one in await hers.archive(romeo.jid)]
    assert sorted(archived) == ["after", "and on", "before", "into the break"]

    await _shows(his, juliet, archived)


async def _shows(who: Visitor, other: Account, wanted: list[str]) -> None:
    """Wait until the chat shows exactly these texts in this order."""
    found: list[str] = []

    async def same() -> bool:
        found[:] = [row.text for row in await who.everything(other)]
        return found == wanted

    try:
        await eventually(same)
    except AssertionError:
        assert found == wanted


async def test_the_server_is_killed(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    """The same when it had no time to say goodbye (R04)."""
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    hers = await peer(juliet)
    await his.say(juliet, "before")
    await hers.hears_body("before")
    await prosody.kill()
    for number in range(5):
        await his.say(juliet, f"into the dark {number}")
    await prosody.start()
    hers = await peer(juliet, "again")

    async def all_there() -> list[str]:
        bodies = [one.body for one in await hers.archive(romeo.jid)]
        return bodies if len(bodies) >= 6 else []

    assert await eventually(all_there) == ["before", *(f"into the dark {number}" for number in range(5))]


async def test_the_site_is_killed_just_after_a_message_was_accepted(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor, site: Site
) -> None:
    """It is sent, once (R03)."""
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    hers = await peer(juliet)
    for number in range(3):
        await his.say(juliet, f"round {number}")
        await site.kill()
        await site.start()
        # Nobody logs in again: the cookie brings the session back.
        await his.sees_state(juliet, f"round {number}", "Sent")
        await hers.hears_body(f"round {number}")
    wanted = [f"round {number}" for number in range(3)]
    assert [one.body for one in await hers.archive(romeo.jid)] == wanted
    assert [row.text for row in await his.rows(juliet)] == wanted


async def test_the_site_is_killed_while_messages_come_in(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor, site: Site
) -> None:
    """All of them are there afterwards, once and in order (R02)."""
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    hers = await peer(juliet)
    wanted = [f"line {number}" for number in range(90)]
    for number, line in enumerate(wanted):
        hers.send(romeo.jid, line)
        if number in (30, 60):
            await hers.round_trip()
            await site.kill()
            await site.start()
    await his.sees(juliet, wanted[-1])

    async def all_there() -> list[str]:
        texts = [row.text for row in await his.everything(juliet)]
        return texts if len(texts) >= len(wanted) else []

    assert await eventually(all_there) == wanted
    await his.sees_unread(juliet, len(wanted))


async def test_a_session_comes_back_by_itself_after_a_restart(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor, site: Site
) -> None:
    """Nobody has to log in again (R11)."""
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await visitor(romeo)
    await site.restart()
    hers = await peer(juliet)
    async with his.stream(juliet.path) as frames:
        hers.send(romeo.jid, "Art thou gone so?")
        await frames.until(lambda text: "Art thou gone so?" in text)


async def test_only_while_i_am_here_keeps_nothing(prosody: Lab, visitor: OpenVisitor, site: Site) -> None:
    (romeo,) = prosody.add("romeo")
    his = await visitor(romeo, only_here="1")
    assert (await his.http.get("/chats")).status_code == 200
    await site.restart()
    answer = await his.http.get("/chats")
    assert answer.status_code == 303
    assert "/login" in answer.headers["location"]


async def test_logging_out_ends_it(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor, site: Site) -> None:
    (romeo,) = prosody.add("romeo")
    his = await visitor(romeo)
    cookies = dict(his.http.cookies)
    await his.post("/logout")
    his.http.cookies.update(cookies)
    assert (await his.http.get("/chats")).status_code == 303
    await site.restart()
    assert (await his.http.get("/chats")).status_code == 303


async def test_wrong_password_is_told_from_unknown_host(
    prosody: Lab, visitor: OpenVisitor, site: Site
) -> None:
    (romeo,) = prosody.add("romeo")
    his = await visitor(romeo)
    wrong = await his.http.post("/login", data={"jid": romeo.jid, "password": "balcony"})
    nowhere = await his.http.post("/login", data={"jid": "romeo@verona.invalid", "password": "balcony"})
    assert wrong.status_code != 303
    assert nowhere.status_code != 303
    assert romeo.jid in wrong.text
    assert _alert(wrong.text) != _alert(nowhere.text)


def _alert(page: str) -> str:
    return page.partition('role="alert"')[2].partition("</p>")[0]
