"""Settings of a site with a database that was migrated, and the commands as an operator types them."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from webchat.__main__ import main
from webchat.config import Settings

Command = Callable[..., int]


@cache
def migrated() -> bytes:
    """The SQLite file that `migrate` makes, made once."""
    import asyncio

    from webchat.operate import revisions, sqlite

    with TemporaryDirectory() as folder:
        path = Path(folder) / "webchat.sqlite"
        asyncio.run(revisions.upgrade(f"sqlite:///{path}"))
        sqlite.settle(path)
        return path.read_bytes()


@pytest.fixture(scope="session")
def fresh_database() -> bytes:
    return migrated()


@pytest.fixture
def settings(tmp_path: Path, fresh_database: bytes, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in [name for name in os.environ if name.startswith("WEBCHAT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WEBCHAT_DATA_DIR", str(tmp_path / "data"))
    made = Settings.from_env()
    (made.data_dir / "webchat.sqlite").write_bytes(fresh_database)
    return made


@pytest.fixture
def command(settings: Settings) -> Command:
    """`command("backup", "file")`: the exit status."""

    def run(*arguments: str) -> int:
        return main(arguments)

    return run
