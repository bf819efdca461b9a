"""This room makes static/vendor/emojibase-data-* from the npm package of that name: what a picker needs.

Call: python deploy/emoji.py FOLDER_OF_THE_UNPACKED_PACKAGE. The files are written anew with their hashes.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "fr")
COMPONENTS = 2
"""Hair and skin alone: nothing anybody would pick."""

TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
NOTE = """\
Names, words and short names of emoji from the npm package emojibase-data {version} (MIT), which has them from
Unicode's CLDR, GitHub and Emojibase. deploy/emoji.py made en.json and fr.json of its files: one list for each
emoji with its text, group, name, other words, short names and, when a skin tone changes it, 1.
"""
TARGET = Path(__file__).parents[1] / "static" / "vendor"


def toned(emoji: str, tone: str) -> str:
    """The emoji in a tone: behind its first character, where a variation selector may stand."""
    rest = emoji[1:].removeprefix("\ufe0f")
    return emoji[0] + tone + rest


def takes_tones(entry: dict[str, Any]) -> bool:
    """Whether a tone changes it, and in the one place that scripts know of."""
    skins = {skin["unicode"] for skin in entry.get("skins", ())}
    return bool(skins) and all(toned(entry["unicode"], tone) in skins for tone in TONES)


def listed(codes: object) -> list[str]:
    """The short names of one emoji, however the package writes them."""
    return (
        [codes]
        if isinstance(codes, str)
        else [str(code) for code in codes]
        if isinstance(codes, list)
        else []
    )


def made(package: Path, language: str) -> dict[str, Any]:
    """{"groups": names, "emoji": [emoji, group, name, other words, short names, 1 when it takes tones]}."""

    def read(name: str) -> Any:
        return json.loads((package / name).read_text(encoding="utf-8"))

    groups = [group for group in read(f"{language}/messages.json")["groups"] if group["order"] != COMPONENTS]
    place = {group["order"]: n for n, group in enumerate(groups)}
    sources = [read(f"en/shortcodes/{name}.json") for name in ("github", "emojibase")]
    if language != "en":
        sources.append(read(f"{language}/shortcodes/cldr-native.json"))
        sources.append(read(f"{language}/shortcodes/cldr.json"))
    entries = []
    for entry in sorted(read(f"{language}/compact.json"), key=lambda entry: entry.get("order", 0)):
        if entry.get("group") not in place:
            continue
        codes = list(
            dict.fromkeys(code for source in sources for code in listed(source.get(entry["hexcode"])))
        )
        words = [word for word in entry.get("tags", ()) if word not in entry["label"]]
        line = [entry["unicode"], place[entry["group"]], entry["label"], " ".join(words), " ".join(codes[:4])]
        entries.append(line + ([1] if takes_tones(entry) else []))
    return {"groups": [group["message"] for group in groups], "emoji": entries}


def main(package: Path) -> None:
    """Write the folder."""
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    folder = TARGET / f"emojibase-data-{version}"
    folder.mkdir(exist_ok=True)
    for language in LANGUAGES:
        content = json.dumps(made(package, language), ensure_ascii=False, separators=(",", ":"))
        (folder / f"{language}.json").write_text(content + "\n", encoding="utf-8")
    (folder / "LICENSE").write_bytes((package / "LICENSE").read_bytes())
    (folder / "NOTE").write_text(NOTE.format(version=version), encoding="utf-8")
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
