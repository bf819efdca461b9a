"""This room knows addresses: plain strings, normalised once at the border (RFC 7622).

Everything but `normalise` and `shown` expects a normalised address and only cuts it.
"""

import ipaddress
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote

LONGEST_PART = 1023

_ASCII_LOCAL = re.compile(r"[!#$%()*+,\-.0-9;=?\[\\\]^_`a-z{|}~]+")
_ASCII_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?|_[a-z0-9_-]{1,62}")
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
_LETTERS_DIGITS = frozenset(("Ll", "Lo", "Lm", "Mn", "Mc", "Nd"))
_SYMBOLS = frozenset(("Sm", "Sc", "Sk", "So", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"))
_RIGHT_TO_LEFT = frozenset(("R", "AL", "AN", "EN", "ES", "CS", "ET", "ON", "BN", "NSM"))
_JOINERS = frozenset("\u200c\u200d")
# Letters, marks and symbols that are drawn as nothing (Default_Ignorable_Code_Point outside category Cf).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_LOOKALIKES = frozenset(("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "GEORGIAN"))
_EAST_ASIAN = frozenset(
    ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC", "HANGUL", "BOPOMOFO")
)


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """The one spelling under which an address is known here; ValueError when `text` is no address.

    Local part by the UsernameCaseMapped rules (RFC 7622 §3.3; symbols stay allowed, because servers of the
    stringprep age hand out such accounts), domain lower-case in Unicode form without the final dot (§3.2),
    resource composed and otherwise as it came (§3.4).
    """
    start, slash, resource = text.partition("/")
    local, at, domain = start.rpartition("@")
    if max(len(local), len(domain), len(resource)) > LONGEST_PART:
        # Before anything else: composing characters takes time that grows with the square of their number.
        raise ValueError("too long")
    spelled = _domain(domain)
    if at:
        spelled = f"{_local(local)}@{spelled}"
    if slash:
        spelled = f"{spelled}/{_resource(resource)}"
    return spelled


def bare(address: str) -> str:
    """Without the resource."""
    return address.partition("/")[0]


def local(address: str) -> str:
    """The part before @, "" for a server or a service."""
    return address.partition("/")[0].rpartition("@")[0]


def domain(address: str) -> str:
    """The server or service."""
    return address.partition("/")[0].rpartition("@")[2]


def resource(address: str) -> str:
    """The part after the first slash, "" for a bare address."""
    return address.partition("/")[2]


def escape_path(address: str) -> str:
    """For one segment of a path: @ stays readable, everything else that means something there is encoded."""
    return quote(address, safe="@")


def unescape_path(segment: str) -> str:
    """Back from a raw path, decoded exactly once and normalised; ValueError when it is no address.

    Path parameters of the web framework are decoded already: give those to `normalise`.
    """
    return normalise(unquote(segment, errors="strict"))


@lru_cache(maxsize=4096)
def shown(address: str) -> str:
    """As people see it: a domain that could pass for another one stands in its ASCII form.

    That is every domain with a label mixing scripts, or written wholly in letters that look Latin below a
    top-level domain of another script.
    """
    name = domain(address)
    if name.isascii():
        return address
    labels = name.split(".")
    top = _scripts(labels[-1])
    for label in labels:
        scripts = _scripts(label)
        mixed = len(scripts) > 1 and not scripts <= _EAST_ASIAN
        if mixed or (scripts & _LOOKALIKES and scripts != top):
            name = ".".join(_to_ascii(label) for label in labels)
            break
    front = f"{local(address)}@" if local(address) else ""
    back = f"/{resource(address)}" if resource(address) else ""
    return front + name + back


def _scripts(label: str) -> frozenset[str]:
    """Scripts of the letters in a label; the first word of a character's name is its script."""
    return frozenset(unicodedata.name(c, "UNKNOWN").split()[0] for c in label if c.isalpha())


def _local(text: str) -> str:
    if text.isascii():
        text = text.lower()
        if not _ASCII_LOCAL.fullmatch(text) or len(text) > LONGEST_PART:
            raise ValueError("local part")
        return text
    text = unicodedata.normalize("NFC", _narrow(text).lower())
    # Lower-casing what composition made can matter once more (RFC 8265 §3.3 asks for stability).
    text = unicodedata.normalize("NFC", text.lower())
    rest = "".join(c for c in text if c.isascii())
    if rest and not _ASCII_LOCAL.fullmatch(rest):
        raise ValueError("local part")
    _check(text, symbols=True)
    return _measured(text, "local part")


def _resource(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
            raise ValueError("resource")
    elif not text.isprintable():
        raise ValueError("resource")
    return _measured(text, "resource")


def _domain(text: str) -> str:
    if text.startswith("["):
        if not text.endswith("]") or "%" in text:
            raise ValueError("domain")
        return f"[{ipaddress.IPv6Address(text[1:-1]).compressed}]"
    if len(text) > LONGEST_PART:
        raise ValueError("domain")
    text = text.translate(_DOTS).removesuffix(".")
    return _measured(".".join(map(_label, text.split("."))), "domain")


def _label(text: str) -> str:
    if not text.isascii():
        return _unicode_label(text)
    text = text.lower()
    if not _ASCII_LABEL.fullmatch(text):
        raise ValueError("domain")
    if text.startswith("xn--"):
        # A label that is not the ASCII form of a proper Unicode label stays what it is: a name of its own.
        try:
            decoded = text[4:].encode("ascii").decode("punycode")
            if not decoded.isascii() and _unicode_label(decoded) == decoded and _to_ascii(decoded) == text:
                return decoded
        except ValueError:
            pass
    return text


def _unicode_label(text: str) -> str:
    text = unicodedata.normalize("NFC", _narrow(text).lower())
    text = unicodedata.normalize("NFC", text.lower())
    if text.isascii():
        return _label(text)
    if text.startswith("-") or text.endswith("-") or text[2:4] == "--":
        raise ValueError("domain")
    if any(c.isascii() and not (c.isalnum() or c == "-") for c in text):
        raise ValueError("domain")
    _check(text, symbols=False)
    if len(_to_ascii(text)) > 63:
        raise ValueError("domain")
    return text


def _to_ascii(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _narrow(text: str) -> str:
    """Fullwidth and halfwidth forms as their usual ones (RFC 8264 §5.2.1)."""
    forms = ("<wide>", "<narrow>")
    return "".join(
        unicodedata.normalize("NFKC", c) if unicodedata.decomposition(c).startswith(forms) else c
        for c in text
    )


def _check(text: str, *, symbols: bool) -> None:
    """The IdentifierClass of RFC 8264 §4.2 for what is not ASCII, and the bidi rule of RFC 5893."""
    if unicodedata.category(text[0]).startswith("M") or _UNSEEN.search(text):
        raise ValueError("character")
    right_to_left = False
    for place, char in enumerate(text):
        if char.isascii():
            continue
        if char in _JOINERS:
            # ContextJ (RFC 5892 A.1, A.2): only behind a virama.
            if place == 0 or unicodedata.combining(text[place - 1]) != 9:
                raise ValueError("character")
            continue
        category = unicodedata.category(char)
        allowed = category in _LETTERS_DIGITS or (symbols and category in _SYMBOLS)
        # Between two l in Catalan (RFC 5892 A.3).
        allowed = allowed or (char == "\u00b7" and text[place - 1 : place + 2] == "l\u00b7l")
        if not allowed or unicodedata.normalize("NFKC", char) != unicodedata.normalize("NFC", char):
            raise ValueError("character")
        right_to_left = right_to_left or unicodedata.bidirectional(char) in ("R", "AL", "AN")
    if right_to_left:
        _check_direction(text)


def _check_direction(text: str) -> None:
    """RFC 5893 §2 for text with letters that run from right to left."""
    kinds = [unicodedata.bidirectional(c) for c in text]
    while kinds and kinds[-1] == "NSM":
        kinds.pop()
    if kinds[0] not in ("R", "AL") or kinds[-1] not in ("R", "AL", "EN", "AN"):
        raise ValueError("direction")
    if not _RIGHT_TO_LEFT.issuperset(kinds) or {"EN", "AN"}.issubset(kinds):
        raise ValueError("direction")


def _measured(text: str, part: str) -> str:
    if not 0 < len(text.encode("utf-8", "surrogatepass")) <= LONGEST_PART:
        raise ValueError(part)
    return text
