"""What was chosen on one site is there on another: the account's server keeps it, for the account alone."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest

from tests.lab.visitor import eventually
from tests.session.fakes import FakeClient
from tests.settings.home import Home
from tests.web.site import Site, running
from webchat import account
from webchat import settings as preferences
from webchat.errors import XmppError
from webchat.session.registry import SignedIn
from webchat.xmpp import forms
from webchat.xmpp import namespaces as ns

NODE = ns.PREFERENCES


class Server(Home):
    """It keeps nodes for their owner alone; while it `refuses` it has none."""

    refuses = False

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        """What is answered."""
        if self.refuses:
            raise XmppError("service-unavailable")
        answer = await super().request(kind, payload, to, timeout)
        for query in answer.findall(f"{{{ns.DISCO_INFO}}}query"):
            SubElement(query, f"{{{ns.DISCO_INFO}}}feature", {"var": ns.PUBSUB_PUBLISH_OPTIONS})
        return answer

    def keep(self, node: str, **values: str) -> None:
        """Another program put this there."""
        self.items[node] = {"current": forms.submit(node, values)}
        self.access[node] = "whitelist"

    @property
    def roams(self) -> Mapping[str, str]:
        """What the node says."""
        item = Element("item")
        item.extend(self.items.get(NODE, {}).values())
        return {key: value for key, value in forms.values(item).items() if key != "FORM_TYPE"}

    async def knows(self, **values: str) -> None:
        """Wait until it keeps these choices."""

        async def known() -> bool:
            return values.items() <= self.roams.items()

        assert await eventually(known)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """The account's own server, whichever site asks it."""
    made = Server()
    monkeypatch.setattr(FakeClient, "request", staticmethod(made.request))
    return made


async def caught_up(site: Site) -> SignedIn:
    """Romeo signs in, and what his server keeps is read."""
    browser, me = await site.signed_in()
    await browser.aclose()
    assert me.session._syncing is not None
    await me.session._syncing
    return me


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Where two sites keep their things."""
    made = tmp_path / "one", tmp_path / "other"
    for folder in made:
        folder.mkdir()
    return made


@asynccontextmanager
async def somewhere(path: Path) -> AsyncIterator[tuple[Site, SignedIn]]:
    """A site of its own."""
    async with running(path, (account.slice, preferences.slice)) as site:
        yield site, await caught_up(site)


async def test_choices_follow_the_account_to_another_site(folders: tuple[Path, Path], server: Server) -> None:
    async with somewhere(folders[0]) as (_, me):
        await me.session.prefer({"theme": "dark", "language": "fr", "show": "dnd", "notice_tone": "soft"})
        await server.knows(theme="dark", language="fr", notice_tone="soft")
        assert "show" not in server.roams, "how one shows oneself is said anew everywhere"
        assert server.access[NODE] == "whitelist"
    async with somewhere(folders[1]) as (_, me):
        assert me.session.preferences == {"theme": "dark", "language": "fr", "notice_tone": "soft"}
        await me.session.prefer({"theme": None, "size": "large"})
        await server.knows(theme="system", size="large", language="fr")


async def test_what_was_chosen_here_stays_and_what_is_not_offered_here_is_left(
    tmp_path: Path, server: Server
) -> None:
    server.refuses = True
    async with somewhere(tmp_path) as (site, me):
        await me.session.prefer({"density": "compact", "accent": "3"})
        await site.sessions.logout(me.login_id)
        server.refuses = False
        server.keep(NODE, theme="sepia", accent="7", telepathy="on", size="\x00" * 300)
        chosen = (await caught_up(site)).session.preferences
        assert chosen == {"accent": "7", "density": "compact"}
        await server.knows(theme="sepia", accent="7", telepathy="on", density="compact")


async def test_who_comes_from_movim_brings_what_they_chose_there(tmp_path: Path, server: Server) -> None:
    server.keep(ns.MOVIM_PREFERENCES, nightmode="true", chatmain="1", nsfw="0", language="fr", omemo="1")
    async with somewhere(tmp_path) as (_, me):
        assert me.session.preferences == {"theme": "dark", "landing": "chats", "language": "fr"}
        await server.knows(**me.session.preferences)
