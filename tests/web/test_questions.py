"""What pages of one account ask of other servers: the same only once at a time, and not too much."""

import asyncio

import pytest

from tests.lab.people import Person
from tests.posts.conftest import database, romeo, services
from webchat.errors import TooMany, XmppError
from webchat.web.limits import QUESTIONS_A_MINUTE, ask_once

__all__ = ["database", "romeo", "services"]


async def test_two_tabs_one_question(romeo: Person) -> None:
    """They share the answer, also when one of them is closed; afterwards it is asked anew."""
    asked, go = 0, asyncio.Event()

    async def question() -> str:
        nonlocal asked
        asked += 1
        await go.wait()
        return "Ay me!"

    tabs = [asyncio.create_task(ask_once(romeo.session, "balcony", question)) for _ in range(3)]
    await asyncio.sleep(0)
    tabs[0].cancel()
    await asyncio.sleep(0)
    go.set()
    assert [await tab for tab in tabs[1:]] == ["Ay me!"] * 2
    assert asked == 1
    assert await ask_once(romeo.session, "balcony", question) == "Ay me!"
    assert asked == 2


async def test_what_fails_fails_for_all_and_is_forgotten(romeo: Person) -> None:
    async def question() -> str:
        await asyncio.sleep(0)
        raise XmppError("item-not-found")

    found = await asyncio.gather(
        *(ask_once(romeo.session, "x", question) for _ in range(3)), return_exceptions=True
    )
    assert [type(one) for one in found] == [XmppError] * 3


async def test_w18_too_many_questions(romeo: Person) -> None:
    asked = 0

    async def question() -> None:
        nonlocal asked
        asked += 1

    for number in range(QUESTIONS_A_MINUTE):
        await ask_once(romeo.session, number, question)
    with pytest.raises(TooMany):
        await ask_once(romeo.session, "one more", question)
    assert asked == QUESTIONS_A_MINUTE
