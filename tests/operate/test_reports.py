"""Reports on the command line: listed, shown whole, closed; and blocks that hide what somebody publishes."""

import json
from collections.abc import Awaitable, Callable

from tests.operate.test_admin import JULIET, ROMEO, TYBALT, site, typed
from webchat.posts import store as posts
from webchat.session import complaints
from webchat.session.complaints import Told
from webchat.session.registry import Sessions
from webchat.xmpp.entries import MICROBLOG, Entry, PostItem, Ref

assert site, typed
Typed = Callable[..., Awaitable[tuple[int, str]]]


async def tell(site: Sessions, told: Told) -> None:
    """Juliet reports."""
    account_id = next(each.account_id for each in site.running if each.jid == JULIET)
    async with site.database.write() as db:
        await complaints.add(db, account_id, told)


async def test_reports_are_listed_shown_and_closed(site: Sessions, typed: Typed) -> None:
    assert await typed("admin", "reports") == (0, "number  about  reason  who  since\n0 reports.\n")
    said = "Thou art\na villain \x1b[31m"
    await tell(site, Told("message", "7", TYBALT, TYBALT, said, "abuse", "He threatens"))
    status, listed = await typed("admin", "reports")
    assert (status, "1 report." in listed) == (0, True)
    assert listed.splitlines()[1].split()[:4] == ["1", "message", "abuse", TYBALT]
    assert JULIET not in listed
    status, shown = await typed("admin", "reports", "show", "1")
    assert status == 0
    assert f"reported by:  {JULIET}" in shown
    assert "a villain" in shown
    assert "He threatens" in shown
    assert "\x1b" not in shown, "a terminal is not told anything by what people wrote"
    status, told = await typed("admin", "reports", "show", "1", "--json")
    assert json.loads(told)[0]["said"] == said
    assert json.loads((await typed("admin", "stats", "--json"))[1])["open_reports"] == 1
    assert await typed("admin", "reports", "close", "1") == (
        0,
        "Report 1 is closed; who told it is forgotten.\n",
    )
    (closed,) = json.loads((await typed("admin", "reports", "--closed", "--json"))[1])
    assert (closed["reported_by"], closed["closed"] is not None) == ("", True)
    assert json.loads((await typed("admin", "reports", "--json"))[1]) == []


async def test_what_is_no_report_gets_a_sentence(site: Sessions, typed: Typed) -> None:
    assert await typed("admin", "reports", "show", "9") == (1, "There is no report 9.\n")
    assert await typed("admin", "reports", "close", "9") == (1, "There is no open report 9.\n")
    status, said = await typed("admin", "reports", "close")
    assert (status, "Say which" in said) == (1, True)


async def test_a_block_can_hide_what_somebody_publishes(site: Sessions, typed: Typed) -> None:
    ref = Ref(TYBALT, MICROBLOG, "duel")
    async with site.database.write() as db:
        post = PostItem("duel", TYBALT, Entry(title="A duel"))
        await posts.record(db, "example.org", TYBALT, MICROBLOG, post)
    status, said = await typed("admin", "block", "capulet.example", "--hide")
    assert (status, said) == (
        0,
        "The domain capulet.example cannot log in any more. Signed out: 1 account.\n"
        "What it publishes is not shown here any more. Deleted here: 1 item.\n",
    )
    async with site.database.read() as db:
        assert await posts.one(db, "example.org", ref) is None
    assert "hidden" in (await typed("admin", "blocked"))[1]
    assert (await typed("admin", "block", ROMEO))[0] == 0
    found = {one["who"]: one["hidden"] for one in json.loads((await typed("admin", "blocked", "--json"))[1])}
    assert found == {"capulet.example": True, ROMEO: False}
