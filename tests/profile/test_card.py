"""What one tells about oneself: only what was changed is written, and what we do not know stays."""

import asyncio
from xml.etree import ElementTree as ET

import pytest

from tests.lab.inside import Browser
from tests.lab.people import Person
from tests.profile.server import Server
from webchat.contacts import commands as people
from webchat.errors import Offline, TimedOut
from webchat.profile.views import card as views
from webchat.xmpp import card, last_seen
from webchat.xmpp import namespaces as ns

PATH = "/configuration/profile"
CARD = (
    "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Romeo</text></fn>"
    "<x-house xmlns='urn:verona:houses' rank='1'><of>Montague</of></x-house>"
    "<bday><text>in spring</text></bday><url><uri>https://one.example/</uri></url>"
    "<url><uri>https://two.example/</uri></url><note><text>But soft,\nwhat light?</text></note>"
    "<adr><pobox/><locality>Verona</locality><country>Italy</country></adr></vcard>"
)
OLDER = (
    "<vCard xmlns='vcard-temp'><FN>Old Romeo</FN><N><FAMILY>M</FAMILY></N><ADR><CTRY>IT</CTRY></ADR></vCard>"
)


def spelled(xml: ET.Element) -> str:
    return ET.canonicalize(ET.tostring(xml))


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314


