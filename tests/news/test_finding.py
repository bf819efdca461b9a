"""Explore, tags, the dialog of following and the list of all that is followed."""

from datetime import timedelta

import pytest
from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, Person
from tests.news.conftest import CATS, COMMUNITIES, befriends, entry, known_to
from tests.news.test_reading import TYBALT, titles
from tests.posts.lists import Lists, settled
from webchat.news.changes import SuggestionsChanged
from webchat.posts.commands import follows
from webchat.xmpp.entries import MICROBLOG, Entry, Followed

DOGS = "dogs"
DIALOG = f"/nodes/{COMMUNITIES}/{CATS}/subscription"


def text(page: html.HtmlElement) -> str:
    return " ".join(page.xpath("//main")[0].text_content().split())


async def test_explore_shows_the_newest_open_post_of_each(romeo: Person, web: Browser) -> None:
    """Not what is closed, not our own, and what is adult only for those who chose that."""
    adult = Entry(
        "adult", id="adult", published=entry("x").published, tags=("nsfw",), web="https://x.example/"
    )
    await known_to(romeo, TYBALT, MICROBLOG, [entry("new"), entry("older", timedelta(hours=1))])
    await known_to(
        romeo, COMMUNITIES, CATS, [entry("a cat", timedelta(hours=2)), entry("closed", open=False)]
    )
    await known_to(romeo, romeo.session.jid, MICROBLOG, [entry("my own")])
    await known_to(romeo, COMMUNITIES, "nights", [adult])
    assert titles(await web.get("/explore")) == ["new", "a cat"]
    assert titles(await web.get("/explore?tab=people")) == ["new"]
    assert titles(await web.get("/explore?tab=communities")) == ["a cat"]
    romeo.session.preferences = {"adult": "on"}
    assert set(titles(await web.get("/explore"))) == {"new", "a cat", "adult"}


async def test_explore_has_further_pages(romeo: Person, web: Browser) -> None:
    """Each source with its newest post."""
    for n in range(40):
        await known_to(romeo, f"p{n}@capulet.example", MICROBLOG, [entry(f"post {n}", timedelta(minutes=n))])
    page, found = await web.get("/explore"), []
    while True:
        found += titles(page)
        further = page.xpath("//a[@rel='next']/@href")
        if not further:
            break
        page = await web.get(further[0])
    assert found == [f"post {n}" for n in range(40)]


async def test_popular_tags_lead_to_their_posts(romeo: Person, web: Browser) -> None:
    """A tag of no open post is not named; a tag page shows also what is for its reader alone."""
    await befriends(romeo, JULIET)
    await known_to(romeo, TYBALT, MICROBLOG, [entry("one", tags=["Verona"]), entry("two", tags=["verona"])])
    await known_to(romeo, JULIET, MICROBLOG, [entry("to me", open=False, tags=["verona", "hush"])])
    await known_to(romeo, TYBALT, "urn:xmpp:microblog:0:presence", [entry("no", open=False, tags=["verona"])])
    page = await web.get("/explore")
    tags = page.xpath("//ul[@class='tag-cloud']//a")
    assert [" ".join(one.text_content().split()) for one in tags] == ["#verona 4"]
    assert set(titles(await web.get(tags[0].get("href")))) == {"one", "two", "to me"}
    assert titles(await web.get("/explore/tags/nothing")) == []
    answer = await web.client.get("/explore/tags/VERONA")
    assert (answer.status_code, answer.headers["location"]) == (303, "/explore/tags/verona")
    await web.get("/explore/tags/%20", 404)


