"""The pages of chats, from the event to the HTML (hands 21, 34, 38, 68)."""

from xml.etree.ElementTree import Element

import pytest
from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.messages.speaking import says
from webchat.contacts import store as contacts
from webchat.messages import store as messages
from webchat.messages.changes import ConversationClosed
from webchat.messages.commands import open_conversation
from webchat.web import dom
from webchat.xmpp.events import (
    MessageReceived,
    PresenceReceived,
    RosterItem,
    RosterPushed,
    RosterReceived,
    SubscriptionRequested,
)

HTMX = {"hx-request": "true"}


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


async def hears(romeo: Person, sender: str, body: str, id: str = "m1") -> None:
    await romeo.session.handled(MessageReceived(sender, f"{sender}/balcony", False, body, id))


async def knows(romeo: Person, *items: RosterItem) -> None:
    await romeo.session.handled(RosterReceived(items))


async def test_a_newcomer_is_invited_to_write(web: Browser) -> None:
    page = await web.get("/chats")
    assert page.cssselect("form.start input[name=jid]")
    assert not page.cssselect("li.conversation")
    assert not page.cssselect(f"#{dom.requests} li")


async def test_the_list_shows_who_said_what_and_who_is_there(romeo: Person, web: Browser) -> None:
    await knows(romeo, RosterItem(JULIET, "Juliet", "both"), RosterItem(MERCUTIO, "Mercutio", "both"))
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True, "away"))
    await hears(romeo, JULIET, "Ay *me*! <script>")
    page = await web.get("/chats")
    juliet, mercutio = page.cssselect("li.conversation")
    assert juliet.get("id") == dom.conversation(JULIET)
    assert text(juliet.cssselect(".name")[0]) == "Juliet"
    assert text(juliet.cssselect(".excerpt")[0]) == "Ay me! <script>"
    assert text(juliet.cssselect(".badge")[0]) == "1 unread"
    assert juliet.cssselect(".presence.away")
    assert juliet.cssselect("a")[0].get("href") == "/chats/juliet@capulet.example"
    assert "contact-only" in mercutio.get("class", "")
    assert not mercutio.cssselect("time")


async def test_a_stranger_is_shown_by_address_and_not_counted(romeo: Person, web: Browser) -> None:
    await hears(romeo, MERCUTIO, "Call me Juliet")
    page = await web.get("/chats")
    (row,) = page.cssselect("li.conversation")
    assert text(row.cssselect(".name")[0]) == MERCUTIO
    assert row.cssselect(".badge.quiet")
    async with romeo.session.read() as db:
        assert await messages.unread_total(db, romeo.session.account_id) == 0


async def test_a_conversation(romeo: Person, web: Browser) -> None:
    await knows(romeo, RosterItem(JULIET, "Juliet", "both"))
    await hears(romeo, JULIET, "O Romeo, Romeo")
    page = await web.get("/chats/juliet@capulet.example")
    assert text(page.cssselect("h1")[0]) == "Juliet"
    assert text(page.cssselect(f"#{dom.presence(JULIET)} .address")[0]).endswith(JULIET)
    assert "O Romeo, Romeo" in text(page.cssselect(f"#{dom.timeline(JULIET)}")[0])
    assert page.cssselect("textarea[name=text]")
    (current,) = page.cssselect("li.conversation a[aria-current]")
    assert current.get("href") == "/chats/juliet@capulet.example"
    stream = page.cssselect("#stream")[0].get("hx-sse:connect", "")
    assert stream.startswith("/stream/conversation/juliet@capulet.example?after=")


async def test_looking_at_a_stranger_leaves_no_trace(romeo: Person, web: Browser) -> None:
    page = await web.get("/chats/tybalt@capulet.example")
    assert text(page.cssselect("h1")[0]) == "tybalt@capulet.example"
    assert romeo.changes() == []
    async with romeo.session.read() as db:
        assert (
            await messages.conversation_by_jid(db, romeo.session.account_id, "tybalt@capulet.example") is None
        )


