"""This room writes the list of everything that the program is made of, as CycloneDX.

`python -m tests.house.sbom [FILE]` (`make sbom`): the same tree gives the same bytes, so no time is in it.
"""

import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.house.tree import ROOT, text, under
from webchat import __version__

LOCKS = (("runtime", "required"), ("postgresql", "optional"), ("dev", "excluded"))
"""Lock files, and how CycloneDX calls what stands in them first; "excluded" is not in what runs."""

VENDORED = {
    "emojibase-data": ("pkg:npm/emojibase-data@", "MIT"),
    "htmx": ("pkg:npm/htmx.org@", "0BSD"),
    "lucide": ("pkg:npm/lucide-static@", "ISC"),
    "perfect-freehand": ("pkg:npm/perfect-freehand@", "MIT"),
}
"""Folder below static/vendor without its version → where its files are from, and their licence."""

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)(?:\s*;\s*(.*?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(slots=True)
class Pin:
    """One package of a lock file: `marker` says where it is needed, "" for everywhere."""

    name: str
    version: str
    marker: str = ""
    hashes: list[str] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{re.sub(r'[-_.]+', '-', self.name).lower()}@{self.version}"


def pins(lock: str) -> list[Pin]:
    """The packages of a lock file, in its order."""
    found: list[Pin] = []
    for line in text(ROOT / "requirements" / f"{lock}.txt").splitlines():
        if pin := _PIN.match(line):
            found.append(Pin(pin[1], pin[2], pin[3] or ""))
        elif digest := _HASH.search(line):
            found[-1].hashes.append(digest[1])
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"requirements/{lock}.txt: {line}")
    return found


def _packages() -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for lock, scope in LOCKS:
        for pin in pins(lock):
            if pin.ref in seen:
                continue
            seen.add(pin.ref)
            told: dict[str, Any] = {
                "type": "library",
                "bom-ref": pin.ref,
                "name": pin.name,
                "version": pin.version,
                "scope": scope,
                "purl": pin.ref,
                # One for each file that the lock allows.
                "hashes": [_sha256(digest) for digest in sorted(pin.hashes)],
            }
            if pin.marker:
                told["properties"] = [{"name": "webchat:marker", "value": pin.marker}]
            yield told


def _front_end() -> Iterator[dict[str, Any]]:
    for folder in sorted(path for path in (ROOT / "static/vendor").iterdir() if path.is_dir()):
        called, _, version = folder.name.rpartition("-")
        origin, licence = VENDORED[called]
        inside = [path for path in under(f"static/vendor/{folder.name}") if path.name != "SHA256"]
        yield {
            "type": "library",
            "bom-ref": origin + version,
            "name": called,
            "version": version,
            "scope": "required",
            "licenses": [{"license": {"id": licence}}],
            "purl": origin + version,
            "components": [_file(path) for path in inside],
        }


def _file(path: Path) -> dict[str, Any]:
    name = path.relative_to(ROOT).as_posix()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"type": "file", "bom-ref": f"file:{name}", "name": name, "hashes": [_sha256(digest)]}


def _sha256(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}


def bill() -> dict[str, Any]:
    """The whole list (CycloneDX 1.6)."""
    own = f"pkg:generic/webchat@{__version__}"
    parts = [*_packages(), *_front_end()]
    runs = [part["bom-ref"] for part in parts if part["scope"] != "excluded"]
    told: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "webchat",
                "version": __version__,
                "licenses": [{"license": {"id": "AGPL-3.0-or-later"}}],
                "purl": own,
            }
        },
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": runs}],
    }
    content = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return told | {"serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}"}


def main(arguments: Sequence[str]) -> None:
    """Write it to a file, or to the standard output."""
    written = json.dumps(bill(), indent=1, sort_keys=True) + "\n"
    if arguments:
        Path(arguments[0]).write_text(written, encoding="utf-8")
    else:
        sys.stdout.write(written)


if __name__ == "__main__":
    main(sys.argv[1:])
