"""The switch "My blog is public" and the short name of the page, in Configuration (M122, M120)."""

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person, signed_in
from webchat.app import SLICES
from webchat.db.engine import Database
from webchat.errors import Invalid
from webchat.posts.commands.public import choose_public
from webchat.posts.store.public import public_row

PATH = "/configuration/public"
PAGE = "/configuration/preferences"


async def test_it_is_off_at_first_and_can_be_chosen(juliet: Person, web: Browser) -> None:
    page = await web.get(PAGE)
    assert not page.cssselect("#public-on[checked]")
    assert not page.xpath('//a[text()="My blog"]')
    answer = await web.post(PATH, {"public": "1", "nickname": "Jule"})
    assert answer.headers["location"].startswith(f"{PAGE}?saved=")
    page = await web.get(PAGE)
    assert page.cssselect("#public-on[checked]")
    assert page.cssselect("#public-nickname")[0].get("value") == "jule"
    assert [link.get("href") for link in page.xpath('//a[text()="My blog"]')] == [f"/@{JULIET}"]
    assert "http://localhost:8080/@jule" in page.text_content()


@pytest.mark.parametrize("name", ["a b", "-x", "x.", "x@y", "ä", "a/b", "x" * 65, "<b>"])
async def test_a_name_that_no_address_carries_is_refused_and_kept_in_the_form(
    juliet: Person, web: Browser, name: str
) -> None:
    page = await web.post_page(PATH, {"public": "1", "nickname": name}, 422)
    box = page.cssselect("#public-nickname[aria-invalid]")[0]
    assert box.get("value") == name
    assert page.cssselect("#public-nickname-error")


async def test_a_name_belongs_to_one(juliet: Person, web: Browser, database: Database) -> None:
    async with signed_in(database, MERCUTIO, SLICES) as mercutio:
        await choose_public(mercutio.session, "queen.mab", public=True)
        page = await web.post_page(PATH, {"nickname": "Queen.Mab"}, 422)
        assert "Somebody else here has this name already." in page.text_content()
        with pytest.raises(Invalid):
            await choose_public(juliet.session, "queen.mab", public=True)
        # Without names there is nothing to share.
        for person in (mercutio, juliet):
            await choose_public(person.session, "", public=True)
    async with database.read() as db:
        assert (await public_row(db, juliet.session.account_id)).public