async def test_one_address_has_one_page(web: Browser) -> None:
    for spelled in ("Juliet@Capulet.example", "juliet@capulet.example%2Fbalcony", "juliet@capulet.example."):
        answer = await web.client.get(f"/chats/{spelled}")
        if answer.status_code == 303:
            assert answer.headers["location"] == "/chats/juliet@capulet.example"
        else:
            assert (spelled, answer.status_code) == ("juliet@capulet.example%2Fbalcony", 404)
    await web.get("/chats/not%20an%20address", status=404)


async def test_a_page_of_the_past(romeo: Person, web: Browser) -> None:
    await knows(romeo, RosterItem(JULIET, "Juliet", "both"))
    await hears(romeo, JULIET, "O Romeo")
    await web.get("/chats/juliet@capulet.example?before=9999999999999999999-1&at=no&after=")
    await web.get("/chats/juliet@capulet.example?at=99999999999999999999999&write=1")


async def test_starting_a_chat(romeo: Person, web: Browser) -> None:
    answer = await web.post("/chats", {"jid": " Juliet@Capulet.example "})
    assert answer.headers["location"] == "/chats/juliet@capulet.example"
    answer = await web.post("/chats", {"jid": "mercutio"})
    assert answer.headers["location"] == "/chats/mercutio@montague.example"
    page = await web.get("/chats")
    assert [text(name) for name in page.cssselect("li.conversation .name")] == [
        "mercutio@montague.example",
        "juliet@capulet.example",
    ]


async def test_what_is_no_address_is_said_beside_the_field(romeo: Person, web: Browser) -> None:
    page = await web.post_page("/chats", {"jid": "juliet capulet"}, 422)
    (field,) = page.cssselect("input[name=jid]")
    assert field.get("value") == "juliet capulet"
    assert field.get("aria-invalid") == "true"
    assert text(page.cssselect("#start-error")[0]).startswith("This is not a valid address.")
    assert romeo.changes() == []


