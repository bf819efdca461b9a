"""Backups: whole and of one moment although the site writes on; what is put back is looked at before."""

import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.operate.conftest import Command
from webchat.config import Settings
from webchat.operate import lock, sqlite
from webchat.operate.archive import SECRET

MOMENT = "2026-01-01 00:00:00.000000"


def database(settings: Settings) -> Path:
    return settings.data_dir / "webchat.sqlite"


def opened(path: Path) -> closing[sqlite3.Connection]:
    made = sqlite3.connect(path, timeout=15, isolation_level=None)
    made.execute("PRAGMA journal_mode = WAL")
    made.execute("PRAGMA synchronous = OFF")
    return closing(made)


def add_account(at: sqlite3.Connection, number: int) -> None:
    """An account with a login, a chat, and as many messages as its counter of unread ones says: at once."""
    jid = f"romeo{number}@example.org"
    at.execute("BEGIN IMMEDIATE")
    at.execute(
        "INSERT INTO account (id, jid, resource, mechanism, preferences, created_at, last_seen_at) "
        "VALUES (?, ?, 'r', '', '{}', ?, ?)",
        (number, jid, MOMENT, MOMENT),
    )
    at.execute(
        "INSERT INTO login (id, account_id, device, keep, created_at, last_used_at) "
        "VALUES (?, ?, '', 1, ?, ?)",
        (f"login{number}", number, MOMENT, MOMENT),
    )
    at.execute(
        "INSERT INTO conversation (id, account_id, jid) VALUES (?, ?, 'juliet@example.org')", (number, number)
    )
    for count in range(1, 4):
        at.execute(
            "INSERT INTO message "
            "(account_id, conversation_id, position, stamp, arrived_at, sender, mine, body) "
            "VALUES (?, ?, ?, ?, ?, 'juliet@example.org/balcony', 0, ?)",
            (number, number, count, MOMENT, MOMENT, "O Romeo, Romeo! " * 20),
        )
        at.execute("UPDATE conversation SET unread = unread + 1 WHERE id = ?", (number,))
    at.execute("COMMIT")


class Writer(threading.Thread):
    """A site at work: it adds accounts until it is told to stop."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path, self.written, self.stopped = path, 0, threading.Event()
        self.slowest = 0.0

    def run(self) -> None:
        import time

        with opened(self.path) as at:
            while not self.stopped.wait(0.002):
                began = time.monotonic()
                self.written += 1
                add_account(at, self.written)
                self.slowest = max(self.slowest, time.monotonic() - began)


def accounts_in(path: Path) -> int:
    """How many accounts there are; each has its login and as many messages as its counter says."""
    assert sqlite.faults(path) == ""
    with opened(path) as at:
        (accounts,) = at.execute("SELECT count(*) FROM account").fetchone()
        (logins,) = at.execute("SELECT count(*) FROM login").fetchone()
        (torn,) = at.execute(
            "SELECT count(*) FROM conversation WHERE unread <> 3 OR unread <> "
            "(SELECT count(*) FROM message WHERE conversation_id = conversation.id)"
        ).fetchone()
        (chats,) = at.execute("SELECT count(*) FROM conversation").fetchone()
    assert logins == chats == accounts
    assert torn == 0
    return int(accounts)


def test_ten_backups_under_load_are_each_of_one_moment(
    settings: Settings, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site writes on and is not kept waiting; each backup has all that was there before (R20)."""
    monkeypatch.setattr(sqlite, "STEP", 4)
    with opened(database(settings)) as at:
        for number in range(1_000_000, 1_000_200):
            add_account(at, number)
    writer = Writer(database(settings))
    writer.start()
    taken = []
    for number in range(10):
        before = writer.written - 1
        assert command("backup", str(tmp_path / f"{number}.tar")) == 0
        taken.append((before, writer.written))
    writer.stopped.set()
    writer.join()
    assert writer.slowest < 5
    assert sum(after - before > 2 for before, after in taken) == 10, "it wrote during each of them"
    for number, (before, after) in enumerate(taken):
        monkeypatch.setenv("WEBCHAT_DATA_DIR", str(tmp_path / f"restored{number}"))
        assert command("restore", str(tmp_path / f"{number}.tar")) == 0
        found = accounts_in(tmp_path / f"restored{number}" / "webchat.sqlite") - 200
        assert before <= found <= after
    assert taken[-1][0] > taken[0][1] > 0


