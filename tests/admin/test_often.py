"""What several people blocked on their own is shown to the operator, counted; what one did is not."""

from pathlib import Path

from tests.admin.test_pages import page, text
from tests.web.site import PASSWORD, running
from webchat.app import SLICES
from webchat.xmpp.events import BlocklistReceived

ROMEO, JULIET, NURSE = "romeo@verona.example", "juliet@verona.example", "nurse@verona.example"
TYBALT, PRINCE, PARIS = "tybalt@capulet.example", "mantua.example", "paris@verona.example"


async def test_an_operator_reads_how_many_blocked_somebody_and_not_who(tmp_path: Path) -> None:
    async with running(tmp_path, SLICES, admins=ROMEO) as site:
        romeo, _ = await site.signed_in(ROMEO)
        for jid, blocked in (
            (JULIET, (TYBALT, PRINCE, PARIS, ROMEO, "peter@capulet.example")),
            (NURSE, (TYBALT, PRINCE, PARIS, ROMEO, "verona.example", f"{TYBALT}/seat")),
            ("friar@verona.example", (TYBALT, "verona.example", f"{TYBALT}/seat")),
        ):
            _, session = await site.sessions.login(jid, PASSWORD, keep=True)
            await session.handled(BlocklistReceived(blocked, whole=True))
        async with romeo:
            part = (await page(romeo, "/admin")).cssselect("#admin-often")[0]
            rows = [text(row) for row in part.cssselect("li")]
            assert [row.partition(" ")[0] for row in rows] == [TYBALT, PRINCE, PARIS]
            assert "3 people here have blocked it" in rows[0]
            assert "everybody of this server" in rows[1]
            assert not {JULIET, NURSE} & set(text(part).split())
            asked = await page(romeo, part.cssselect("li a")[0].get("href"))
            assert asked.cssselect("#hides[checked]")
            await romeo.post("/admin/block", data={"who": "capulet.example", "hides": "1"})
            left = (await page(romeo, "/admin")).cssselect("#admin-often .device bdi")
            assert [one.text for one in left] == [PRINCE, PARIS]