async def test_requests_are_shown_and_answered(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(SubscriptionRequested(MERCUTIO, "I am Juliet"))
    page = await web.get("/chats")
    (request,) = page.cssselect(f"#{dom.requests} li")
    assert MERCUTIO in text(request)
    assert "I am Juliet" not in text(page)
    accept, decline = (form.get("action", "") for form in request.cssselect("form"))
    answer = await web.post(accept)
    assert answer.headers["location"] == "/chats/mercutio@verona.example"
    assert [xml.get("type") for xml in romeo.client.sent] == ["subscribed", "subscribe"]
    assert (await web.post(decline)).headers["location"] == "/chats"
    async with romeo.session.read() as db:
        assert await contacts.requests(db, romeo.session.account_id) == []


async def test_without_a_stream_a_request_is_not_answered(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(SubscriptionRequested(MERCUTIO))
    romeo.client.connected = False
    await web.post("/requests/mercutio@verona.example", status=503)
    await web.post("/requests/not%20an%20address", status=404)


async def test_an_open_conversation_stands_in_the_list(romeo: Person, web: Browser) -> None:
    await open_conversation(romeo.session, ROMEO)
    page = await web.get("/chats")
    assert len(page.cssselect("li.conversation")) == 1


async def test_many_people_make_a_quick_page(romeo: Person, web: Browser) -> None:
    await knows(romeo, *(RosterItem(f"guest{n}@capulet.example", f"Guest {n}", "both") for n in range(500)))
    page = await web.get("/chats")
    assert len(page.cssselect("li.conversation.contact-only")) == 500
    assert "Not all of your contacts" not in text(page)


async def test_a_roster_without_end_makes_a_page_with_one(romeo: Person, web: Browser) -> None:
    """A server may say whom it likes; a page, and what is read for it, is as long as that of many people."""
    await knows(
        romeo, *(RosterItem(f"guest{n}@capulet.example", f"Guest {n:04}", "both") for n in range(3000))
    )
    await romeo.session.handled(says("Hark", "m1", sender="guest2999@capulet.example"))
    page = await web.get("/chats")
    names = [text(name) for name in page.cssselect("li.conversation.contact-only .name")]
    assert (len(names), names[0], names[-1]) == (500, "Guest 0000", "Guest 0499")
    assert [text(name) for name in page.cssselect("li.conversation:not(.contact-only) .name")] == [
        "Guest 2999"
    ]
    assert "Not all of your contacts are listed" in text(page)


async def test_a_stranger_is_made_a_contact_on_their_page(romeo: Person, web: Browser) -> None:
    path = "/chats/mercutio@verona.example"
    head = (await web.get(path)).cssselect(f"#{dom.presence(MERCUTIO)}")[0]
    assert "Neither of you sees whether the other is here or has read." in text(head)
    (form,) = [form for form in head.cssselect("form") if "Add to contacts" in text(form)]
    romeo.client.answers = [Element("{jabber:client}iq", {"type": "result"})]
    answer = await web.client.post(form.get("action", ""), headers=HTMX)
    assert answer.status_code == 200
    assert "Asked mercutio@verona.example to become a contact." in answer.text
    assert [xml.get("type") for xml in romeo.client.sent] == ["subscribe"]
    await romeo.session.handled(RosterPushed(RosterItem(MERCUTIO, ask="subscribe")))
    head = (await web.get(path)).cssselect(f"#{dom.presence(MERCUTIO)}")[0]
    assert "Waiting for their answer" in text(head)
    assert "Add to contacts" not in text(head)
    assert "Remove from contacts" in text(head)


async def test_accepting_leaves_the_page_alone(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(SubscriptionRequested(MERCUTIO))
    answer = await web.client.post(f"/requests/{MERCUTIO}", headers=HTMX)
    assert answer.status_code == 200
    assert "mercutio@verona.example can see you now." in answer.text


async def test_a_closed_chat_leaves_the_list_until_the_next_message(romeo: Person, web: Browser) -> None:
    await hears(romeo, MERCUTIO, "Good morrow")
    await web.post(f"/chats/{MERCUTIO}/close")
    assert len((await web.get("/chats")).cssselect("li.conversation")) == 1, "nobody has read it"
    (row,) = (await web.get(f"/chats/{MERCUTIO}")).cssselect("article.message")
    await web.post(f"/conversations/{MERCUTIO}/displayed", {"id": row.get("data-id", "")})
    romeo.changes()
    (close,) = [
        form.get("action", "")
        for form in (await web.get(f"/chats/{MERCUTIO}")).cssselect(".head form")
        if "Close chat" in text(form)
    ]
    assert (await web.post(close)).headers["location"] == "/chats"
    assert romeo.changes() == [ConversationClosed(MERCUTIO)]
    assert not (await web.get("/chats")).cssselect("li.conversation")
    page = await web.get(f"/chats/{MERCUTIO}")
    assert "Good morrow" in text(page.cssselect(f"#{dom.timeline(MERCUTIO)}")[0])
    await hears(romeo, MERCUTIO, "Romeo?", "m2")
    assert len((await web.get("/chats")).cssselect("li.conversation")) == 1


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("xmpp:juliet@capulet.example", "/chats/juliet@capulet.example"),
        ("XMPP:Juliet@Capulet.example/balcony?message;body=hi", "/chats/juliet@capulet.example"),
        ("xmpp:balcony@rooms.example?join;password=x", "/rooms/balcony@rooms.example"),
        ("xmpp:pubsub.example?;node=roses", "/communities/pubsub.example/roses"),
        ("xmpp:pubsub.example?;node=roses;item=1", "/posts/pubsub.example/roses/1"),
    ],
)
async def test_m287_an_address_of_another_page_is_opened(web: Browser, uri: str, path: str) -> None:
    answer = await web.client.get("/open", params={"uri": uri})
    assert (answer.status_code, answer.headers["location"]) == (303, path)


@pytest.mark.parametrize("uri", ["", "javascript:alert(1)", "https://example.org/", "xmpp:", "xmpp:a@@b"])
async def test_what_is_no_address_is_not_opened(web: Browser, uri: str) -> None:
    assert (await web.client.get("/open", params={"uri": uri})).status_code == 404