async def test_what_contacts_follow_is_suggested(romeo: Person, services: Lists, web: Browser) -> None:
    """Read in the background, those of most contacts first; what is followed is suggested no longer."""
    await befriends(romeo, JULIET, TYBALT)
    services.others[JULIET] = [Followed(COMMUNITIES, DOGS, "Dogs"), Followed(COMMUNITIES, CATS, "Cats")]
    services.others[TYBALT] = [Followed(COMMUNITIES, CATS, "Katzen"), Followed(JULIET, MICROBLOG)]
    romeo.changes()
    await web.get("/explore")
    await settled(romeo)
    assert SuggestionsChanged() in romeo.changes()
    page = await web.get("/explore")
    found = page.xpath("//section[@id='suggestions']//li//p[1]/a")
    assert [one.text_content() for one in found] == ["Cats", "Dogs"]
    form = page.xpath("//section[@id='suggestions']//form")[0]
    assert "Followed by juliet" in text(page)
    answer = await web.post(form.get("action"), {"back": "explore"})
    assert answer.headers["location"] == "/explore"
    page = await web.get("/explore")
    assert [one.text_content() for one in page.xpath("//section[@id='suggestions']//li//p[1]/a")] == ["Dogs"]
    asked = [one for one in services.said if one[0] == "lists"]
    assert len(asked) == 2


async def test_lists_of_contacts_are_bounded(romeo: Person, services: Lists, web: Browser) -> None:
    """Neither many contacts nor a list without end cost much."""
    people = [f"p{n}@capulet.example" for n in range(30)]
    await befriends(romeo, *people)
    services.others[people[0]] = [Followed(COMMUNITIES, f"n{n}", "x" * 5000) for n in range(1000)]
    await web.get("/explore")
    await settled(romeo)
    assert len([one for one in services.said if one[0] == "lists"]) == 8
    assert len((await web.get("/explore")).xpath("//section[@id='suggestions']//li")) == 12


# ---- the dialog


async def test_the_dialog_asks_for_label_and_sharing(romeo: Person, services: Lists, web: Browser) -> None:
    """As it says, so it is; the same page changes it later and ends it."""
    services.put(COMMUNITIES, CATS)
    page = await web.get(DIALOG)
    assert page.xpath("//main//form//button[normalize-space()='Follow']")
    answer = await web.post(DIALOG, {"title": "Cats!", "shared": "1"})
    assert answer.headers["location"] == f"/communities/{COMMUNITIES}/{CATS}"
    assert services.public[COMMUNITIES, CATS].title == "Cats!"
    page = await web.get(DIALOG)
    assert page.xpath("//input[@name='title']/@value") == ["Cats!"]
    assert page.xpath("//input[@name='shared']/@checked")
    await web.post(DIALOG, {"title": "Mine"})
    assert not services.public
    assert services.private[COMMUNITIES, CATS].title == "Mine"
    for _ in range(2):
        answer = await web.post(f"{DIALOG}/delete", {"back": "subscriptions"})
        assert answer.headers["location"] == "/subscriptions"
    assert not services.private


async def test_m53_one_is_told_of_new_posts_where_one_asks_for_it(romeo: Person, web: Browser) -> None:
    """By a button of its own that touches nothing else; what is not followed cannot tell."""
    await web.post(f"{DIALOG}/notices", {"tells": "1"}, status=404)
    await web.post(DIALOG, {"title": "Cats"})
    page = await web.get(DIALOG)
    assert "nothing else tells you" in text(page)
    await web.post(f"{DIALOG}/notices", {"tells": "1"})
    await web.post(DIALOG, {"title": "More cats"})
    assert "You are told of each new post" in text(await web.get(DIALOG))
    await web.post(f"{DIALOG}/notices", {})
    assert "nothing else tells you" in text(await web.get(DIALOG))
    await settled(romeo)


async def test_a_label_that_is_too_long(web: Browser) -> None:
    """The page says so."""
    page = await web.post_page(DIALOG, {"title": "x" * 201}, 422)
    assert page.xpath("//*[@id='follow-title-error']")


