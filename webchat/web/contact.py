"""This room says how people reach whoever runs the site."""

from dataclasses import dataclass
from urllib.parse import quote

from webchat.config import Settings


@dataclass(frozen=True, slots=True)
class Contact:
    """Where the link leads, and what stands on it."""

    href: str
    words: str


def contact(settings: Settings, *, inside: bool) -> Contact | None:
    """What the operator gave, if anything; `inside`: one is signed in, so an XMPP address is opened here."""
    given = settings.contact
    scheme, _, rest = given.partition(":")
    words = rest.partition("?")[0] if scheme in ("mailto", "xmpp") else given.partition("//")[2].rstrip("/")
    if scheme == "xmpp" and inside:
        return Contact(f"/open?uri={quote(given, safe='')}", words)
    return Contact(given, words) if given else None
