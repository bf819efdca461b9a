"""Every setting, changed by a plain form, holds where it says, after a new login, and in every open tab."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree.ElementTree import SubElement

import pytest

from tests.house import pushes
from tests.house.tree import ROOT
from tests.lab.people import JULIET
from tests.posts.service import item
from tests.session.fakes import FakeClient
from tests.settings import beside
from tests.settings.every import CONFIGURATION, DEEDS, DEVICES, NURSE, SETTINGS, TABS, Setting
from tests.settings.home import Home
from tests.settings.scene import Scene, asked_of, until
from tests.web.site import Site, running
from webchat.app import SLICES
from webchat.messages.jobs import cards
from webchat.session.session import Session
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import MICROBLOG, PostReceived

EVERY = (*SETTINGS, *beside.SETTINGS)
BANNER = (
    "<metadata xmlns='urn:xmpp:avatar:metadata'><info id='b' type='image/png' bytes='9' width='1280'"
    " height='320' url='https://banner.example/b.png'/></metadata>"
)


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """The whole site."""
    monkeypatch.setattr(FakeClient, "queries", {}, raising=False)
    monkeypatch.setattr(FakeClient, "send_xml", lambda *_: True, raising=False)
    async with running(tmp_path, SLICES) as made:
        yield made


@pytest.fixture
async def scene(site: Site, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """Romeo is signed in twice; Juliet wrote, and published something for adults."""
    home = Home()
    home.put(ns.BANNER, "current", BANNER)
    home.blocked.append("prince@verona.example")
    home.put(ns.GEOLOC, "current", f"<geoloc xmlns='{ns.GEOLOC}'><text>The orchard</text></geoloc>")
    home.put(ns.BOOKMARKS, beside.TOMB, f"<conference xmlns='{ns.BOOKMARKS}' name='Tomb'/>", "whitelist")
    SubElement(home.prefs[0], f"{{{ns.MAM}}}jid").text = JULIET
    monkeypatch.setattr(FakeClient, "request", staticmethod(home.request))
    pushes.begin(monkeypatch, site)
    browser, me = await site.signed_in()
    other, _ = await site.signed_in()
    made = Scene(site, home, browser, other, me)
    await made.caught_up()

    async def bring(_: Session, id: int) -> None:
        made.asked.append(str(id))

    monkeypatch.setattr(cards, "bring", bring)
    monkeypatch.setattr(cards, "_pages", cards.Pages(site.app.state.media.fetcher, "https://chat.example"))
    await made.hears()
    await me.session.inbox.handled(
        PostReceived(JULIET, MICROBLOG, item("rose", "A rose", publisher=JULIET, tags=("nsfw",), text="Bare"))
    )
    await browser.post(f"/conversations/{NURSE}/notifications", data={"mute": "8h"})
    yield made
    await made.browser.aclose()
    await made.other.aclose()


def groups() -> dict[str, list[Setting]]:
    """The settings of each page; some are tried alone."""
    found: dict[str, list[Setting]] = {}
    for setting in EVERY:
        found.setdefault(setting.name if setting.apart else setting.page, []).append(setting)
    return found


@pytest.mark.parametrize("group", groups())
async def test_all_settings_of(scene: Scene, group: str) -> None:
    """Each is changed and seen, and another tab hears of it; then all of them are seen after a new login."""
    for setting in groups()[group]:
        assert not await setting.seen(scene), f"{setting.name}: it was so before"
        tab = await scene.tab(setting.scope)
        await scene.send(setting.page, setting.action, setting.fields, file=setting.file)
        await until(tab, setting.told)
        await tab.close()
        assert await setting.seen(scene), f"{setting.name}: it does not hold"
    await scene.again()
    for setting in groups()[group]:
        assert await setting.seen(scene), f"{setting.name}: it does not outlive the login"


async def test_no_setting_is_left_out(scene: Scene) -> None:
    """Whoever adds a field to Configuration adds it to the list, and with it what it changes."""
    known = {(setting.action, name) for setting in EVERY for name in setting.fields} | DEEDS
    asked: set[tuple[str, str]] = set()
    for path, forms in beside.PAGES.items():
        found = asked_of(await scene.page(path), forms)
        assert found, path
        asked |= found
    for tab in TABS:
        page = await scene.page(f"{CONFIGURATION}/{tab}")
        asked |= asked_of(page)
        if tab == "media":
            assert tuple(one.get("data-kind") for one in page.cssselect("[data-kind]")) == DEVICES
    assert asked <= known, f"not in tests/settings/every.py: {sorted(asked - known)}"


def test_no_preference_is_left_out() -> None:
    """What the program reads of the preferences of an account can be chosen somewhere, and is in the list."""
    read = re.compile(r"preferences\.get\(\s*\"(\w+)\"")
    sources = [path.read_text() for path in (ROOT / "webchat").rglob("*.py")]
    found = {name for source in sources for name in read.findall(source)}
    listed = {key for setting in EVERY for key in setting.keys}
    assert found <= listed, f"not in tests/settings/every.py: {sorted(found - listed)}"


async def test_every_part_is_explained_to_people(scene: Scene) -> None:
    """docs/settings-for-people.md names each part of Configuration as it is called there."""
    told = (ROOT / "docs" / "settings-for-people.md").read_text()
    scene.home.clients = True
    titles = set[str]()
    for tab in ("profile", "preferences", "account", "notifications", "media"):
        page = await scene.page(f"{CONFIGURATION}/{tab}")
        found = page.cssselect("main .card > :is(h2, h3), main legend, main label.title")
        titles |= {" ".join(one.text_content().split()) for one in found}
    missing = {title for title in titles if f"| {title} |" not in told and f"## {title}" not in told}
    assert not missing, f"not in docs/settings-for-people.md: {sorted(missing)}"