def test_a_backup_is_private_and_has_the_key_only_when_asked(
    settings: Settings, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, whole = tmp_path / "plain.tar", tmp_path / "whole.tar"
    assert command("backup", str(plain)) == 0
    assert "does not contain the secret key" in capsys.readouterr().out
    assert command("backup", "--with-secret-key", str(whole)) == 0
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    with tarfile.open(plain) as tar:
        assert tar.getnames() == ["manifest.json", "database.sqlite"]
    with tarfile.open(whole) as tar:
        key = tar.extractfile(SECRET)
        assert key is not None
        assert key.read().strip() == settings.secret_key
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "plain.tar", "whole.tar"]


def test_a_backup_that_nobody_names_goes_into_the_data_directory(
    settings: Settings, command: Command
) -> None:
    assert command("backup") == 0
    (made,) = (settings.data_dir / "backups").iterdir()
    assert tarfile.is_tarfile(made)


def test_restoring_keeps_what_was_there(settings: Settings, command: Command, tmp_path: Path) -> None:
    with opened(database(settings)) as at:
        add_account(at, 1)
    key = (settings.data_dir / SECRET).read_bytes()
    assert command("backup", "--with-secret-key", str(tmp_path / "one.tar")) == 0
    with opened(database(settings)) as at:
        add_account(at, 2)
    (settings.data_dir / SECRET).write_text("another key of at least 32 characters\n")
    assert command("restore", str(tmp_path / "one.tar")) == 0
    assert accounts_in(database(settings)) == 1
    assert (settings.data_dir / SECRET).read_bytes() == key
    aside = sorted(settings.data_dir.glob("*.before-*"))
    assert [path.name.partition(".before-")[0] for path in aside] == [SECRET, "webchat.sqlite"]
    assert accounts_in(aside[1]) == 2


def test_a_running_site_is_not_overwritten(
    settings: Settings, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "one.tar"
    assert command("backup", str(file)) == 0
    before = database(settings).read_bytes()
    with lock.serving(settings.data_dir):
        assert command("restore", str(file)) == 1
    assert "The site is running (process " in capsys.readouterr().err
    assert database(settings).read_bytes() == before
    assert command("restore", str(file)) == 0


def test_no_site_starts_during_a_restore(
    settings: Settings, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    with lock.alone(settings.data_dir):
        assert command("serve") == 1
    assert "being restored" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("absent", "cannot be read"),
        ("text", "is not a backup of Webchat"),
        ("cut", "not a whole one"),
        ("byte", "damaged"),
        ("newer", "is newer: update"),
        ("rotten", "use another backup"),
    ],
)
def test_what_is_no_good_backup_changes_nothing(
    settings: Settings,
    command: Command,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    wrong: str,
    words: str,
) -> None:
    file = tmp_path / "one.tar"
    with opened(database(settings)) as at:
        add_account(at, 1)
        if wrong == "newer":
            at.execute("UPDATE alembic_version SET version_num = '9999'")
        if wrong == "rotten":
            at.execute("PRAGMA foreign_keys = OFF")
    assert command("backup", str(file)) == 0
    data = bytearray(file.read_bytes())
    if wrong == "absent":
        file.unlink()
    elif wrong == "text":
        file.write_text("To be, or not to be\n" * 100)
    elif wrong == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif wrong == "byte":
        data[len(data) // 2] ^= 0xFF
        file.write_bytes(data)
    elif wrong == "rotten":
        _made_rotten(file, tmp_path)
    before = database(settings).read_bytes()
    assert command("restore", str(file)) == 1
    assert words in capsys.readouterr().err
    assert database(settings).read_bytes() == before
    assert not list(settings.data_dir.glob("*.before-*"))
    assert not list(settings.data_dir.glob(".restore-*"))


def _made_rotten(file: Path, folder: Path) -> None:
    """An archive whose sums are right and whose database is not."""
    from webchat.operate import archive

    inside = folder / "database.sqlite"
    manifest = archive.read(file)
    archive.extract(file, manifest, inside.name, inside)
    with closing(sqlite3.connect(inside)) as at, at:
        at.execute("UPDATE login SET account_id = 77")
    told = {inside.name: archive.measured(inside)}
    made = archive.Manifest(manifest.version, manifest.created_at, manifest.database, manifest.revision, told)
    file.unlink()
    archive.write(file, made, {inside.name: inside})


def test_an_existing_file_is_not_overwritten(
    settings: Settings, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("dear Juliet")
    assert command("backup", str(file)) == 1
    assert "exists already" in capsys.readouterr().err
    assert file.read_text() == "dear Juliet"
