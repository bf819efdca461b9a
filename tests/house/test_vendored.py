"""This room guards the visitor's browser: what others wrote is byte for byte what they published."""

import hashlib
from pathlib import Path

import pytest

from tests.house.tree import ROOT, is_vendored, name, under

PACKAGES = sorted({path.parent for path in under("static/vendor") if path.name == "SHA256"})


def promised(package: Path) -> dict[str, str]:
    """File name → hash, as written down when the file was brought in."""
    lines = (package / "SHA256").read_text(encoding="ascii").splitlines()
    return {file: digest for digest, file in (line.split() for line in lines)}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_files_are_what_was_brought_in(package: Path) -> None:
    """Every file is named with its hash, and nothing else lies beside them."""
    found = {
        path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in under(name(package))
        if path.name != "SHA256"
    }
    assert found == promised(package)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_the_licence_is_beside_the_files(package: Path) -> None:
    """Who wrote it and what one may do with it travels with the files."""
    assert (package / "LICENSE").stat().st_size > 200


def test_nothing_is_vendored_without_hashes() -> None:
    """A file outside a package with hashes could be changed unnoticed; ORDER is our own list of them."""
    loose = [
        name(path)
        for path in under("static")
        if is_vendored(path)
        and path.name != "ORDER"
        and not any(package in path.parents for package in PACKAGES)
    ]
    assert not loose
    assert len(PACKAGES) >= 2
    assert ROOT.joinpath("static/vendor/ORDER").is_file()
