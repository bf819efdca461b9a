"""The collector works at good moments only."""

import gc
from collections.abc import Iterator

import pytest

from webchat.session import garbage
from webchat.session.garbage import Garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_a_login_made_is_set_aside() -> None:
    gc.unfreeze()
    watched = Garbage(lambda: 1)
    watched.tick()
    assert gc.get_freeze_count() == 0
    watched.login()
    watched.tick()
    assert gc.get_freeze_count() > 0


@pytest.mark.parametrize(("tabs", "expected"), [(0, True), (1, False)])
def test_everything_is_looked_through_when_nobody_is_here(
    tabs: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "QUIET_EVERY", -1.0)
    watched = Garbage(lambda: tabs)
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: collected.append(1))
    watched.tick()
    assert bool(collected) is expected
