"""What a tab is sent when a row of the list changes: change and page in, partials out."""

from lxml import html

from tests.lab.people import JULIET, MERCUTIO, Person
from webchat.change import Change
from webchat.chats import slice as chats
from webchat.contacts import slice as contacts
from webchat.contacts.changes import ContactChanged, RequestsChanged, RosterChanged
from webchat.messages import slice as messages
from webchat.messages.changes import ConversationChanged
from webchat.session.changes import ConnectionChanged
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.web.scope import Scope
from webchat.web.templates import partial
from webchat.xmpp.events import (
    MessageReceived,
    PresenceReceived,
    RosterItem,
    RosterReceived,
    SubscriptionRequested,
)

LIST = Scope("chats")
IN_PLACE = (f"#{dom.conversations}", "upsert key:data-key sort:desc", "messages/_conversation.html")
WHOLE = (f"#{dom.conversations}", "outerMorph", "messages/_list.html")
HEAD = (f"#{dom.presence(JULIET)}", "outerMorph", "chats/_head.html")


async def draw(person: Person, scope: Scope, *changes: Change) -> list[Partial]:
    drawn: list[Partial | Ping] = []
    async with person.session.read() as db:
        for one in (messages, chats, contacts):
            if fragment := one.fragments.get((type(changes[0]), scope.kind)):
                drawn += await fragment(Page(person.session, db, scope, "en"), changes)
    return [part for part in drawn if isinstance(part, Partial)]


def aim(part: Partial) -> tuple[str, str, str]:
    return part.target, part.swap, part.template


def element(part: Partial) -> html.HtmlElement:
    return html.fragment_fromstring(partial(part.template, "en", **part.values))


async def meet(romeo: Person) -> None:
    people = RosterItem(JULIET, "Juliet", "both"), RosterItem(MERCUTIO, "Mercutio", "both")
    await romeo.session.handled(RosterReceived(people))


async def hears(romeo: Person, sender: str, body: str, id: str) -> None:
    await romeo.session.handled(MessageReceived(sender, f"{sender}/balcony", False, body, id))


async def test_a_message_moves_its_row_up(romeo: Person) -> None:
    await meet(romeo)
    (before,) = await draw(romeo, LIST, ConversationChanged(JULIET))
    await hears(romeo, MERCUTIO, "Prick love for pricking", "m1")
    await hears(romeo, JULIET, "Ay me!", "m2")
    (juliet,) = await draw(romeo, LIST, ConversationChanged(JULIET))
    (mercutio,) = await draw(romeo, LIST, ConversationChanged(MERCUTIO))
    assert aim(before) == aim(juliet) == IN_PLACE
    rows = [element(part) for part in (before, mercutio, juliet)]
    assert [row.get("data-key") for row in rows] == sorted(row.get("data-key", "") for row in rows)
    assert rows[2].cssselect(".excerpt")[0].text_content().strip() == "Ay me!"
    assert rows[2].get("id") == dom.conversation(JULIET)


async def test_rows_of_several_conversations_come_together(romeo: Person) -> None:
    await meet(romeo)
    parts = await draw(romeo, LIST, ConversationChanged(JULIET), ConversationChanged(MERCUTIO))
    assert [aim(part) for part in parts] == [IN_PLACE, IN_PLACE]


async def test_presence_redraws_the_row_and_the_head_of_the_open_page(romeo: Person) -> None:
    await meet(romeo)
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True, "dnd", "Marrying"))
    row, head = await draw(romeo, Scope("conversation", JULIET), ContactChanged(JULIET))
    assert (aim(row), aim(head)) == (IN_PLACE, HEAD)
    assert element(row).cssselect(".presence.dnd")
    assert element(row).cssselect("a[aria-current]")
    assert "Marrying" in element(head).text_content()
    assert [aim(part) for part in await draw(romeo, LIST, ContactChanged(JULIET))] == [IN_PLACE]
    other = await draw(romeo, Scope("conversation", MERCUTIO), ContactChanged(JULIET))
    assert [aim(part) for part in other] == [IN_PLACE]


async def test_who_is_nowhere_is_not_drawn(romeo: Person) -> None:
    assert await draw(romeo, LIST, ContactChanged("tybalt@capulet.example")) == []


async def test_another_roster_or_connection_redraws_everything(romeo: Person) -> None:
    await meet(romeo)
    await romeo.session.handled(PresenceReceived(f"{JULIET}/balcony", True))
    whole, head = await draw(romeo, Scope("conversation", JULIET), RosterChanged())
    assert (aim(whole), aim(head)) == (WHOLE, HEAD)
    assert len(element(whole).cssselect("li.conversation")) == 2
    assert element(whole).cssselect(".presence.online")
    romeo.session.state = "offline"
    (whole,) = await draw(romeo, LIST, ConnectionChanged())
    assert not element(whole).cssselect(".presence.online")


async def test_requests(romeo: Person) -> None:
    await romeo.session.handled(SubscriptionRequested(MERCUTIO))
    (part,) = await draw(romeo, LIST, RequestsChanged())
    assert aim(part) == (f"#{dom.requests}", "outerMorph", "contacts/_requests.html")
    assert element(part).get("id") == dom.requests
    assert MERCUTIO in element(part).text_content()


async def test_pushed_rows_carry_no_htmx(romeo: Person) -> None:
    await meet(romeo)
    await romeo.session.handled(SubscriptionRequested("tybalt@capulet.example"))
    parts = [
        *await draw(romeo, LIST, RosterChanged()),
        *await draw(romeo, LIST, RequestsChanged()),
        *await draw(romeo, Scope("conversation", JULIET), ContactChanged(JULIET)),
    ]
    for part in parts:
        for node in element(part).iter():
            assert not [name for name in node.attrib if name.startswith("hx-") and name != "hx-ignore"]
