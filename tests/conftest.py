"""This room knows what all tests share; whatever is large starts only where a test asks for it."""

import asyncio
from pathlib import Path

import pytest
from pytest_asyncio import is_async_test

from tests.lab.databases import drop_kept

pytest_plugins = ["tests.lab.fixtures"]
pytest.register_assert_rewrite("tests.lab.room_dialogues")

HERE = Path(__file__).parent
LARGE = ("prosody", "ejabberd", "chromium", "peers")


def pytest_sessionfinish() -> None:
    """Leave no database behind."""
    asyncio.run(drop_kept())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests with server and browser, and run them in one loop: those live through all of them."""
    for item in items:
        for folder in LARGE:
            if item.path.is_relative_to(HERE / folder):
                item.add_marker(folder)
                if is_async_test(item):
                    item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
