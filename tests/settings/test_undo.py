"""What was changed can be put back: later, after a restart, and never over something newer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tests.lab.inside import Browser
from tests.lab.people import JULIET, Person
from tests.settings.home import Home
from tests.web.site import Site, field, running
from webchat.app import SLICES
from webchat.db.base import now
from webchat.errors import XmppError
from webchat.session.registry import Sessions
from webchat.settings import commands, store
from webchat.settings.models import FormerChoice
from webchat.xmpp.entries import MICROBLOG

PATH = "/configuration/preferences"
ARCHIVE = "/configuration/archive"
TYBALT = "tybalt@capulet.example"


@pytest.fixture
def home(romeo: Person) -> Home:
    """Romeo's server."""
    made = Home()
    romeo.client.request = made.request  # type: ignore[method-assign]
    return made


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """The whole site."""
    async with running(tmp_path, SLICES) as made:
        yield made


async def changed(web: Browser, path: str, **fields: str) -> str:
    """Send a form; the name that the page after it offers to undo it by."""
    page = await web.get((await web.post(path, fields)).headers["location"])
    (box,) = page.cssselect(".saved input[name=change]")
    return str(box.get("value"))


async def undone(web: Browser, change: str, status: int = 303) -> str:
    """Press Undo; what the page says then."""
    page = await web.post_page(f"{PATH}/undo", {"change": change}, status) if status != 303 else None
    if page is None:
        answer = await web.post(f"{PATH}/undo", {"change": change})
        page = await web.get(answer.headers["location"])
    return " ".join(one.text_content() for one in page.cssselect("[role=alert]"))


async def test_it_survives_a_restart_of_the_site(site: Site) -> None:
    browser, me = await site.signed_in()
    async with browser:
        await browser.post("/configuration/theme", data={"theme": "light"})
        answer = await browser.post("/configuration/theme", data={"theme": "dark"})
        await site.sessions.stop()
        given = (site.sessions.database, site.app.state.behaviour, site.connector, site.settings.secret_key)
        site.sessions = site.app.state.sessions = Sessions(*given)  # type: ignore[arg-type]
        page = (await browser.get(answer.headers["location"])).text
        assert 'data-theme="dark"' in page
        await browser.post(f"{PATH}/undo", data={"change": field(page, "change")})
        assert 'data-theme="light"' in (await browser.get("/chats")).text
    assert site.sessions.running[0] is not me.session


async def test_what_was_chosen_later_stays(romeo: Person, web: Browser, home: Home) -> None:
    given = {"theme": "dark", "size": "large"}
    first = await changed(web, PATH, **given)
    await web.post("/configuration/theme", {"theme": "contrast"})
    await undone(web, first)
    assert romeo.session.preferences["theme"] == "contrast"
    assert "size" not in romeo.session.preferences
    second = await changed(web, "/configuration/theme", theme="light")
    await web.post("/configuration/theme", {"theme": "dark"})
    assert "newer choice stays" in await undone(web, second, 422)
    assert romeo.session.preferences["theme"] == "dark"
    assert "nothing to undo" in await undone(web, second)


@pytest.mark.parametrize(
    ("path", "first", "then"),
    [
        (ARCHIVE, {"default": "never"}, {"default": "roster"}),
        (f"{ARCHIVE}/exceptions", {"jid": JULIET, "where": "never"}, {"jid": JULIET, "where": "always"}),
        ("/configuration/readers", {"access": "presence"}, {"access": "open"}),
        ("/configuration/public", {"public": "1", "nickname": "romy"}, {"public": "1", "nickname": "ro"}),
    ],
)
async def test_at_the_server_too(
    romeo: Person, web: Browser, home: Home, path: str, first: dict[str, str], then: dict[str, str]
) -> None:
    home.access[MICROBLOG] = "open"
    change = await changed(web, path, **first)
    newer = await changed(web, path, **then)
    before = state(home)
    assert "newer choice stays" in await undone(web, change, 422)
    assert state(home) == before
    assert not await undone(web, newer)
    if "public" not in path:
        assert state(home) != before


