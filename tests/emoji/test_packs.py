"""Packs of pictures as an operator brings them in: bounded, made anew, found without a restart."""

import os
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tests.media.samples import picture
from webchat.__main__ import parser
from webchat.config import Settings
from webchat.emoji import store
from webchat.operate import emoji
from webchat.operate.trouble import Trouble


async def test_a_folder_becomes_a_pack_of_small_clean_pictures(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pack,) = store.library().packs
    assert (pack.name, pack.title) == ("birds", "Birds <of Verona>")
    assert [one.name for one in pack.pictures] == ["dance", "parrot"]
    parrot = store.library().find("parrot")
    assert parrot is not None
    with Image.open(parrot.path) as made:
        assert made.size == (128, 85)
    told = store.library().bits(parrot.cid)
    assert told is not None
    assert (told[0], len(told[1]) <= store.MOST_BYTES) == ("image/png", True)
    assert await emoji.add(packs, str(tmp_path / "birds"), name="again") == 0
    assert "Left out: broken.png" in capsys.readouterr().out


async def test_a_zip_cannot_write_elsewhere_nor_fill_the_disk(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "more.zip"
    with zipfile.ZipFile(given, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../away.png", picture())
        archive.writestr("deep/Big Owl!.png", picture(size=(64, 64)))
        archive.writestr("bomb.png", b"\0" * (emoji.MOST_SOURCE + 1))
        archive.writestr("parrot.png", picture(size=(10, 10)))
    assert await emoji.add(packs, str(given)) == 0
    assert not (tmp_path.parent / "away.png").exists()
    names = {one.name: pack.name for pack in store.library().packs for one in pack.pictures}
    assert names == {"dance": "birds", "parrot": "birds", "away": "more", "big_owl": "more"}
    inside = sorted(path.suffix for path in (packs / "more").iterdir())
    assert inside == [".json", ".png", ".png", ".png"]
    monkeypatch.setattr(store, "MOST_IN_A_PACK", 1)
    assert await emoji.add(packs, str(given)) == 0
    assert len(next(pack for pack in store.read(packs) if pack.name == "more").pictures) == 1


async def test_what_is_no_pack_is_said_in_a_sentence(packs: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.zip").write_bytes(b"PK no")
    with zipfile.ZipFile(tmp_path / "torn.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("owl.png", picture(size=(64, 64)))
    data = bytearray((tmp_path / "torn.zip").read_bytes())
    data[40:60] = b"\xff" * 20
    (tmp_path / "torn.zip").write_bytes(data)
    for given, words in (
        ("empty", "no picture"),
        ("no.zip", "cannot be read"),
        ("torn.zip", "cannot be read"),
        ("nowhere", "cannot be read"),
    ):
        with pytest.raises(Trouble, match=words):
            await emoji.add(packs, str(tmp_path / given))
    with pytest.raises(Trouble, match="needs a name"):
        await emoji.add(packs, str(tmp_path / "empty"), name="!")
    for name in ("nothing", "../emoji"):
        with pytest.raises(Trouble, match="There is no pack"):
            emoji.remove(packs, name)
    assert sorted(os.listdir(packs)) == ["birds"], "nothing half made is left"
    assert emoji.remove(packs, "birds") == 0
    assert not store.library().packs


async def test_a_manifest_that_somebody_wrote_opens_no_other_file(packs: Path) -> None:
    manifest = packs / "birds" / store.MANIFEST
    manifest.write_text('{"title": "x", "pictures": {"a b": {"sha1": "../../x", "type": "image/png"}}}')
    assert [list(pack.pictures) for pack in store.library().packs] == [[]]
    manifest.write_text("[]")
    assert not store.library().packs


def test_the_command_lists_what_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.from_env({"WEBCHAT_DATA_DIR": str(tmp_path)})
    chosen = parser().parse_args(["emoji", "list"])
    assert chosen.run(settings, chosen) == 0
    assert "There is no pack" in capsys.readouterr().out
    chosen = parser().parse_args(["emoji", "add"])
    with pytest.raises(Trouble, match="what to add"):
        chosen.run(settings, chosen)
