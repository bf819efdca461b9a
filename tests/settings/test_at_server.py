"""What the account's own server keeps and lets others read (XEP-0441, XEP-0060 §8.2)."""

from xml.etree.ElementTree import Element, SubElement, fromstring

from tests.lab.inside import Browser
from tests.lab.people import Person
from webchat.errors import XmppError
from webchat.xmpp import namespaces as ns

PATH = "/configuration/preferences"
MAM = f"{{{ns.MAM}}}"


def prefs(
    default: str, always: str = "juliet@capulet.example", never: str = "tybalt@capulet.example"
) -> Element:
    """The archive's answer."""
    return fromstring(  # noqa: S314
        f"<iq xmlns='jabber:client' type='result'><prefs xmlns='{ns.MAM}' default='{default}'>"
        f"<always><jid>{always}</jid></always><never><jid>{never}</jid></never></prefs></iq>"
    )


def access(model: str) -> Element:
    """The configuration of the blog's node."""
    return fromstring(  # noqa: S314
        f"<iq xmlns='jabber:client' type='result'><pubsub xmlns='{ns.PUBSUB_OWNER}'><configure>"
        "<x xmlns='jabber:x:data' type='form'><field var='pubsub#access_model' type='list-single'>"
        f"<option><value>open</value></option><option><value>presence</value></option><value>{model}</value>"
        "</field></x></configure></pubsub></iq>"
    )


def done() -> Element:
    """An empty result."""
    return Element("{jabber:client}iq", {"type": "result"})


REFUSED = XmppError("feature-not-implemented")


async def test_what_the_server_does_not_offer_is_not_shown(romeo: Person, web: Browser) -> None:
    romeo.client.answers = [REFUSED, REFUSED]
    page = await web.get(PATH)
    assert not page.cssselect("#archive, #readers")


async def test_the_server_is_not_asked_at_every_page(romeo: Person, web: Browser) -> None:
    romeo.client.answers = [prefs("roster"), access("open")]
    await web.get(PATH)
    asked = len(romeo.client.asked)
    page = await web.get(PATH)
    assert page.cssselect("#archive input[checked]")[0].get("value") == "roster"
    assert len(romeo.client.asked) == asked


async def test_the_archive_is_chosen_and_its_lists_are_kept(romeo: Person, web: Browser) -> None:
    romeo.client.answers = [prefs("roster"), REFUSED]
    page = await web.get(PATH)
    assert page.cssselect("#archive input[checked]")[0].get("value") == "roster"
    assert "juliet@capulet.example" in page.cssselect("#exceptions")[0].text_content()
    # COMPAT: Prosody 0.12 answers with nothing, so what holds is asked for again.
    romeo.client.answers = [prefs("roster"), done(), prefs("never")]
    answer = await web.post("/configuration/archive", {"default": "never"})
    written = romeo.client.asked[-2]
    assert written.get("default") == "never"
    assert [jid.text for jid in written.findall(f"{MAM}always/{MAM}jid")] == ["juliet@capulet.example"]
    assert [jid.text for jid in written.findall(f"{MAM}never/{MAM}jid")] == ["tybalt@capulet.example"]
    change = answer.headers["location"].partition("=")[2]
    romeo.client.answers = [prefs("never"), prefs("never"), prefs("roster")]
    await web.post(f"{PATH}/undo", {"change": change})
    assert romeo.client.asked[-1].get("default") == "roster"


async def test_an_archive_that_does_not_obey_is_not_believed(romeo: Person, web: Browser) -> None:
    romeo.client.answers = [prefs("roster"), prefs("roster")]
    page = await web.post_page("/configuration/archive", {"default": "never"}, 422)
    assert "did not do this" in page.cssselect("[role=alert]")[0].text_content()
    romeo.client.answers = [REFUSED]
    page = await web.post_page("/configuration/archive", {"default": "never"}, 422)
    assert "does not answer" in page.cssselect("[role=alert]")[0].text_content()
    await web.post("/configuration/archive", {"default": "everything"}, status=422)


async def test_who_may_read_the_blog_is_the_servers_word(romeo: Person, web: Browser) -> None:
    romeo.client.answers = [REFUSED, access("presence")]
    page = await web.get(PATH)
    assert page.cssselect("#readers input[checked]")[0].get("value") == "presence"
    romeo.client.answers = [access("open"), access("open"), access("open"), done(), access("presence")]
    answer = await web.post("/configuration/readers", {"access": "presence"})
    assert answer.headers["location"].startswith(f"{PATH}?saved=")
    forms = [form for xml in romeo.client.asked for form in xml.iter("{jabber:x:data}x")]
    assert "presence" in [value.text for value in forms[-1].iter("{jabber:x:data}value")]


async def test_a_blog_with_posts_for_followers_is_not_opened(romeo: Person, web: Browser) -> None:
    entry = (
        "<entry xmlns='http://www.w3.org/2005/Atom'><title>But, soft!</title><id>urn:1</id>"
        "<updated>2026-01-01T00:00:00Z</updated></entry>"
    )
    items = done()
    pubsub = SubElement(items, f"{{{ns.PUBSUB}}}pubsub")
    holder = SubElement(pubsub, f"{{{ns.PUBSUB}}}items", {"node": "urn:xmpp:microblog:0"})
    SubElement(holder, f"{{{ns.PUBSUB}}}item", {"id": "one"}).append(fromstring(entry))  # noqa: S314
    romeo.client.answers = [access("presence"), items]
    page = await web.post_page("/configuration/readers", {"access": "open"}, 422)
    assert "stays as it is" in page.cssselect("[role=alert]")[0].text_content()


async def test_the_public_name_is_given_back(romeo: Person, web: Browser) -> None:
    await web.post("/configuration/public", {"public": "1", "nickname": "romeo"})
    answer = await web.post("/configuration/public", {"nickname": "montague"})
    romeo.client.answers = [REFUSED, REFUSED]
    page = await web.get(answer.headers["location"])
    assert "breaks links" in page.cssselect("#public-nickname-hint")[0].text_content()
    change = page.cssselect(".saved input[name=change]")[0].get("value")
    await web.post(f"{PATH}/undo", {"change": change})
    page = await web.get(PATH)
    assert page.cssselect("#public-nickname")[0].get("value") == "romeo"
    assert page.cssselect("#public-on[checked]")
