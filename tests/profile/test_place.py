"""Where one is, where others are, and the page about somebody."""

from datetime import timedelta

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.profile.server import Server
from webchat.db.base import now
from webchat.errors import XmppError
from webchat.profile.changes import OwnPlaceChanged, PlaceChanged
from webchat.profile.handlers import on_place
from webchat.profile.jobs import sync_place
from webchat.xmpp import namespaces as ns
from webchat.xmpp.events import RosterItem, RosterReceived
from webchat.xmpp.geoloc import Place, PlaceReceived

GEOLOC = f"{{{ns.GEOLOC}}}"


async def test_shared_and_taken_back(romeo: Person, server: Server, web: Browser) -> None:
    assert "Nobody sees where you are" in (await web.get("/location")).text_content()
    await web.post("/location", {"latitude": "45,44", "longitude": "-11", "accuracy": "12"})
    told = server.one(ns.GEOLOC)
    assert [told.findtext(f"{GEOLOC}{name}") for name in ("lat", "lon", "accuracy")] == [
        "45.44",
        "-11.0",
        "12",
    ]
    assert server.access[ns.GEOLOC] == "presence"
    page = await web.get("/location")
    link = page.cssselect("#place a")[0]
    assert (
        link.get("href")
        == "https://www.openstreetmap.org/?mlat=45.44000&mlon=-11.00000#map=15/45.44000/-11.00000"
    )
    assert "noreferrer" in link.get("rel", "")
    assert page.cssselect("#own-sharing.on time")
    await web.post("/location/delete")
    assert not len(server.one(ns.GEOLOC))
    assert romeo.changes() == [OwnPlaceChanged()]
    assert not (await web.get("/chats")).cssselect("#own-sharing.on")


async def test_a_work_that_is_undone_tells_nothing(romeo: Person) -> None:
    """A transaction may be run again: the place is news then."""
    place = PlaceReceived(romeo.session.jid, Place(45.0, -11.0))

    async def undone() -> None:
        async with romeo.session.work() as work:
            await on_place(work, place)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await undone()
    romeo.changes()
    await romeo.session.handled(place)
    assert romeo.changes() == [OwnPlaceChanged()]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "words", "Write where you are, or both latitude and longitude."),
        ({"latitude": "91", "longitude": "0"}, "latitude", "Latitudes go from -90 to 90"),
        ({"latitude": "north", "longitude": "0"}, "latitude", "Write degrees as a number"),
        ({"latitude": "45"}, "longitude", "Latitude and longitude belong together."),
    ],
)
async def test_what_is_no_place(
    server: Server, web: Browser, typed: dict[str, str], field: str, sentence: str
) -> None:
    page = await web.post_page("/location", typed, 422)
    assert sentence in page.cssselect(f"#place-{field}-error")[0].text_content()
    for name, value in typed.items():
        assert page.cssselect(f"#place-{name}")[0].get("value") == value
    assert server.sets == []


async def test_a_server_that_would_show_it_to_all(server: Server, web: Browser) -> None:
    server.broken = XmppError("not-acceptable")
    page = await web.post_page("/location", {"words": "<i>Arena</i>"}, 422)
    assert page.cssselect("form [role=alert]")
    assert page.cssselect("#place-words")[0].get("value") == "<i>Arena</i>"


async def test_contacts_are_somewhere_for_an_hour(romeo: Person, server: Server, web: Browser) -> None:
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "", "both"),)))
    romeo.changes()
    for jid in (JULIET, MERCUTIO):
        await romeo.session.handled(PlaceReceived(jid, Place(words=('"><script>',), since=now())))
    assert romeo.changes() == [PlaceChanged(JULIET)]
    link = (await web.get(f"/people/{JULIET}")).cssselect("#place a")[0]
    assert link.text_content() == '"><script>'
    assert link.get("href") == "https://www.openstreetmap.org/search?query=%22%3E%3Cscript%3E"
    assert not (await web.get(f"/people/{MERCUTIO}")).cssselect("#place")
    await romeo.session.handled(PlaceReceived(JULIET, Place(45.0, 11.0, since=now() - timedelta(hours=2))))
    assert not (await web.get(f"/people/{JULIET}")).cssselect("#place")


async def test_it_was_begun_on_another_device(romeo: Person, server: Server, web: Browser) -> None:
    server.put(ns.GEOLOC, "x", f"<geoloc xmlns='{ns.GEOLOC}'><lat>45</lat><lon>11</lon></geoloc>")
    await sync_place(romeo.session)
    assert (await web.get("/chats")).cssselect("#own-sharing.on")


async def test_the_page_about_somebody(server: Server, web: Browser) -> None:
    info = "<info url='https://up.example/b.jpg' type='image/jpeg' id='x' bytes='1'/>"
    server.put(ns.BANNER, ns.AVATAR_METADATA, f"<metadata xmlns='{ns.AVATAR_METADATA}'>{info}</metadata>")
    page = await web.get(f"/people/{JULIET}")
    assert page.cssselect(".who-card img.banner")[0].get("src", "").startswith("/media/")
    assert "up.example" not in page.cssselect(".who-card img.banner")[0].get("src", "")
    form = page.cssselect(".who-card .follow form")[0]
    assert form.get("action", "").startswith(f"/nodes/{JULIET}/")
    assert form.cssselect("[name=back]")[0].get("value") == f"/people/{JULIET}"
    assert page.cssselect(f"a[href='/people/{JULIET}/posts#shared']")
    info = "<info url='javascript:alert(1)' type='image/jpeg' id='x' bytes='1'/>"
    server.put(ns.BANNER, ns.AVATAR_METADATA, f"<metadata xmlns='{ns.AVATAR_METADATA}'>{info}</metadata>")
    assert not (await web.get(f"/people/{MERCUTIO}")).cssselect("img.banner")
