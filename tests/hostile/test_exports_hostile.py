"""This room proves that what one takes along is inert when it is opened from a disk (H06, H13)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import html

from tests.hostile.payloads import payloads, public
from tests.lab.databases import KINDS, empty_database
from tests.lab.people import JULIET, ROMEO, Person, signed_in
from tests.posts.service import item
from webchat.account.show import exports
from webchat.account.store import Said
from webchat.app import SLICES, create_app
from webchat.config import Settings
from webchat.db.base import Base
from webchat.posts import store
from webchat.web.templates import partial
from webchat.xmpp.entries import MICROBLOG, PostItem

EVERY = [*payloads(), *public()]
MADE_BY_US = frozenset(
    ["html", "head", "meta", "title", "body", "h1", "h2", "p", "div", "time", "b", "blockquote", "pre"]
)


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> None:
    """Templates are installed."""
    create_app(Settings.from_env({"WEBCHAT_DATA_DIR": str(tmp_path)}))


def said(number: int, one: str) -> Said:
    """A message in which all that is foreign is this."""
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return Said(number, one[:80], "chat", one[:80], False, moment, one, "", None, (one,))


def test_h13_the_file_of_messages_is_inert() -> None:
    """Nothing may load or run in it, by its own policy; and there is no element but ours."""
    page = partial("account/exported.html", "en", jid=EVERY[0], moment=datetime(2026, 3, 1, tzinfo=UTC))
    rows = [said(number, one) for number, one in enumerate(EVERY)]
    head, _, tail = page.partition("<!-- messages -->")
    whole = head + partial("account/_exported.html", "en", rows=rows, before="") + tail
    tree = html.document_fromstring(whole.replace("\0", ""))
    (policy,) = tree.cssselect("meta[http-equiv]")
    assert policy.get("content") == "default-src 'none'"
    assert {str(each.tag) for each in tree.iter()} == MADE_BY_US
    foreign = {name for each in tree.cssselect("body")[0].iter() for name in each.keys()}  # noqa: SIM118
    assert foreign <= {"id", "datetime"}


async def test_h13_the_files_of_data_are_whole(tmp_path: Path) -> None:
    """JSON and XML end where we say, whatever stands in a message or a post; what is broken is left out."""
    async with (
        empty_database(KINDS[0], tmp_path, Base.metadata) as database,
        signed_in(database, ROMEO, SLICES) as romeo,
    ):
        await keep(romeo)
        made = {}
        for name in ("messages.json", "posts.atom"):
            pieces = exports.KINDS[name][1](database, romeo.session, "en")
            made[name] = "".join([piece async for piece in pieces])
    assert json.loads(made["messages.json"]) == []
    feed = ElementTree.fromstring(made["posts.atom"])  # noqa: S314 (our own)
    assert [each.tag for each in feed][-2:] == ["entry", "entry"]
    assert JULIET not in made["posts.atom"]


async def keep(romeo: Person) -> None:
    """Posts of Romeo: whole, broken, one that would end the feed, and one of somebody else."""
    via = "montague.example"
    sources = ("<entry>a</entry>", "<entry>b</entry>", "</feed><script/>", "<entry>&lt;", "<a/><b/>")
    async with romeo.session.work() as work:
        for number, source in enumerate(sources):
            post = item(f"p{number}", "Hark", publisher=ROMEO)
            await store.record(work.db, via, ROMEO, MICROBLOG, PostItem(post.item, ROMEO, post.entry, source))
        other = item("other", "Hark", publisher=JULIET)
        await store.record(
            work.db, via, JULIET, MICROBLOG, PostItem("o", JULIET, other.entry, f"<entry>{JULIET}</entry>")
        )
