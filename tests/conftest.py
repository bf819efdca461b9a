"""This room knows what all tests share; whatever is large starts only where a test asks for it."""

import asyncio
import gc
import os
import shutil
from pathlib import Path

import pytest
from pytest_asyncio import is_async_test

from tests.lab.databases import drop_kept

pytest_plugins = ["tests.lab.fixtures"]
pytest.register_assert_rewrite("tests.lab.room_dialogues")

HERE = Path(__file__).parent
# To read the many authorities of a system takes 30 ms, hundreds of times in a run. The certificates of tests
# come from none of them: here the system knows a single one, whose key was never kept.
os.environ["SSL_CERT_FILE"] = str(HERE / "lab" / "authority.pem")
os.environ["SSL_CERT_DIR"] = os.devnull

# What tests write need not outlive them; on a disk each of their many small transactions waits for it.
MEMORY = Path("/dev/shm")  # noqa: S108 (pytest makes a folder of its own in it)
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

LARGE = ("prosody", "ejabberd", "chromium", "peers")


def pytest_collection_finish() -> None:
    """What is there by now stays: the collector need not look through five thousand tests and all modules."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Leave no database behind."""
    asyncio.run(drop_kept())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests with server and browser, and run them in one loop: those live through all of them.

    A file about pages says `DATABASES = KINDS[:1]`: other files try the queries on both kinds.
    """
    items[:] = [item for item in items if _wanted(item)]
    for item in items:
        for folder in LARGE:
            if item.path.is_relative_to(HERE / folder):
                item.add_marker(folder)
                if is_async_test(item):
                    item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def _wanted(item: pytest.Item) -> bool:
    kinds = getattr(getattr(item, "module", None), "DATABASES", None)
    params = getattr(getattr(item, "callspec", None), "params", {})
    return not kinds or params.get("database", kinds[0]) in kinds
