"""This room opens the site inside the test: the real app, one person signed in, no network and no process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from lxml import html
from starlette.applications import Starlette

from tests.lab.people import Person
from webchat.app import create_app
from webchat.config import Settings
from webchat.session.registry import LoginRow, SignedIn
from webchat.web.request import login_cookie

Fields = Mapping[str, str]
NO_FIELDS: Fields = {}

COOKIE = "a-cookie-of-somebody-who-is-signed-in"


class OneLogin:
    """Stands where the sessions stand: whoever has the cookie is this person."""

    def __init__(self, person: Person) -> None:
        self.session = person.session

    async def signed_in(self, token: str) -> SignedIn | None:
        """The person, or nobody."""
        if token != COOKIE:
            return None
        session = self.session
        return SignedIn("login", session.account_id, session.jid, session, "form-token", True)

    async def still_signed_in(self, login_id: str) -> bool:
        """Always."""
        return True

    async def logins(self, account_id: int) -> list[LoginRow]:
        """This one is not on any list."""
        return []

    async def set_preferences(self, account_id: int, preferences: dict[str, str]) -> None:
        """From now on."""
        assert account_id == self.session.account_id
        await self.session.prefer({**dict.fromkeys(self.session.preferences), **preferences})


class Browser:
    """A browser of one person; answers come with their page as a tree."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, status: int = 200) -> html.HtmlElement:
        """The page at a path."""
        return self._page(await self.client.get(path), status)

    async def post(self, path: str, fields: Fields = NO_FIELDS, status: int = 303) -> httpx.Response:
        """The answer to a form."""
        answer = await self.client.post(path, data=dict(fields))
        assert answer.status_code == status, answer.text
        return answer

    async def post_page(self, path: str, fields: Fields, status: int) -> html.HtmlElement:
        """The page that a form is answered with."""
        return self._page(await self.client.post(path, data=dict(fields)), status)

    def _page(self, answer: httpx.Response, status: int) -> html.HtmlElement:
        assert answer.status_code == status, answer.text
        return html.document_fromstring(answer.text)


def app_for(person: Person, folder: Path, **environ: str) -> Starlette:
    """The site as this person's browsers meet it; `environ` are settings by their names ("base_url")."""
    given = {f"WEBCHAT_{name.upper()}": value for name, value in environ.items()}
    app = create_app(Settings.from_env({"WEBCHAT_DATA_DIR": str(folder), **given}))
    app.state.sessions = OneLogin(person)
    app.state.database = person.session._database
    return app


@asynccontextmanager
async def browser(person: Person, folder: Path, **environ: str) -> AsyncIterator[Browser]:
    """A browser with this person's cookie, on a site with these settings."""
    app = app_for(person, folder, **environ)
    settings: Settings = app.state.settings
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=settings.base_url.origin,
        cookies={login_cookie(settings): COOKIE},
        headers={"sec-fetch-site": "same-origin", "accept-language": "en"},
    ) as client:
        yield Browser(client)
