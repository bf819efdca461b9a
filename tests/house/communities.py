"""This room is the communities that the tests of forms go into: a service at Romeo's server, its forms."""

from xml.etree.ElementTree import Element

from tests.nodes.service import DISCO, HOME, Service
from tests.web.site import ROMEO

LOVERS = f"/communities/{HOME}/star-crossed-lovers"
_ROUTE = "/communities/{service}/{node}"
_SETTINGS = {"name": "Lovers", "description": "Sighs", "model": "open", "layout": "articles"}

PAGES = ("/communities", f"/communities/{HOME}", f"/communities/{HOME}/verona")
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "/communities/{service}": (f"/communities/{HOME}", {**_SETTINGS, "name": "Star-crossed lovers"}),
    f"{_ROUTE}/configuration": (f"{LOVERS}/configuration", _SETTINGS),
    f"{_ROUTE}/picture/files": (f"{LOVERS}/picture/files", {"remove": "1"}),
    f"{_ROUTE}/form": (f"{LOVERS}/form", {"field.pubsub#title": "Lovers"}),
    f"{_ROUTE}/repair": (f"{LOVERS}/repair", {}),
    f"{_ROUTE}/roles": (f"{LOVERS}/roles", {"jid": "paris@verona.example", "role": "outcast"}),
    f"{_ROUTE}/subscribers": (f"{LOVERS}/subscribers", {"jid": "paris@verona.example", "state": "none"}),
    f"{_ROUTE}/delete": (f"{LOVERS}/delete", {"sure": "1"}),
}
"""Route → an address of it and what a form would send, in an order in which one person can do all of it."""

_here: list[Service] = []


def begin() -> None:
    """A new service, with one community of Romeo's in it."""
    _here[:] = [Service(ROMEO)]
    _here[0].add("verona", owner=ROMEO, title="Verona", max_items="1")


async def answered(kind: str, payload: Element, to: str) -> Element | None:
    """What the service answers; None: this was for somebody else."""
    listing = payload.tag == f"{{{DISCO}#items}}query" and to == ROMEO.partition("@")[2]
    return await _here[0].request(kind, payload, to) if listing or to == HOME else None
