"""The logo of a community: given by its owner, seen through us, and whose word on it counts."""

from io import BytesIO

import pytest
from PIL import Image

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO
from tests.nodes.service import HOME, ANode, Service
from webchat.nodes.commands.logo import believed
from webchat.uploads import commands as uploads
from webchat.xmpp.entries import NodeInfo
from webchat.xmpp.pubsub import logo
from webchat.xmpp.pubsub.logo import Logo

CATS = f"/communities/{HOME}/cats"
URL = "https://upload.montague.example/cat.webp"


def metadata(url: str) -> str:
    """As Movim writes it."""
    info = f"<info url='{url}' id='a' bytes='1' type='image/png'/>"
    return f"<metadata xmlns='urn:xmpp:avatar:metadata'>{info}</metadata>"


def drawing() -> bytes:
    """A small picture."""
    kept = BytesIO()
    Image.new("RGB", (40, 20), "red").save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def cats(service: Service) -> ANode:
    """Romeo's community, which everybody writes to."""
    return service.add("cats", owner=ROMEO, title="Cats", creator=ROMEO)


async def test_its_owner_gives_it_one_and_takes_it_away(
    web: Browser, cats: ANode, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = []

    async def bring(_session: object, _media: object, picture: object, name: str) -> str:
        brought.append((picture, name))
        return URL

    monkeypatch.setattr(uploads, "bring_picture", bring)
    monkeypatch.setattr("webchat.nodes.views.powers.media_of", lambda _request: None)
    assert not (await web.get(f"{CATS}/picture")).cssselect("[name=remove]")
    given = {"picture": ("cat.png", drawing(), "image/png")}
    answer = await web.client.post(f"{CATS}/picture/files", files=given)
    assert answer.status_code == 303, answer.text[-2000:]
    assert len(brought) == 1
    assert logo.read(cats.items[logo.ITEM]) == URL
    page = await web.get(CATS)
    assert page.cssselect("#community-head .avatar img")[0].get("src").startswith("/media/")
    assert not page.cssselect(".posts article"), "a logo is no post"
    await web.post(f"{CATS}/picture/files", {"remove": "1"})
    assert logo.ITEM not in cats.items
    assert not (await web.get(CATS)).cssselect("#community-head .avatar img")


async def test_what_is_no_picture(web: Browser, cats: ANode) -> None:
    page = await web.post(f"{CATS}/picture/files", {}, 422)
    assert "Choose a picture first." in page.text


async def test_only_owners(web: Browser, service: Service) -> None:
    service.add("cats", owner=JULIET)
    await web.get(f"{CATS}/picture", 403)
    await web.post(f"{CATS}/picture/files", {"remove": "1"}, 403)


async def test_others_put_a_picture_there(web: Browser, cats: ANode) -> None:
    cats.items[logo.ITEM], cats.publishers[logo.ITEM] = metadata("https://evil.example/x.png"), MERCUTIO
    assert not (await web.get(CATS)).cssselect("#community-head .avatar img")


@pytest.mark.parametrize(
    ("model", "publisher", "url", "counts"),
    [
        ("open", ROMEO, URL, True),
        ("open", MERCUTIO, URL, False),
        ("publishers", MERCUTIO, URL, True),
        ("open", "", URL, True),
        ("open", "", "https://evil.example/montague.example/x.png", False),
        ("subscribers", "", "https://evilmontague.example/x.png", False),
    ],
)
def test_whose_word_counts(model: str, publisher: str, url: str, counts: bool) -> None:
    info = NodeInfo(HOME, "cats", publish_model=model, creator=ROMEO)
    assert believed(Logo(url, publisher), info) is counts


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, URL),
        ("javascript:alert(1)", ""),
        ("https://a b/", ""),
        ("https://x/" + "y" * 3000, ""),
        ("", ""),
    ],
)
def test_addresses(url: str, found: str) -> None:
    assert logo.read(metadata(url)) == found
