"""Who can read: what the sentence says is what happens, by the word of the server."""

from dataclasses import replace

import pytest

from tests.lab.inside import Browser
from tests.lab.people import ROMEO
from tests.posts.service import item
from tests.publish.service import Places
from tests.publish.test_sheet import WORDS, said
from webchat.publish.commands.audience import SENTENCES
from webchat.xmpp.entries import MICROBLOG, PostItem
from webchat.xmpp.entries import MICROBLOG_PRESENCE as RESTRICTED

SERVICE = "pubsub.verona.example"


@pytest.mark.parametrize(
    ("state", "audience", "node", "access", "public"),
    [
        ("", "everyone", MICROBLOG, "open", True),
        ("", "followers", MICROBLOG, "presence", False),
        ("open", "everyone", MICROBLOG, "", True),
        ("open", "followers", RESTRICTED, "presence", False),
        ("presence", "everyone", MICROBLOG, "", True),
        ("presence", "followers", MICROBLOG, "presence", False),
        ("whitelist", "followers", MICROBLOG, "", False),
    ],
)
async def test_own_blog(
    web: Browser, places: Places, state: str, audience: str, node: str, access: str, public: bool
) -> None:
    """A post for followers never stands in a node that everybody can read."""
    if state:
        places.make(ROMEO, MICROBLOG, state)
    kind = ("blog", {"": "missing", "whitelist": "closed"}.get(state, state), audience)
    page = await web.get("/publish")
    assert SENTENCES[kind] in " ".join(page.cssselect(".publish-audience")[0].text_content().split())
    await web.post("/publish/files", WORDS | {"do": "publish", "audience": audience})
    place, entry, _, asked = places.published[0]
    assert (place[1], asked, bool(entry.web)) == (node, access, public)
    if audience == "followers":
        assert all(places.access[ref.service, ref.node] == "presence" for ref in entry.comments)


async def test_community(web: Browser, places: Places) -> None:
    """An open one is read by everybody, a closed one by its members: that cannot be chosen away."""
    places.make(SERVICE, "duels", "open")
    await web.post(
        "/publish/files", WORDS | {"do": "publish", "where": f"{SERVICE}/duels", "audience": "everyone"}
    )
    assert places.published[0][0][:2] == (SERVICE, "duels")
    assert "/c/" in places.published[0][1].web
    places.make(SERVICE, "feud", "whitelist")
    page = await web.get(f"/publish?service={SERVICE}&node=feud")
    assert [one.get("value") for one in page.cssselect("[name=audience]")] == ["followers"]
    fields = WORDS | {"do": "publish", "where": f"{SERVICE}/feud"}
    page = await web.post_page("/publish/files", fields | {"audience": "everyone"}, 422)
    assert "Only members" in said(page)
    await web.post("/publish/files", fields | {"audience": "followers"})
    _, entry, *_ = places.published[1]
    assert (entry.web, entry.comments) == ("", ())


async def test_a_missing_community_is_said(web: Browser, places: Places) -> None:
    """Nothing is made by accident."""
    fields = WORDS | {"do": "publish", "where": f"{SERVICE}/nothing"}
    assert "does not exist" in said(await web.post_page("/publish/files", fields, 422))
    assert not places.published


async def test_open_the_blog(web: Browser, places: Places) -> None:
    """Only while nothing in it was meant for followers."""
    places.make(ROMEO, MICROBLOG, "presence")
    places.put(ROMEO, MICROBLOG, item("one", "One", web="https://a.example/"), item("two", "Two"))
    page = await web.post_page("/publish/files", WORDS | {"do": "open"}, 422)
    assert "for your followers only" in said(page)
    del places.items[ROMEO, MICROBLOG]["two"]
    for name in ("test_post", "urn:xmpp:avatar:metadata"):
        places.put(ROMEO, MICROBLOG, PostItem(name, "", None, "<metadata/>"))
    places.put(ROMEO, MICROBLOG, PostItem("odd", "", None, "<secret/>"))
    page = await web.post_page("/publish/files", WORDS | {"do": "open"}, 422)
    assert "for your followers only" in said(page)
    del places.items[ROMEO, MICROBLOG]["odd"]
    places.obeys = False
    page = await web.post_page("/publish/files", WORDS | {"do": "open"}, 422)
    assert "did not do this" in said(page)
    places.obeys = True
    page = await web.post_page("/publish/files", WORDS | {"do": "open"}, 200)
    assert places.access[ROMEO, MICROBLOG] == "open"
    assert "open to everybody now" in page.text_content()


async def test_a_gallery_takes_only_what_has_a_picture(web: Browser, places: Places) -> None:
    """What has none is told so, keeps its words, and goes out once there is one."""
    places.make(SERVICE, "views", "open")
    info = places.infos[SERVICE, "views"]
    places.infos[SERVICE, "views"] = replace(info, kind="gallery")
    fields = WORDS | {"do": "publish", "where": f"{SERVICE}/views", "audience": "everyone"}
    page = await web.post_page("/publish/files", fields, 422)
    assert "This community is a gallery" in said(page)
    assert page.cssselect("[name=title]")[0].get("value") == WORDS["title"]
    assert not places.published
    await web.post("/publish/files", fields | {"text": "![The orchard](https://verona.example/wall.png)"})
    assert len(places.published) == 1
