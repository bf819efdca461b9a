"""This room knows languages: which one a reader wants, and every sentence in it."""

import gettext
import io
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError, localedata
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})

_CATALOGUES = Path(__file__).resolve().parent.parent / "locale"


def N_(message: str) -> str:
    """Mark a message id for the catalogues where it is written; it is translated where it is drawn."""
    return message


@cache
def languages() -> tuple[str, ...]:
    """The languages shipped, the source language first."""
    found = sorted(path.parent.parent.name for path in _CATALOGUES.glob("*/LC_MESSAGES/webchat.po"))
    return (SOURCE, *(language for language in found if language != SOURCE))


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The sentences of one language, compiled in memory; the source language needs none."""
    path = _CATALOGUES / language / "LC_MESSAGES" / "webchat.po"
    if language not in languages() or not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        source = read_po(file, locale=language, domain="webchat")
    compiled = io.BytesIO()
    write_mo(compiled, source)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(message: str, language: str) -> str:
    """One sentence in one language; the id itself where the catalogue has none, nothing for nothing.

    An empty id names the header of a catalogue.
    """
    return catalogue(language).gettext(message) if message else ""


def direction(language: str) -> str:
    """`rtl` or `ltr`, for the `dir` attribute."""
    return "rtl" if language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def own_name(language: str) -> str:
    """What a language calls itself ("Français"), for the list of choices."""
    return (Locale.parse(language, sep="-").display_name or language).capitalize()


def name_in(code: str, language: str) -> str:
    """What a language is called in another one ("German"); its code where that is not known."""
    try:
        return Locale.parse(code, sep="-").get_display_name(language) or code
    except (ValueError, UnknownLocaleError):
        return code


def choose(preferred: str, accept: str = "") -> str:
    """The language to draw in: the user's choice if it is shipped, else the best of Accept-Language.

    accept  RFC 9110 §12.5.4; weights count, "fr-CA" is satisfied by "fr", "*" by the source language.
    """
    if preferred in languages():
        return preferred
    wanted = sorted(_weighted(accept[:512]), key=lambda entry: -entry[0])
    for _, tag in wanted:
        for candidate in (tag, tag.partition("-")[0]):
            for language in languages():
                if language.lower() == candidate:
                    return language
        if tag == "*":
            return SOURCE
    return SOURCE


@lru_cache(maxsize=256)
def place(language: str, accept: str) -> str:
    """How dates and times are written: "en_GB" for who reads English and prefers that, else the language."""
    for _, tag in sorted(_weighted(accept[:512]), key=lambda entry: -entry[0]):
        base, _, region = tag.partition("-")
        if base == language.lower() and len(region) == 2 and region.isalpha():
            found = f"{language}_{region.upper()}"
            return found if localedata.exists(found) else language
    return language


def _weighted(accept: str) -> list[tuple[float, str]]:
    entries = []
    for part in accept.split(","):
        tag, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if tag and weight > 0:
            entries.append((weight, tag))
    return entries
