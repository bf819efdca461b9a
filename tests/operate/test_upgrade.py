"""Updates: the database is brought on with a way back, and an older version does not touch a newer one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.operate.conftest import Command
from tests.operate.test_backup import add_account, database, opened
from webchat.config import Settings, root
from webchat.operate import archive, revisions, sqlite, upgrade


def set_back(path: Path, form: str) -> None:
    """A database as an earlier version left it: its last migrations are taken back."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    config = Config()
    config.set_main_option("script_location", str(root() / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, form)
    engine.dispose()


def form_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as at:
        return str(at.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_an_update_keeps_everything_and_has_a_way_back(
    settings: Settings, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the version before to this one, and back by the backup that was made by itself."""
    before, folder = revisions.known()[1], settings.data_dir / "backups"
    with opened(database(settings)) as at:
        add_account(at, 1)
    set_back(database(settings), before)
    assert command("migrate") == 0
    (saved,) = folder.glob(f"before-update-{before}-*.tar")
    said = capsys.readouterr().out
    assert f"What is there was saved to {saved}." in said
    assert f"of form {revisions.newest()} now, before of {before}." in said
    assert form_of(database(settings)) == revisions.newest()
    assert sqlite.faults(database(settings)) == ""
    with opened(database(settings)) as at:
        assert at.execute("SELECT jid FROM account").fetchall() == [("romeo1@example.org",)]
        assert at.execute("SELECT count(*) FROM message").fetchone() == (3,)
    assert archive.read(saved).revision == before
    assert command("migrate") == 0
    assert capsys.readouterr().out == "", "twice does no harm, and saves nothing"
    assert command("restore", str(saved)) == 0


def test_only_the_newest_of_these_backups_stay(settings: Settings, command: Command) -> None:
    folder = settings.data_dir / "backups"
    folder.mkdir()
    for name in ("before-update-0001-a.tar", "before-update-0002-b.tar", "monday.tar"):
        (folder / name).write_bytes(b"")
    set_back(database(settings), revisions.known()[1])
    assert command("migrate") == 0
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 1 + upgrade.KEPT
    assert "monday.tar" in names, "what an operator made is theirs"
    set_back(database(settings), revisions.known()[1])
    assert command("migrate", "--without-backup") == 0
    assert sorted(path.name for path in folder.iterdir()) == names


def test_an_older_version_leaves_a_newer_database_alone(
    settings: Settings, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """An old program does not run on new data (R19)."""
    with closing(sqlite3.connect(database(settings))) as at, at:
        at.execute("UPDATE alembic_version SET version_num = '9999'")
    assert command("migrate") == 1
    said = capsys.readouterr().err
    assert "made by a newer version of Webchat (form 9999)" in said
    assert "before-update-" in said
    assert form_of(database(settings)) == "9999"


def test_what_cannot_be_saved_is_not_changed(
    settings: Settings, command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = revisions.known()[1]
    set_back(database(settings), before)
    (settings.data_dir / "backups").write_text("no folder")
    assert command("migrate") == 1
    assert "cannot be written" in capsys.readouterr().err
    assert form_of(database(settings)) == before
