"""This room guards whoever has to know what is in it (O07): no part is missing from the list of parts."""

import json
import re
from pathlib import Path

import pytest

from tests.house import sbom
from tests.house.tree import ROOT, is_vendored, name, text, under
from webchat.web.language import languages


def test_every_locked_package_stands_in_it_with_its_hashes() -> None:
    parts = {part["purl"]: part for part in sbom.bill()["components"]}
    for lock, _ in sbom.LOCKS:
        written = text(ROOT / "requirements" / f"{lock}.txt")
        found = sbom.pins(lock)
        assert len(found) == len(re.findall(r"^[^\s#]+==", written, re.MULTILINE))
        assert sum(len(pin.hashes) for pin in found) == written.count("--hash=sha256:")
        for pin in found:
            assert sorted(pin.hashes) == [each["content"] for each in parts[pin.ref]["hashes"]]
    runtime = {pin.ref for pin in sbom.pins("runtime")}
    assert {ref for ref, part in parts.items() if part["scope"] == "required" and "pypi" in ref} == runtime


def test_every_file_of_others_stands_in_it() -> None:
    parts = [each for part in sbom.bill()["components"] for each in part.get("components", ())]
    mentioned = {part["name"] for part in parts}
    brought = {name(path) for path in under("static") if is_vendored(path)}
    own = {each for each in brought if each.endswith(("/SHA256", "/ORDER"))}
    assert mentioned == brought - own


def test_the_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    for file in ("one", "two"):
        sbom.main([str(tmp_path / file)])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    told = json.loads((tmp_path / "one").read_text())
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    refs = [part["bom-ref"] for part in told["components"]]
    refs += [each["bom-ref"] for part in told["components"] for each in part.get("components", ())]
    assert len(refs) == len(set(refs))
    assert "timestamp" not in json.dumps(told)


def test_a_lock_that_cannot_be_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "text", lambda path: "starlette @ https://example.org/x.whl\n")
    with pytest.raises(ValueError, match=r"runtime\.txt: starlette @"):
        sbom.pins("runtime")


def test_the_image_keeps_the_dates_of_every_language_that_we_speak() -> None:
    kept = set(re.findall(r"! -name '(\w+)\*\.dat'", text(ROOT / "Dockerfile")))
    assert kept == set(languages())
