"""What people type from habit: "s/old/new/" corrects what they said last, "+🎉" reacts (hands.md 10, 22)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.lab.databases import KINDS
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, Person
from tests.messages.looking import befriend, bodies, lines
from tests.messages.speaking import sent
from tests.messages.test_box import HTMX, TO, form
from tests.messages.test_live import hears
from webchat.messages import store
from webchat.messages.commands import habits
from webchat.messages.commands.typed import Plus, Swap, escaped, read
from webchat.messages.store import facts
from webchat.xmpp.verbs import SendReaction

DATABASES = KINDS[:1]
PARTY = "\N{PARTY POPPER}"


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser; Juliet is a contact."""
    await befriend(romeo)
    async with browser(romeo, tmp_path) as web:
        yield web


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("s/lvoe/love/", Swap("lvoe", "love")),
        ("s/a/b/g", Swap("a", "b", every=True)),
        ("s/a b//", Swap("a b", "")),
        (r"s/and\/or/or\\and/", Swap("and/or", r"or\and")),
        (f"+{PARTY}", Plus(PARTY)),
        ("+:tada:", Plus(":tada:")),
        ("+👍🏽 ", Plus("👍🏽")),
        ("+1", "+1"),
        ("+:)", "+:)"),
        ("++", "++"),
        (f"+ {PARTY}", f"+ {PARTY}"),
        (f"well +{PARTY}", f"well +{PARTY}"),
        ("s/he said", "s/he said"),
        ("s/a/b", "s/a/b"),
        ("s//b/", "s//b/"),
        ("s/a/b/ and more", "s/a/b/ and more"),
        ("s/a/\nb/", "s/a/\nb/"),
        (" s/a/b/", "s/a/b/"),
        (f" +{PARTY}", f"+{PARTY}"),
    ],
)
def test_10_what_is_a_habit(typed: str, said: object) -> None:
    assert read(typed) == said


@pytest.mark.parametrize("text", ["s/a/b/", " s/a/b/", "  s/a/b/g", f"+{PARTY}", f" +{PARTY}", " hi", "+1"])
def test_10_an_edited_habit_says_itself_again(text: str) -> None:
    assert read(escaped(text)) == text


async def preview(web: Browser, text: str) -> str:
    """What the list above the box says beforehand."""
    found = (await web.client.get(f"{TO}/preview", params={"text": text})).json()
    return str(found[0]["hint"]) if found else ""


async def test_10_letters_of_the_last_message_become_others(romeo: Person, web: Browser) -> None:
    for text in ("It is the esat", "I lvoe thee, lvoe"):
        await web.post(f"{TO}/messages", form(text))
    assert await preview(web, "s/lvoe/love/") == "What you said last becomes: I love thee, lvoe"
    assert await preview(web, "s/lvoe/love/g") == "What you said last becomes: I love thee, love"
    swap = form("s/lvoe/<b>/g")
    await web.client.post(f"{TO}/draft", data={"text": "s/lvoe", "draft_version": "0"}, headers=HTMX)
    await web.client.post(f"{TO}/messages", data=swap, headers=HTMX)
    await web.client.post(f"{TO}/messages", data=swap, headers=HTMX)
    async with romeo.session.read() as db:
        talk = await store.conversation_by_jid(db, romeo.session.account_id, JULIET)
    assert talk is not None
    assert talk.draft == ""
    assert await bodies(romeo) == ["It is the esat", "I <b> thee, <b>"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("s/hate/love/", "does not contain these letters"),
        ("s/Soft!//", "Nothing would be left"),
        (f"+{PARTY}", "no message of anybody else here to react to"),
        ("+:no_such:", "no emoji of this name"),
    ],
)
async def test_10_where_nothing_fits_nothing_is_sent(
    romeo: Person, web: Browser, typed: str, sentence: str
) -> None:
    await web.post(f"{TO}/messages", form("Soft!"))
    answer = await web.client.post(f"{TO}/messages", data=form(typed), headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert typed in answer.text
    assert sentence in await preview(web, typed)
    assert await bodies(romeo) == ["Soft!"]
    await web.post(f"{TO}/messages", form(f" {typed}"))
    assert await bodies(romeo) == ["Soft!", typed]


async def test_10_there_may_be_nothing_of_mine(web: Browser) -> None:
    assert (
        "no message of yours" in (await web.post_page(f"{TO}/messages", form("s/a/b/"), 422)).text_content()
    )
    assert await preview(web, "hello") == ""


async def test_d11_letters_that_would_become_too_many_are_none(
    romeo: Person, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few letters everywhere in a long text would be gigabytes: that is said before they are made."""
    await web.post(f"{TO}/messages", form("a" * 300))
    (mine,) = await lines(romeo)
    monkeypatch.setattr(habits, "LONGEST", 1000)
    swap = f"s/a/{'b' * 5}/g"
    assert "too long" in await preview(web, swap)
    answer = await web.client.post(f"{TO}/messages", data=form(swap), headers=HTMX)
    assert (answer.status_code, await bodies(romeo)) == (422, [mine.body])
    assert "bbbbbaa" in await preview(web, "s/a/bbbbb/")


async def test_22_plus_reacts_to_what_they_said_last(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("Good night", id="m1"))
    await romeo.session.handled(hears("Parting is such sweet sorrow", id="m2"))
    await web.post(f"{TO}/messages", form("Sleep dwell"))
    assert await preview(web, f"+{PARTY}") == f"Reacts with {PARTY} to: Parting is such sweet sorrow"
    for typed in ("+:tada:", f"+{PARTY}"):
        answer = await web.client.post(f"{TO}/messages", data=form(typed), headers=HTMX)
        assert answer.status_code == 200
    assert [(verb.target, verb.emojis) for verb in await sent(romeo, SendReaction)] == [("m2", (PARTY,))]
    first, second, _ = await lines(romeo)
    async with romeo.session.read() as db:
        assert [await facts.reactions_of(db, id, "") for id in (first.id, second.id)] == [(), (PARTY,)]
    await web.client.post(
        f"{TO}/messages", data={**form(f"+{PARTY}"), "reply_id": str(first.id)}, headers=HTMX
    )
    async with romeo.session.read() as db:
        assert await facts.reactions_of(db, first.id, "") == (PARTY,)


async def test_10_an_edit_may_say_it(romeo: Person, web: Browser) -> None:
    await web.post(f"{TO}/messages", form("Soft!"))
    (mine,) = await lines(romeo)
    await web.client.post(
        f"{TO}/messages", data={**form("s/So/Lo/"), "correct_id": str(mine.id)}, headers=HTMX
    )
    assert await bodies(romeo) == ["s/So/Lo/"]


async def test_10_the_page_of_commands_has_them(web: Browser) -> None:
    page = await web.get(f"{TO}/help")
    assert "s/old/new/" in page.text_content()
