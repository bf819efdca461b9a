"""Pictures to write with are in a backup: they come back with it, and nothing else does."""

import hashlib
import json
import shutil
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.operate.conftest import Command
from webchat.config import Settings
from webchat.emoji import store
from webchat.operate import packs
from webchat.operate.trouble import Trouble


def put(folder: Path, pack: str, **pictures: bytes) -> None:
    """A pack as the operator's command makes it."""
    (folder / pack).mkdir(parents=True)
    told = {}
    for name, data in pictures.items():
        sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        (folder / pack / f"{sha1}.png").write_bytes(data)
        told[name] = {"sha1": sha1, "type": "image/png"}
    (folder / pack / store.MANIFEST).write_text(json.dumps({"title": pack.title(), "pictures": told}))


def found(folder: Path) -> dict[str, dict[str, bytes]]:
    """Title → short name → bytes."""
    return {
        pack.title: {each.name: each.path.read_bytes() for each in pack.pictures if each.path.exists()}
        for pack in store.read(folder)
    }


def test_packs_go_and_come_with_the_rest_and_the_former_ones_are_kept(
    settings: Settings, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = settings.data_dir / store.FOLDER, tmp_path / "one.tar"
    put(folder, "birds", owl=b"owl", crow=b"crow")
    put(folder, "cats", tom=b"tom")
    (folder / "birds" / "notes.txt").write_text("mine")
    next((folder / "cats").glob("*.png")).unlink()  # It is told of, and not there.
    assert command("backup", str(file)) == 0
    wanted = {"Birds": {"owl": b"owl", "crow": b"crow"}, "Cats": {}}

    shutil.rmtree(folder / "birds")
    put(folder, "dogs", rex=b"rex")
    assert command("restore", str(file)) == 0
    assert found(folder) == wanted
    (aside,) = settings.data_dir.glob("emoji.before-*")
    assert str(aside) in capsys.readouterr().out
    assert list(found(aside)) == ["Cats", "Dogs"]
    assert command("restore", str(file)) == 0
    assert list(settings.data_dir.glob("emoji.before-*")) == [aside]
    assert not list(settings.data_dir.glob(".restore-*"))


def test_a_backup_without_packs_leaves_those_that_are_here(
    settings: Settings, command: Command, tmp_path: Path
) -> None:
    folder, file = settings.data_dir / store.FOLDER, tmp_path / "one.tar"
    assert command("backup", str(file)) == 0
    put(folder, "birds", owl=b"owl")
    assert command("restore", str(file)) == 0
    assert found(folder) == {"Birds": {"owl": b"owl"}}
    assert not list(settings.data_dir.glob("emoji.before-*"))


def test_only_what_is_a_pack_is_laid_down(tmp_path: Path) -> None:
    picture = f"{'a' * 40}.png"
    names = (
        f"birds/{picture}",
        "../away.png",
        f"../{picture}",
        "birds/../../away",
        f"/{picture}",
        "birds/x.sh",
    )
    with tarfile.open(tmp_path / "packs.tar", "w") as tar:
        for name in (*names, f"birds/{'b' * 40}.png"):
            entry = tarfile.TarInfo(name)
            entry.size = 3 if name in names else store.MOST_BYTES + 1
            tar.addfile(entry, BytesIO(b"x" * entry.size))
        link = tarfile.TarInfo(f"birds/{'c' * 40}.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    packs.read(tmp_path / "packs.tar", tmp_path / "fresh")
    laid = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if not path.is_dir()]
    assert sorted(laid) == [f"fresh/birds/{picture}", "packs.tar"]
    (tmp_path / "no.tar").write_bytes(b"no archive at all" * 100)
    with pytest.raises(Trouble, match="cannot be read"):
        packs.read(tmp_path / "no.tar", tmp_path / "other")
