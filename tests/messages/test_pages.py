"""From the form to the stanza and from the event to the HTML: views and fragments through the real app."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from lxml import html

from tests.lab.databases import KINDS
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import befriend, bodies, conversation, lines, states
from tests.messages.server import Server
from tests.messages.test_live import carbon, hears
from webchat.change import Change
from webchat.messages import commands, fragments, jobs, show
from webchat.messages import slice as messages
from webchat.messages.changes import MessageChanged, TimelineChanged
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.web.scope import Scope
from webchat.web.templates import partial
from webchat.xmpp.events import ChatStateReceived, DisplayedReceived, MessageFailed, StanzaAcked

DATABASES = KINDS[:1]

TO = f"/conversations/{JULIET}"
HTMX = {"hx-request": "true"}


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


async def drawn(romeo: Person, changes: Sequence[Change], scope: str = JULIET) -> list[Partial | Ping]:
    """What a page of this conversation is sent for these changes."""
    groups: dict[type[Change], list[Change]] = {}
    for change in changes:
        groups.setdefault(type(change), []).append(change)
    parts: list[Partial | Ping] = []
    async with romeo.session.read() as db:
        page = Page(romeo.session, db, Scope("conversation", scope), "en")
        for kind, group in groups.items():
            for place in ("conversation", "*"):
                if (draw := messages.fragments.get((kind, place))) is not None:
                    parts += await draw(page, group)
    return [
        part for part in parts if not (isinstance(part, Partial) and part.target == f"#{dom.conversations}")
    ]


def rows(parts: Sequence[Partial | Ping]) -> dict[str, str]:
    """Body → swap of the messages that were drawn."""
    return {
        part.values["message"].source: part.swap
        for part in parts
        if isinstance(part, Partial) and "message" in part.values
    }


def tree(part: Partial | Ping) -> html.HtmlElement:
    """A partial as HTML."""
    assert isinstance(part, Partial)
    return html.fragment_fromstring(partial(part.template, "en", **part.values))


def partials(text: str) -> list[html.HtmlElement]:
    """The partials of an answer."""
    return html.document_fromstring(f"<body>{text}</body>").cssselect("hx-partial")


# ---- what a page is sent


async def test_a_new_message_is_put_at_its_place(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("Ay *me* <b>!"))
    (line,) = await lines(romeo)
    row, counters = await drawn(romeo, romeo.changes())
    assert isinstance(row, Partial)
    assert (row.target, row.swap) == (f"#{dom.timeline(JULIET)}", "upsert key:data-key")
    element = tree(row)
    assert element.get("id") == dom.message(line.id)
    assert element.get("data-key") == show.key_of(line.position)
    assert " ".join(element.cssselect(".body")[0].text_content().split()) == "Ay *me* <b>!"
    assert not element.cssselect(".body b")
    assert counters == Ping("counters", "chats")


async def test_other_conversations_are_not_drawn(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("Ay me!"))
    await romeo.session.handled(ChatStateReceived(JULIET, f"{JULIET}/balcony", "composing"))
    await commands.save_draft(romeo.session, JULIET, "But soft", 0)
    changes = [*romeo.changes(), TimelineChanged(JULIET)]
    assert await drawn(romeo, changes, scope=MERCUTIO) == [Ping("counters", "chats")]


async def test_the_state_moves_to_the_last_own_message(romeo: Person, web: Browser) -> None:
    for text in ("one", "two"):
        await romeo.session.handled(carbon(text))
    assert rows(await drawn(romeo, romeo.changes())) == {
        "one": "upsert key:data-key",
        "two": "upsert key:data-key",
    }
    await romeo.session.handled(hears("theirs"))
    romeo.changes()
    await romeo.session.handled(carbon("three"))
    parts = await drawn(romeo, romeo.changes())
    assert rows(parts) == {"two": "outerMorph", "three": "upsert key:data-key"}
    shown = {
        part.values["message"].source: part.values["message"].show_state
        for part in parts
        if isinstance(part, Partial)
    }
    assert shown == {"two": False, "three": True}


async def test_a_state_far_up_is_only_changed_where_it_is_shown(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(carbon("one"))
    for n in range(30):
        await romeo.session.handled(hears(f"line {n}"))
    romeo.changes()
    await romeo.session.handled(DisplayedReceived(JULIET, f"{JULIET}/balcony", False, "id of one"))
    (row,) = await drawn(romeo, romeo.changes())
    assert isinstance(row, Partial)
    (one, *_) = await lines(romeo)
    assert (row.target, row.swap) == (f"#{dom.message(one.id)}", "outerMorph")
    assert "Read" in tree(row).cssselect(".state")[0].text_content()


async def test_the_state_leaves_an_own_message_far_up(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(carbon("one"))
    for n in range(30):
        await romeo.session.handled(hears(f"line {n}"))
    romeo.changes()
    await romeo.session.handled(carbon("two"))
    parts = await drawn(romeo, romeo.changes())
    assert rows(parts) == {"one": "outerMorph", "two": "upsert key:data-key"}


async def test_what_follows_is_grouped_anew(romeo: Person, web: Browser) -> None:
    for text in ("one", "two", "three"):
        await romeo.session.handled(carbon(text))
    here = await lines(romeo)
    romeo.changes()
    parts = await drawn(romeo, [MessageChanged(JULIET, here[0].id)])
    assert rows(parts) == {"one": "upsert key:data-key", "two": "outerMorph"}


async def test_many_changes_make_the_page_fetch_itself(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("Ay me!"))
    many = [MessageChanged(JULIET, id) for id in range(100)]
    assert await drawn(romeo, many) == [fragments.STALE]
    assert await drawn(romeo, [TimelineChanged(JULIET)]) == [fragments.STALE]


async def test_a_message_that_is_gone_leaves_the_page(romeo: Person, web: Browser) -> None:
    for _ in range(2):
        (gone,) = await drawn(romeo, [MessageChanged(JULIET, 4711)])
        assert isinstance(gone, Partial)
        assert (gone.target, gone.swap, gone.template) == (f"#{dom.message(4711)}", "delete", "")
        await romeo.session.handled(hears("Ay me!"))


async def test_failure_is_said_with_a_way_to_try_again(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(carbon("one"))
    await romeo.session.handled(MessageFailed(JULIET, "id of one", "remote-server-not-found", "<script>"))
    (line,) = await lines(romeo)
    row, *_ = await drawn(romeo, romeo.changes())
    element = tree(row)
    assert "Their server cannot be reached." in element.cssselect(".state.failed")[0].text_content()
    assert [form.get("action") for form in element.cssselect("form")] == [
        f"/messages/{line.id}/retry",
        f"/messages/{line.id}/delete",
    ]
    assert element.cssselect("[data-copy]")
    assert not element.cssselect("script")


async def test_typing_comes_and_goes(romeo: Person, web: Browser) -> None:
    await befriend(romeo)
    for state, said in (("composing", "juliet is typing…"), ("paused", "")):
        await romeo.session.handled(ChatStateReceived(JULIET, f"{JULIET}/balcony", state))  # type: ignore[arg-type]
        (typing,) = await drawn(romeo, romeo.changes())
        assert isinstance(typing, Partial)
        assert typing.target == f"#{dom.typing(JULIET)}"
        assert tree(typing).text_content().strip() == said


async def test_a_draft_is_told_to_the_other_tabs(romeo: Person, web: Browser) -> None:
    await commands.save_draft(romeo.session, JULIET, "But soft", 0)
    (draft,) = await drawn(romeo, romeo.changes())
    element = tree(draft)
    assert element.get("id") == dom.draft(JULIET)
    assert element.get("data-text") == "But soft"
    assert element.cssselect("input[name=draft_version]")[0].get("value") == "1"


# ---- what a browser asks


async def test_a_plain_form_goes_back_to_the_page(romeo: Person, web: Browser) -> None:
    page = await web.get(f"/chats/{JULIET}")
    (form,) = page.cssselect(f"#{dom.composer(JULIET)}")
    fields = {**dict(form.form_values()), "text": "I am\r\nhere"}
    for _ in range(2):
        answer = await web.post(form.get("action"), fields)
        assert answer.headers["location"] == f"/chats/{JULIET}"
    assert await bodies(romeo) == ["I am\nhere"]
    page = await web.get(f"/chats/{JULIET}")
    assert page.cssselect(".message.mine .body")[0].text_content() == "I amhere"
    assert "Sending…" in page.cssselect(".message .state")[0].text_content()


async def test_a_script_gets_a_fresh_form(romeo: Person, web: Browser) -> None:
    fields = {"message_id": "88888888", "text": "I am here", "draft_version": "0"}
    answer = await web.client.post(f"{TO}/messages", data=fields, headers=HTMX)
    assert (answer.status_code, answer.headers["hx-push-url"]) == (200, "false")
    form = html.fragment_fromstring(answer.text)
    assert form.cssselect("textarea")[0].text_content().strip() == ""
    assert form.cssselect("input[name=message_id]")[0].get("value") not in ("", "88888888")
    assert await states(romeo) == {"I am here": "pending"}


async def test_what_cannot_be_sent_comes_back_with_its_text(romeo: Person, web: Browser) -> None:
    fields = {"message_id": "88888888", "text": "x" * 70_000}
    answer = await web.client.post(f"{TO}/messages", data=fields, headers=HTMX)
    assert answer.status_code == 422
    form = html.fragment_fromstring(answer.text)
    assert form.cssselect(".field-error")[0].text_content() == commands.TOO_LONG
    assert form.cssselect("textarea")[0].text_content().strip() == "x" * 70_000
    assert form.cssselect("input[name=message_id]")[0].get("value") == "88888888"
    plain = await web.client.post(f"{TO}/messages", data=fields)
    assert plain.status_code == 422
    assert commands.TOO_LONG in plain.text


async def test_retry(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(carbon("one"))
    await romeo.session.handled(MessageFailed(JULIET, "id of one", "gone"))
    (line,) = await lines(romeo)
    answer = await web.post(f"/messages/{line.id}/retry")
    assert answer.headers["location"] == f"/chats/{JULIET}"
    assert (await states(romeo))["one"] in ("pending", "sent")
    await romeo.session.handled(MessageFailed(JULIET, "id of one", "gone"))
    by_script = await web.client.post(f"/messages/{line.id}/retry", headers=HTMX)
    assert by_script.status_code == 204
    assert (await web.client.post("/messages/4711/retry")).status_code == 404


async def test_drafts(romeo: Person, web: Browser) -> None:
    fields = {"text": "But soft", "draft_version": "0"}
    await web.post(f"{TO}/draft", fields)
    answer = await web.client.post(
        f"{TO}/draft", data={"text": "What light", "draft_version": "0"}, headers=HTMX
    )
    kept = html.fragment_fromstring(answer.text)
    assert kept.get("data-text") == "What light"
    assert kept.cssselect("[data-other]")[0].text_content() == "But soft"
    await web.post(f"{TO}/draft/delete")
    page = await web.get(f"/chats/{JULIET}")
    assert page.cssselect("textarea")[0].text_content().strip() == "What light"
    assert page.cssselect("form.conflict")[0].get("hidden") is not None


async def test_displayed(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("Ay me!"))
    (line,) = await lines(romeo)
    await web.post(f"{TO}/displayed", {"id": str(line.id)})
    assert (await conversation(romeo)).unread == 0
    again = await web.client.post(f"{TO}/displayed", data={"id": str(line.id)}, headers=HTMX)
    assert again.status_code == 204
    await web.post(f"{TO}/displayed", {"id": "4711"}, status=404)
    await web.post(f"{TO}/displayed", {"id": "x"}, status=422)


async def test_chat_states(romeo: Person, web: Browser) -> None:
    await web.post(f"{TO}/chat-state", {"state": "composing"})
    await web.post(f"{TO}/chat-state", {"state": "drunk"}, status=422)


@pytest.mark.parametrize("jid", ["", "@", "a@b@c", f"{JULIET}%2fbalcony", "x" * 2000])
async def test_an_address_that_is_none(web: Browser, jid: str) -> None:
    answer = await web.client.post(
        f"/conversations/{jid}/messages", data={"message_id": "88888888", "text": "x"}
    )
    assert answer.status_code == 404


async def test_older_messages_join_the_page(romeo: Person, web: Browser, server: Server) -> None:
    for n in range(120):
        server.said(JULIET, f"line {n}")
    await jobs.catch_up(romeo.session)
    server.said(JULIET, "newest")
    page = await web.get(f"/chats/{JULIET}")
    (edge,) = page.cssselect(f"#{dom.older(JULIET)}")
    answer = await web.client.get(edge.get("data-older"), headers=HTMX)
    assert (answer.status_code, answer.headers["hx-reswap"]) == (200, "none")
    parts = partials(answer.text)
    targets = {part.get("hx-target") for part in parts}
    assert targets == {f"#{dom.timeline(JULIET)}", f"#{dom.older(JULIET)}"}
    added = [part.cssselect(".body")[0].text_content().strip() for part in parts[:-1]]
    assert added == [f"line {n}" for n in range(20, 71)]
    assert parts[-1].cssselect("a")[0].get("href", "").startswith(f"/chats/{JULIET}?before=")


async def test_older_messages_come_from_the_archive(romeo: Person, web: Browser, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    for n in range(3):
        server.said(JULIET, f"line {n}")
    await romeo.session.handled(server.said(JULIET, "live"))
    page = await web.get(f"/chats/{JULIET}")
    (edge,) = page.cssselect(f"#{dom.older(JULIET)}")
    answer = await web.client.get(edge.get("data-older"), headers=HTMX)
    parts = partials(answer.text)
    assert [part.cssselect(".body")[0].text_content().strip() for part in parts[:-1]] == [
        *(f"line {n}" for n in range(3)),
        "live",
    ]
    assert "Start of history" in parts[-1].text_content()


async def test_an_archive_that_fails_is_told_and_the_way_stays(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("Ay me!", stanza_id="a1"))
    page = await web.get(f"/chats/{JULIET}")
    (edge,) = page.cssselect(f"#{dom.older(JULIET)}")
    answer = await web.client.get(edge.get("data-older"), headers=HTMX)
    assert answer.status_code == 200
    told = partials(answer.text)[-1]
    assert "Your server does not give older messages at the moment." in told.text_content()
    assert told.cssselect(f"#{dom.older(JULIET)} a")


async def test_a_gap_is_filled_by_a_form(
    romeo: Person, web: Browser, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAGE", 2)
    for n in range(9):
        server.said(JULIET, f"line {n}")
        if n == 0:
            await jobs.catch_up(romeo.session)
            await romeo.session.handled(StanzaAcked("nothing"))
    server.forget(1)
    await jobs.catch_up(romeo.session)
    page = await web.get(f"/chats/{JULIET}")
    (gap,) = page.cssselect(".gap")
    (form,) = gap.cssselect("form")
    await web.post(form.get("action"), dict(form.form_values()))
    assert await bodies(romeo) == [f"line {n}" for n in range(9)]
    await web.post(f"{TO}/gaps/4711", status=404)