def state(home: Home) -> tuple[object, ...]:
    """What the server has."""
    return home.prefs.get("default"), home.kept("always"), home.kept("never"), home.access[MICROBLOG]


async def test_a_server_that_is_away_can_be_asked_again(romeo: Person, web: Browser, home: Home) -> None:
    change = await changed(web, ARCHIVE, default="never")
    romeo.client.request = silent  # type: ignore[method-assign, assignment]
    assert "does not answer" in await undone(web, change, 422)
    romeo.client.request = home.request  # type: ignore[method-assign]
    assert not await undone(web, change)
    assert home.prefs.get("default") == "always"


async def silent(kind: str, payload: object, to: str = "", timeout: float = 20) -> object:
    """Nothing comes back."""
    raise XmppError("remote-server-timeout")


async def test_for_a_day_and_the_last_twenty(romeo: Person, web: Browser, home: Home) -> None:
    change = await changed(web, "/configuration/theme", theme="dark")
    for n in range(store.MOST + 3):
        await commands.choose(romeo.session, {"size": ("large", "small")[n % 2]})
    async with romeo.session.work() as work:
        assert await work.db.scalar(select(func.count()).select_from(FormerChoice)) == store.MOST
        await work.db.execute(update(FormerChoice).values(created_at=now() - store.LASTS))
    assert "nothing to undo" in await undone(web, change)
    last = await changed(web, "/configuration/theme", theme="light")
    async with romeo.session.work() as work:
        assert await work.db.scalar(select(func.count()).select_from(FormerChoice)) == 1
        await work.db.execute(update(FormerChoice).values(created_at=now() - store.LASTS))
    page = await web.get(f"{PATH}?saved={last}")
    assert page.cssselect(".saved")
    assert not page.cssselect(".saved button")


async def test_nobody_undoes_for_somebody_else(site: Site) -> None:
    romeo, me = await site.signed_in()
    juliet, _ = await site.signed_in("juliet@example.org")
    async with romeo, juliet:
        answer = await romeo.post("/configuration/theme", data={"theme": "dark"})
        change = answer.headers["location"].partition("saved=")[2]
        assert "over=1" in (await juliet.post(f"{PATH}/undo", data={"change": change})).headers["location"]
    assert me.session.preferences["theme"] == "dark"


async def test_what_is_as_it_was_is_no_change(romeo: Person, web: Browser, home: Home) -> None:
    await web.post("/configuration/theme", {"theme": "dark"})
    page = await web.get((await web.post("/configuration/theme", {"theme": "dark"})).headers["location"])
    assert page.cssselect(".saved")
    assert not page.cssselect(".saved button")


async def test_two_changes_at_once_lose_nothing(romeo: Person) -> None:
    await asyncio.gather(*(romeo.session.prefer({f"key{n}": "on"}) for n in range(9)))
    assert len(romeo.session.preferences) == 9


async def test_exceptions_are_added_moved_and_removed(romeo: Person, web: Browser, home: Home) -> None:
    """XEP-0441 §3: the whole lists are written, and what stands in them is kept."""
    way = f"{ARCHIVE}/exceptions"
    await web.post(way, {"jid": JULIET, "where": "always"})
    await web.post(way, {"jid": f" xmpp:{TYBALT.upper()}/phone", "where": "always"})
    assert home.kept("always") == [JULIET, TYBALT]
    await web.post(way, {"jid": TYBALT, "where": "never"})
    assert (home.kept("always"), home.kept("never")) == ([JULIET], [TYBALT])
    page = await web.get(PATH)
    words = [one.text_content() for one in page.cssselect("#exceptions li bdi")]
    assert words == [JULIET, TYBALT]
    await web.post(way, {"jid": TYBALT})
    assert home.kept("never") == []
    for wrong in ("", "capulet.example", "@@", "a" * 4000):
        page = await web.post_page(way, {"jid": wrong, "where": "never"}, 422)
        (box,) = page.cssselect("#exception-jid[aria-invalid]")
        assert box.get("value") == wrong[:200]
        assert page.cssselect("#exception-error")[0].text_content().strip()
    assert home.prefs.get("default") == "always"
