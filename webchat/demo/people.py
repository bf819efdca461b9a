"""This room makes the demo people known to the site before they log in: everybody may read their blogs."""

import secrets
from collections.abc import Mapping, Sequence

from webchat.config import Settings
from webchat.db.engine import Database
from webchat.posts.store.public import set_public
from webchat.session import store
from webchat.xmpp import jid as jids


async def introduce(variables: Mapping[str, str], people: Sequence[str]) -> None:
    """Make accounts with public pages for whoever of these bare JIDs never signed in here.

    variables  the environment of the site; its database is up to date
    """
    database = Database(Settings.from_env(variables).database_url)
    try:
        async with database.write() as db:
            for jid in people:
                if await store.account_by_jid(db, jid) is None:
                    account = await store.ensure_account(db, jid, f"webchat.{secrets.token_hex(4)}", "")
                    await set_public(db, account.id, jids.local(jid), public=True)
    finally:
        await database.close()
