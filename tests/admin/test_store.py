"""Who is signed in, asked of both databases."""

from pathlib import Path

import pytest

from tests.lab.databases import KINDS, empty_database
from webchat.admin import store
from webchat.db.base import Base
from webchat.session import store as accounts

ROMEO, TYBALT = "romeo@montague.example", "tybalt_o@capulet.example"


@pytest.mark.parametrize("kind", KINDS)
async def test_addresses_with_a_login_are_counted_and_found(kind: str, tmp_path: Path) -> None:
    async with empty_database(kind, tmp_path, Base.metadata) as database:
        async with database.write() as db:
            for jid, logins in ((ROMEO, 2), (TYBALT, 1), ("juliet@capulet.example", 0)):
                account = await accounts.ensure_account(db, jid, "webchat", "SCRAM-SHA-256")
                for number in range(logins):
                    await accounts.add_login(
                        db, f"{jid}{number}", account.id, device="Firefox", keep=True, sealed=None
                    )
        async with database.read() as db:
            assert await store.signed_in(db) == (2, 3)
            found = await store.present(db, "", 10)
            assert [(each.jid, each.browsers) for each in found] == [(TYBALT, 1), (ROMEO, 2)]
            assert all(each.since <= each.last_used_at for each in found)
            assert [each.jid for each in await store.present(db, "t_o@", 10)] == [TYBALT]
            assert await store.present(db, "%", 10) == []
            assert len(await store.present(db, "", 1)) == 1
