"""Saved for later: a private page, found by words of one's own, leading back to where it was said."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lxml import html

from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.speaking import says, takes_back
from webchat.errors import Invalid, NotFound
from webchat.messages.commands import actions


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


def saved(page: html.HtmlElement) -> list[str]:
    return [one.text_content().strip() for one in page.cssselect("main article .body, article .tombstone")]


async def test_saved_found_by_a_word_and_forgotten(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("the recipe <b>", "m1"))
    await romeo.session.handled(says("the address", "m2", sender=MERCUTIO))
    await web.post("/messages/1/save", {"tags": "Recipes, #Verona verona <b>"})
    await web.post("/messages/2/save", {"tags": "verona"})
    page = await web.get("/saved")
    assert saved(page) == ["the address", "the recipe <b>"]
    tags = [" ".join(tag.text_content().split()) for tag in page.cssselect("nav.tags a")]
    assert tags == ["All", "<b> 1", "recipes 1", "verona 2"]
    assert saved(await web.get("/saved?tag=recipes")) == ["the recipe <b>"]
    assert saved(await web.get("/saved?tag=nothing")) == []
    link = (await web.get("/saved?tag=recipes")).cssselect("article a.button")[0].get("href", "")
    assert link == f"/chats/{JULIET}?at=1"
    answer = await web.post("/messages/1/save/delete?from=saved")
    assert answer.headers["location"] == "/saved"
    assert saved(await web.get("/saved")) == ["the address"]


async def test_saving_again_has_other_words(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("the recipe", "m1"))
    await web.post("/messages/1/save", {"tags": "one"})
    page = await web.get("/messages/1")
    assert page.cssselect("#tags")[0].get("value") == "one"
    await web.post("/messages/1/save", {"tags": "two"})
    assert saved(await web.get("/saved?tag=one")) == []
    assert saved(await web.get("/saved?tag=two")) == ["the recipe"]


async def test_what_was_taken_back_is_not_kept_by_it(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("the recipe", "m1"))
    await web.post("/messages/1/save")
    await romeo.session.handled(takes_back("m1"))
    assert saved(await web.get("/saved")) == [f"{JULIET} took this message back."]
    await web.post("/messages/1/save/delete")
    with pytest.raises(Invalid):
        await actions.save(romeo.session, 1, "")
    with pytest.raises(NotFound):
        await actions.save(romeo.session, 99, "")


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("", []),
        (" , #,  ", []),
        ("a b,c#d", ["a", "b", "c", "d"]),
        ("x" * 100, ["x" * 40]),
        (" ".join(str(n) for n in range(30)), [str(n) for n in range(10)]),
    ],
)
def test_words_are_bounded(typed: str, tags: list[str]) -> None:
    assert actions.tags_of(typed) == tags
