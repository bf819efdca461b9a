"""Long texts are cleaned in a process apart: what takes it too long is shown as its words, and asked once."""

import asyncio

import pytest

from tests.apart.test_apart import innocent
from webchat.apart import Pool
from webchat.markup import elsewhere, html, markdown
from webchat.markup.elsewhere import Clean

LONG = "<p>But <b>soft</b>, what <i>light</i></p>" * 200


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Nothing is known from the test before."""
    elsewhere._known.clear()
    elsewhere._asked.clear()


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Pool:
    """The process never comes to an end."""
    made = Pool("tests.apart.stuck", 1, answers=1000)
    monkeypatch.setattr(elsewhere, "_pool", made)
    return made


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("", True),
        ("<p>But soft! What light through yonder window breaks?</p>", True),
        ("Some *words*, a [link](https://a.example/) and\n\n- a list\n- of two\n" * 3, True),
        ("word " * 800, True),
        ("[" * 1000, False),
        ("a\n\n" * 200, False),
        ("_a" * 500, False),
        ("word " * 900, False),
        (LONG, False),
    ],
)
def test_d08_what_is_short_and_plain_is_done_at_once(text: str, simple: bool) -> None:
    assert elsewhere.is_simple(text) is simple


async def test_it_makes_the_same_of_a_text_as_would_be_made_here() -> None:
    page = "# A\n\nSome *words* and a [link](https://a.example/).\n\n|a|b|\n|-|-|\n|1|2|\n\n" * 60
    assert await elsewhere.clean(LONG) == Clean(str(html.clean(LONG)), html.text_of(LONG), whole=True)
    assert (await elsewhere.render(page)).html == markdown.render(page)
    assert await elsewhere.written(page) == markdown.unclean(page)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("clean", "<div>" * 3000 + "deep"),
        ("clean", "<br>" * 6000 + "much"),
        ("clean", LONG * 40),
        ("render", "*a* " * 6000),
        ("render", "word " * 20_000),
    ],
    ids=["deep", "much", "long", "signs", "cut"],
)
async def test_it_says_when_not_all_is_there(kind: str, text: str) -> None:
    found = await (elsewhere.clean(text) if kind == "clean" else elsewhere.render(text))
    assert not found.whole
    assert found.text
    assert html.clean(found.html) == found.html


async def test_d07_what_takes_too_long_is_shown_as_its_words(stuck: Pool) -> None:
    """Nobody waits meanwhile, and nothing of it is taken for HTML."""
    async with innocent() as moments:
        found = await elsewhere.clean(LONG + "<script>alert(1)</script>&lt;img src=x&gt;<img src=x")
        assert len(moments) > 10
    assert not found.whole
    assert found.html.startswith("<p>But</p><p>soft</p><p>, what</p>")
    assert html.clean(found.html) == found.html
    assert "<img" not in found.html
    assert "<script" not in found.html
    typed = await elsewhere.render("[<b>](" * 400)
    assert (typed.whole, "<b>" in typed.html) == (False, False)
    assert "[&lt;b&gt;](" in typed.html
    assert stuck.ids == []


async def test_those_who_receive_the_same_text_ask_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    ask = elsewhere._pool.ask

    async def counted(*given: object, **more: object) -> object:
        nonlocal asked
        asked += 1
        return await ask(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(elsewhere._pool, "ask", counted)
    found = await asyncio.gather(*(elsewhere.clean(LONG) for _ in range(20)))
    assert len(set(found)) == 1
    assert await elsewhere.clean(LONG) == found[0]
    assert asked == 1
    # One of them goes away: the others have it all the same.
    first, second = (asyncio.create_task(elsewhere.clean(LONG + "x")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).whole
    assert asked == 2


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "KEPT", 30_000)
    for number in range(5):
        await elsewhere.clean(f"{LONG}{number}")
    assert 1 <= len(elsewhere._known) <= 3
    assert not elsewhere._asked