@pytest.mark.parametrize("condition", ["presence-subscription-required", "not-authorized", "forbidden"])
async def test_who_shows_posts_to_contacts_only(
    romeo: Person, services: Lists, web: Browser, condition: str
) -> None:
    """A sentence, and the way to become one; what was typed stays."""
    services.refuses[JULIET, MICROBLOG] = condition
    page = await web.post_page(f"/nodes/{JULIET}/{MICROBLOG}/subscription", {"title": "My sun"}, 409)
    assert "only to contacts" in text(page)
    assert page.xpath(f"//form[@action='/contacts/{JULIET}']")
    assert page.xpath("//input[@name='title']/@value") == ["My sun"]


async def test_a_community_that_refuses(services: Lists, web: Browser) -> None:
    """Its condition as a sentence, and no contact to add."""
    services.refuses[COMMUNITIES, CATS] = "forbidden"
    page = await web.post_page(DIALOG, {}, 409)
    assert "not allowed" in text(page)
    assert not page.xpath("//form[contains(@action, '/contacts/')]")


@pytest.mark.parametrize(
    "path",
    [
        "/nodes/romeo@montague.example/urn:xmpp:microblog:0/subscription",
        "/nodes/not an address/cats/subscription",
        f"/nodes/{COMMUNITIES}/{'n' * 501}/subscription",
        f"/nodes/{COMMUNITIES}/urn:xmpp:microblog:0:comments%252F1/subscription",
    ],
)
async def test_what_cannot_be_followed_has_no_page(web: Browser, path: str) -> None:
    """Neither to look at nor to post to."""
    await web.get(path, 404)
    assert (await web.client.post(path, data={})).status_code == 404


async def test_nodes_of_any_name_can_be_followed(romeo: Person, services: Lists, web: Browser) -> None:
    """Slashes, dots, percent signs and question marks survive the address."""
    for node in ("a/b", "..", "100%", "50%2F", "what?", "#1", "é"):
        services.others[JULIET] = [Followed(COMMUNITIES, node)]
        await follows.follow(romeo.session, COMMUNITIES, node)
    page = await web.get("/subscriptions")
    ways = page.xpath("//li//a[contains(@href, '/nodes/')]/@href")
    assert len(ways) == 7
    for way in ways:
        dialog = await web.get(way)
        assert dialog.xpath("//button[normalize-space()='Unfollow']")
    for form in page.xpath("//form[contains(@action, '/delete')]/@action"):
        await web.post(form, {"back": "subscriptions"})
    assert not services.private


# ---- all of it


async def test_subscriptions_are_grouped_and_say_what_is_wrong(
    romeo: Person, services: Lists, web: Browser
) -> None:
    """People by the user's names for them, communities by server; broken ones can be removed."""
    assert "do not follow anybody" in text(await web.get("/subscriptions"))
    await follows.follow(romeo.session, JULIET, MICROBLOG)
    await follows.follow(romeo.session, COMMUNITIES, CATS, title="Cats", shared=True)
    await follows.follow(romeo.session, COMMUNITIES, DOGS, title="Dogs")
    await settled(romeo)
    await known_to(romeo, COMMUNITIES, DOGS, [entry("bark")], trouble="remote-server-timeout")
    page = await web.get("/subscriptions")
    assert [one.text_content() for one in page.xpath("//div[@id='subscriptions']//h2")] == [
        "People",
        COMMUNITIES,
    ]
    lines = [
        " ".join(one.text_content().split()) for one in page.xpath("//ul[contains(@class,'lines-of')]/li")
    ]
    assert len(lines) == 3
    assert lines[0].startswith("juliet@capulet.example")
    assert "Shared with everybody" in lines[1]
    assert "does not answer" in lines[2]
    services.refuses[COMMUNITIES, DOGS] = "remote-server-timeout"
    form = page.xpath("//ul[contains(@class,'lines-of')]/li[.//*[contains(., 'Dogs')]]//form/@action")[0]
    await web.post(form, {"back": "subscriptions"})
    assert "Dogs" not in text(await web.get("/subscriptions"))
