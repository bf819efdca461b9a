"""This room knocks at every route there is: without a login, by odd methods, and to see what it changes."""

import re
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message

from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import COOKIE, app_for
from tests.lab.people import JULIET, ROMEO, Person, signed_in
from webchat import pictures
from webchat.app import SLICES
from webchat.db.base import Base
from webchat.egress import Guard
from webchat.media.fetch import Fetcher
from webchat.uploads.commands import Media
from webchat.uploads.store import Cache
from webchat.web import forms
from webchat.web.request import PUBLIC_PATHS, login_cookie

SAMPLES = {
    "jid": JULIET, "service": "pubsub.capulet.example", "node": "cats", "item": "one", "id": "1", "name": "x",
    "token": "x", "sha1": "0" * 40, "hash": "0", "kind": "chats", "key": "x", "tag": "rose",
    "what": "messages.json", "domain": "capulet.example", "room": "verona@rooms.capulet.example",
}  # fmt: skip
OPEN = {"/", "/login", "/logout", "/livez", "/readyz", "/csp-report", "/manifest.webmanifest"}
OPEN |= {"/worker.js", "/offline", "/version", "/about", "/about/source.tar.gz", "/statistics.json"}
OPEN |= {"/.well-known/nodeinfo", "/nodeinfo/2.1"}
"""What answers everybody; most of it is asked by machines."""

BY_LOOKING = {"news_read", "notification", "post_readers", "sqlite_sequence"}
"""Tables that say what was looked at: that is what looking changes."""

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
ODD = ("DELETE", "__CLASS__")


async def nowhere(_: str) -> None:
    """No name leads anywhere."""


class House:
    """The site with its routes, and somebody who has a login."""

    def __init__(self, romeo: Person, folder: Path, **environ: str) -> None:
        self.romeo = romeo
        self.app = app_for(romeo, folder, **environ)
        self.app.state.sessions.database = self.app.state.database
        self.app.state.media = Media(Fetcher(Guard(), nowhere), Cache(folder / "media"), 1_000_000)
        site = self.app.state.settings
        transport = httpx.ASGITransport(self.app)
        # A cookie by hand: an answer of /logout takes none away.
        self._cookie = {"cookie": f"{login_cookie(site)}={COOKIE}"}
        headers = {"origin": site.base_url.origin, "accept-language": "en"}
        self._client = httpx.AsyncClient(transport=transport, base_url=site.base_url.origin, headers=headers)

    def paths(self, method: str) -> list[str]:
        """The address of every route that has this method."""
        found = []
        for route in self.app.routes:
            assert isinstance(route, Route)
            if method in (route.methods or {"GET"}):
                found.append(PARAMETER.sub(lambda one: SAMPLES.get(one[1], "x"), route.path))
        return found

    async def ask(self, method: str, path: str, *, cookie: bool) -> httpx.Response:
        """The answer, with or without a login."""
        return await self._client.request(method, path, headers=self._cookie if cookie else {})

    async def tables(self) -> dict[str, str]:
        """A hash of what stands in each table."""
        async with self.romeo.session.read() as db:
            names = await db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            found = {}
            for name in set(names) - BY_LOOKING:
                rows = await db.execute(text(f'SELECT * FROM "{name}"'))  # noqa: S608 (names of tables)
                found[name] = sha256(repr(rows.all()).encode()).hexdigest()
        return found


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Romeo's site, whose server does not answer."""
    async with (
        empty_database(KINDS[0], tmp_path, Base.metadata) as database,
        signed_in(database, ROMEO, SLICES) as romeo,
    ):
        romeo.client.connected = False
        yield House(romeo, tmp_path)


def is_public(path: str) -> bool:
    """Whether everybody may ask for it."""
    return path in OPEN or path.startswith((*PUBLIC_PATHS, "/static/", "/probe/"))


async def test_w16_nothing_without_a_login(house: House) -> None:
    """Every page leads to the login or is not there; every form does nothing."""
    before = await house.tables()
    for method in ("GET", "POST"):
        for path in house.paths(method):
            if path.startswith("/stream/"):
                continue  # it says so in its own way (W14)
            answer = await house.ask(method, path, cookie=False)
            if is_public(path):
                assert answer.status_code in (200, 204, 303, 403, 404, 422), path
            elif answer.status_code == 303:
                # To the login, or to a page that leads there.
                assert answer.headers["location"].startswith(("/login", "/chats", "/conf", "/share/")), path
            else:
                # 422: the form is read first, and what it asks for is then done for nobody.
                assert answer.status_code in (401, 403, 404, 422), (method, path, answer.status_code)
            assert "set-cookie" not in answer.headers or path == "/login" or method == "POST", path
    assert await house.tables() == before


async def test_w08_w13_reading_changes_nothing_and_is_kept_by_nobody(house: House) -> None:
    """As somebody with a login: no page is an error, none may lie in a cache that others are served from."""
    before = await house.tables()
    for path in house.paths("GET"):
        if path.startswith("/stream/"):
            continue
        answer = await house.ask("GET", path, cookie=True)
        assert answer.status_code < 500 or answer.status_code in (502, 503), path
        kept = answer.headers["cache-control"]
        assert is_public(path) or "no-store" in kept or "private" in kept, (path, kept)
    assert await house.tables() == before


async def test_w16_odd_methods_find_nothing(house: House) -> None:
    """No route hears a method that it does not name."""
    for path in {*house.paths("GET"), *house.paths("POST")}:
        for method in ODD:
            answer = await house.ask(method, path, cookie=True)
            assert answer.status_code in (400, 404, 405), (method, path)


async def test_d11_no_number_in_an_address_is_too_long_to_be_read(house: House) -> None:
    """What is longer than any number of ours is nobody's row: it finds nothing, and is nobody's error."""
    numbered = [route for route in house.app.routes if isinstance(route, Route) and ":int}" in route.path]
    assert numbered
    for route in numbered:
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        path = PARAMETER.sub(lambda one: "9" * 5000 if ":int" in one[0] else "x", route.path)
        assert (await house.ask(method, path, cookie=True)).status_code == 404, route.path


@pytest.mark.parametrize("jid", [f"{ROMEO}.evil.example", "romeo@evil.example", "montague@evil.example"])
async def test_l11_an_address_that_looks_like_the_operators_is_not(tmp_path: Path, jid: str) -> None:
    """Who runs the site is one whole address: the same name at another server opens nothing (L08, W16)."""
    async with (
        empty_database(KINDS[0], tmp_path, Base.metadata) as database,
        signed_in(database, jid, SLICES) as mallory,
    ):
        house = House(mallory, tmp_path, admins=ROMEO)
        paths = [(method, path) for method in ("GET", "POST") for path in house.paths(method)]
        doors = [each for each in paths if each[1].startswith("/admin")]
        assert len(doors) > 5
        for method, path in doors:
            assert (await house.ask(method, path, cookie=True)).status_code == 404, path


async def test_u02_a_form_reads_no_more_of_a_picture_than_it_can_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files are sent to, a body may be large: what is no picture by its size alone fills no memory."""
    monkeypatch.setattr(pictures, "MOST_BYTES", 10)
    body = b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a"\r\n\r\n' + b"a" * 99
    body += b"\r\n--x--\r\n"

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    assert await forms.picture(request) == (b"a" * 11, False)
