"""This room collects every sentence that the program shows, and keeps the catalogues in step.

`python -m tests.house.messages --update` merges new sentences into webchat/locale/*/LC_MESSAGES/webchat.po,
where they are then translated by hand.
"""

import sys
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.house.tree import ROOT, name

LOCALE = ROOT / "webchat" / "locale"
KEYWORDS: dict[str, tuple[int, ...] | None] = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}
_METHODS = {"webchat": [("**.py", "python")], "templates": [("**.html", "jinja2.ext:babel_extract")]}
_OPTIONS = {"**.html": {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}}


@cache
def extracted() -> Catalog:
    """All sentences of the program, with the files they stand in."""
    catalog = Catalog(project="Webchat", charset="utf-8")
    for folder, methods in _METHODS.items():
        found = extract_from_dir(
            ROOT / folder,
            methods,
            _OPTIONS,
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for path, _line, message, comments, context in found:
            catalog.add(message, None, [(f"{folder}/{path}", 0)], auto_comments=comments, context=context)
    return catalog


def catalogues() -> dict[str, Path]:
    """Language → its catalogue."""
    return {path.parent.parent.name: path for path in sorted(LOCALE.glob("*/LC_MESSAGES/webchat.po"))}


def read(language: str, path: Path) -> Catalog:
    """One catalogue, with the plural rules of its language."""
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="webchat", abort_invalid=True)


def update() -> list[str]:
    """Merge what was extracted into every catalogue; the sentences that now need a translator."""
    template, waiting = extracted(), []
    for language, path in catalogues().items():
        catalog = read(language, path)
        catalog.update(template, no_fuzzy_matching=True, keep_user_comments=True)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, include_lineno=False)
        waiting += [
            f"{language}: {message.id}"
            for message in catalog
            if message.id and not all(_forms(message.string))
        ]
    return waiting


def _forms(string: object) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (str(string),)


if __name__ == "__main__":
    if "--update" in sys.argv:
        for line in update():
            sys.stdout.write(f"to translate: {line}\n")
    else:
        for message in extracted():
            sys.stdout.write(
                f"{message.id!r}  {', '.join(sorted({place for place, _ in message.locations}))}\n"
            )
        sys.stdout.write(f"catalogues: {', '.join(name(path) for path in catalogues().values())}\n")
