"""Explore by language and by server: chosen by a form, kept, and undone by one button."""

from collections.abc import Sequence

import pytest
from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import Person
from tests.news.conftest import CATS, COMMUNITIES, entry, known_to
from tests.news.test_reading import TYBALT, titles
from webchat.news.store import UNKNOWN, chosen_by
from webchat.xmpp.entries import MICROBLOG, Entry


def spoken(title: str, language: str) -> Entry:
    """A post in a language."""
    return Entry(title, id=title, published=entry("x").published, language=language, web="https://x.example/")


def choices(page: html.HtmlElement, name: str) -> Sequence[str]:
    """What can be chosen, the chosen one with a star."""
    found = page.cssselect(f"#explore-filter select[name={name}] option")[1:]
    return [(one.text or "") + ("*" if one.get("selected") is not None else "") for one in found]


@pytest.fixture
async def world(romeo: Person) -> None:
    """Posts in two languages, and one that does not say."""
    await known_to(romeo, TYBALT, MICROBLOG, [spoken("douce", "fr")])
    await known_to(romeo, "paris@verona.example", MICROBLOG, [spoken("bref", "fr-CA")])
    await known_to(romeo, COMMUNITIES, CATS, [spoken("soft", "en")])
    await known_to(romeo, "nurse@capulet.example", MICROBLOG, [spoken("tongue", "no language")])


@pytest.mark.usefixtures("world")
async def test_what_one_chose_is_kept(romeo: Person, web: Browser) -> None:
    """By language, whatever its country; by server; both; and all again."""
    page = await web.get("/explore")
    assert choices(page, "language") == ["English (1)", "French (2)", "Not said (1)"]
    assert "verona.example (1)" in choices(page, "server")
    answer = await web.post("/explore", {"language": "fr", "tab": "people"})
    assert answer.headers["location"] == "/explore?tab=people"
    page = await web.get("/explore")
    assert set(titles(page)) == {"douce", "bref"}
    assert "French (2)*" in choices(page, "language")
    await web.post("/explore", {"language": "fr", "server": "verona.example"})
    assert titles(await web.get("/explore")) == ["bref"]
    await web.post("/explore", {"language": UNKNOWN})
    assert titles(await web.get("/explore")) == ["tongue"]
    await web.post("/explore", {"server": COMMUNITIES})
    assert titles(await web.get("/explore")) == ["soft"]
    await web.post("/explore", {"language": "de"})
    page = await web.get("/explore")
    assert not titles(page)
    assert "German (0)*" in choices(page, "language")
    assert "Show everything" in page.cssselect("#explore-filter")[0].text_content()
    await web.post("/explore")
    assert len(titles(await web.get("/explore"))) == 4
    assert not {"explore_language", "explore_server"} & set(romeo.session.preferences)


@pytest.mark.parametrize("given", ["%", "fr-FR", "x" * 600, "a@b", "É", "\0"])
def test_what_is_none_chooses_nothing(given: str) -> None:
    """A language is letters, a server has a name."""
    chosen = chosen_by({"explore_language": given, "explore_server": given})
    assert not chosen.language
    assert chosen.server in ("", "fr-fr", "%")