async def test_a_silent_server_leaves_no_blank_page(
    server: Server, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page waits a little, and says what is wrong."""

    async def silent() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(views, "PATIENCE", 0.01)
    monkeypatch.setattr("webchat.profile.commands.load_card", lambda session: silent())
    assert "does not answer" in (await web.get(PATH)).text_content()


async def filled(web: Browser) -> dict[str, str]:
    """The form as it stands on the page."""
    page = await web.get(PATH)
    boxes = page.cssselect("#card input:not([type=radio]), #card textarea, #card [type=radio][checked]")
    return {
        box.get("name"): box.get("value") if box.tag == "input" else (box.text or "").lstrip("\n")
        for box in boxes
    }


async def test_saving_an_untouched_page_writes_nothing(server: Server, web: Browser) -> None:
    server.put(ns.VCARD4_NODE, "current", CARD)
    form = await filled(web)
    assert (form["birthday"], form["website"]) == ("in spring", "https://one.example/")
    await web.post(PATH, {**form, "note": form["note"].replace("\n", "\r\n")})
    assert server.sets == []


async def test_one_field_is_changed_and_all_else_stays(server: Server, web: Browser) -> None:
    server.put(ns.VCARD4_NODE, "current", CARD)
    form = await filled(web)
    server.put(ns.VCARD4_NODE, "current", CARD.replace("Italy", "Italia"))
    await web.post(PATH, {**form, "locality": "Mantua"})
    wanted = CARD.replace("Italy", "Italia").replace("Verona", "Mantua")
    assert spelled(server.one(ns.VCARD4_NODE)) == spelled(parsed(wanted))


async def test_an_answer_from_before_a_change_is_not_the_last_word(
    romeo: Person, server: Server, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page about oneself was being asked for when one saved."""
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(stream: object, jid: str, timeout: float = 10) -> None:
        asked.set()
        await go_on.wait()

    server.put(ns.VCARD4_NODE, "current", CARD)
    form = await filled(web)
    monkeypatch.setattr(last_seen, "ask", slow)
    looking = asyncio.create_task(people.load_profile(romeo.session, romeo.session.jid))
    await asked.wait()
    saving = asyncio.create_task(web.post(PATH, {**form, "name": "Romeo Montague"}))
    while "Romeo Montague" not in spelled(server.one(ns.VCARD4_NODE)):
        await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(looking, saving)
    assert "Romeo Montague" in (await web.get(f"/people/{romeo.session.jid}")).text_content()


@pytest.mark.parametrize(
    ("changed", "before", "after"),
    [
        ({"birthday": "1580-02-14"}, "", "<bday><date>1580-02-14</date></bday></vcard>"),
        ({"website": ""}, "<url><uri>https://one.example/</uri></url>", ""),
        ({"locality": ""}, "<locality>Verona</locality>", "<locality/>"),
        ({"pronouns": "he/him"}, "</vcard>", "<pronouns><text>he/him</text></pronouns></vcard>"),
        ({"name": "<R> & \x0b"}, "<text>Romeo</text>", "<text>&lt;R&gt; &amp; </text>"),
    ],
)
def test_where_a_field_goes(changed: dict[str, str], before: str, after: str) -> None:
    wanted = (
        CARD.replace(before, after)
        if before
        else CARD.replace("<bday><text>in spring</text></bday>", "").replace("</vcard>", after)
    )
    assert spelled(card.edited(parsed(CARD), changed)) == spelled(parsed(wanted))


async def test_a_first_card_begins_with_the_older_kind(server: Server, web: Browser) -> None:
    server.temp = parsed(OLDER)
    form = await filled(web)
    assert (form["name"], form["country"], form["access"]) == ("Old Romeo", "IT", "open")
    await web.post(PATH, {**form, "nickname": "Romy", "access": "open"})
    made = server.one(ns.VCARD4_NODE)
    assert card.read(made) == card.Card(name="Old Romeo", nickname="Romy", country="IT")
    assert made.findtext(f"{{{ns.VCARD4}}}impp/{{{ns.VCARD4}}}uri") == "xmpp:romeo@montague.example"
    assert server.one(ns.NICK).text == "Romy"
    assert set(server.access.values()) == {"open"}


async def test_older_programs_see_the_same_as_far_as_they_may(server: Server, web: Browser) -> None:
    server.temp = parsed(OLDER)
    await web.post(
        PATH,
        {"name": "Romeo", "was_name": "Old Romeo", "access": "open", "country": "IT", "was_country": "IT"},
    )
    assert spelled(server.temp) == spelled(parsed(OLDER.replace("Old Romeo", "Romeo")))
    await web.post(PATH, {"access": "presence"})
    assert "Romeo" not in spelled(server.temp)
    assert "FAMILY>M<" in spelled(server.temp)
    assert server.access == {ns.VCARD4_NODE: "presence", ns.NICK: "presence"}


async def test_who_may_not_narrow_the_older_kind_is_told(server: Server, web: Browser) -> None:
    """All else is written, and asked for again with the next save."""
    photo = "<PHOTO><TYPE>image/png</TYPE><BINVAL>AAAA</BINVAL></PHOTO></vCard>"
    server.temp = parsed(OLDER.replace("</vCard>", photo))
    server.put(ns.VCARD4_NODE, "current", CARD, "open")
    server.keeps_temp = True
    for more in ({"locality": "Mantua"}, {}):
        answer = await web.post(PATH, {**await filled(web), "access": "presence", **more})
        assert answer.headers["location"].endswith("?saved=1&older=1")
    assert server.access[ns.VCARD4_NODE] == "presence"
    assert "Mantua" in spelled(server.one(ns.VCARD4_NODE))
    page = await web.get(f"{PATH}?saved=1&older=1")
    assert "Anybody can still read there" in page.cssselect(".notice-line")[0].text_content()
    answer = await web.post(f"{PATH}/picture/files", {"remove": "1"})
    assert answer.headers["location"].endswith("&older=1")
    server.keeps_temp = False
    answer = await web.post(PATH, {**await filled(web), "access": "presence"})
    assert answer.headers["location"].endswith("?saved=1")
    assert "Old Romeo" not in spelled(server.temp)
    answer = await web.post(f"{PATH}/picture/files", {"remove": "1"})
    assert answer.headers["location"].endswith("?saved=1")
    assert "PHOTO" not in spelled(server.temp)


async def test_a_server_that_keeps_a_node_otherwise_is_set_first(server: Server, web: Browser) -> None:
    server.put(ns.VCARD4_NODE, "current", CARD, "whitelist")
    server.strict = True
    await web.post(PATH, {**await filled(web), "access": "presence"})
    assert server.access[ns.VCARD4_NODE] == "presence"


async def test_another_rule_than_ours_stays_until_one_is_chosen(server: Server, web: Browser) -> None:
    server.put(ns.VCARD4_NODE, "current", CARD, "whitelist")
    form = await filled(web)
    assert form["access"] == "as-it-is"
    page = await web.post_page(PATH, {**form, "email": "romeo"}, 422)
    assert page.cssselect("#access-as-it-is[checked]")
    await web.post(PATH, {**form, "locality": "Mantua"})
    assert "Mantua" in spelled(server.one(ns.VCARD4_NODE))
    assert server.access[ns.VCARD4_NODE] == "whitelist"
    await web.post(PATH, {**await filled(web), "access": "presence"})
    assert server.access[ns.VCARD4_NODE] == "presence"
    assert not (await web.get(PATH)).cssselect("#access-as-it-is")


async def test_who_never_told_anything_begins_with_contacts(server: Server, web: Browser) -> None:
    """Some servers answer with an empty card where there is none."""
    server.temp = parsed("<vCard xmlns='vcard-temp'/>")
    assert (await filled(web))["access"] == "presence"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("email", "juliet", "An email address looks like juliet@capulet.example."),
        ("website", "javascript:alert(1)", "A website begins with https://"),
        ("birthday", "1595-02-30", "Write the date as year, month and day: 1595-08-01."),
        ("birthday", "9999-01-01", "This day has not come yet."),
        ("name", "R" * 301, "This is too long."),
    ],
)
async def test_what_is_wrong_stays_typed(
    server: Server, web: Browser, field: str, typed: str, sentence: str
) -> None:
    page = await web.post_page(PATH, {field: typed, "note": "<b>Soft</b>", "access": "open"}, 422)
    box = page.cssselect(f"#card-{field}")[0]
    assert box.get("value") == typed
    assert sentence in page.cssselect(f"#{box.get('aria-describedby')}")[0].text_content()
    assert (page.cssselect("#card-note")[0].text or "").strip() == "<b>Soft</b>"
    assert page.cssselect("#access-open[checked]")
    assert server.sets == []


async def test_a_server_that_is_away(romeo: Person, server: Server, web: Browser) -> None:
    server.broken = TimedOut()
    page = await web.post_page(PATH, {"name": "Romeo", "was_name": "R"}, 504)
    assert page.cssselect("#card-name")[0].get("value") == "Romeo"
    assert page.cssselect("input[name=was_name]")[0].get("value") == "R"
    server.broken = Offline()
    page = await web.get(PATH)
    assert not page.cssselect("form.profile-form")
    assert "no connection to your server" in page.cssselect("[role=alert]")[0].text_content()
