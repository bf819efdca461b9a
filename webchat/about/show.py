"""This room makes what the site says of itself: the page's parts, and figures for machines."""

from typing import Any

from webchat import __version__
from webchat.config import Settings
from webchat.session.figures import EXACT, Figures
from webchat.web import keys
from webchat.web.contact import contact
from webchat.web.language import N_, languages

LICENCE = "https://www.gnu.org/licenses/agpl-3.0.html"
SOURCE = "/about/source.tar.gz"
NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/2.1"

STANDARDS = (
    ("RFC 6120", "https://www.rfc-editor.org/rfc/rfc6120.html", N_("XMPP: addresses, servers, streams")),
    ("RFC 6121", "https://www.rfc-editor.org/rfc/rfc6121.html", N_("Messages, contacts, presence")),
    ("XEP-0045", "https://xmpp.org/extensions/xep-0045.html", N_("Rooms")),
    ("XEP-0313", "https://xmpp.org/extensions/xep-0313.html", N_("The archive at your server")),
    ("XEP-0363", "https://xmpp.org/extensions/xep-0363.html", N_("Sending files")),
    ("XEP-0277", "https://xmpp.org/extensions/xep-0277.html", N_("Posts and blogs")),
    ("XEP-0060", "https://xmpp.org/extensions/xep-0060.html", N_("Communities")),
)
SOCIAL = frozenset({"XEP-0277", "XEP-0060"})

LISTS = {"servers": "https://providers.xmpp.net/", "apps": "https://xmpp.org/software/"}
"""Where newcomers find a server, and other apps."""

CREDITS = (
    ("slixmpp", "https://slixmpp.readthedocs.io/", "MIT"),
    ("Starlette", "https://www.starlette.io/", "BSD-3-Clause"),
    ("SQLAlchemy", "https://www.sqlalchemy.org/", "MIT"),
    ("Jinja", "https://jinja.palletsprojects.com/", "BSD-3-Clause"),
    ("htmx", "https://htmx.org/", "0BSD"),
    ("Lucide", "https://lucide.dev/", "ISC"),
    ("Emojibase", "https://emojibase.dev/", "MIT"),
    ("perfect-freehand", "https://github.com/steveruizok/perfect-freehand", "MIT"),
)
"""What most of it stands on; requirements/ and static/vendor/ name all."""

KEYS = (
    (N_("Everywhere"), keys.EVERYWHERE),
    (N_("In the message box"), keys.WRITING),
    (N_("Among messages"), keys.READING),
)


def values(settings: Settings, counted: Figures | None, *, inside: bool) -> dict[str, Any]:
    """What templates/about/index.html draws."""
    social = not settings.chat_only
    return {
        "version": __version__,
        "description": settings.instance_description,
        "contact": contact(settings, inside=inside),
        "terms": settings.terms_url,
        "help_url": settings.account_help_url,
        "lists": LISTS,
        "licence": LICENCE,
        "source": settings.source_url or SOURCE,
        "figures": counted,
        "standards": [each for each in STANDARDS if social or each[0] not in SOCIAL],
        "credits": CREDITS,
        "keys": (*KEYS, *([(N_("Among posts"), keys.POSTS)] if social else [])),
    }


def links(settings: Settings) -> dict[str, Any]:
    """/.well-known/nodeinfo (NodeInfo §4.3)."""
    return {"links": [{"rel": NODEINFO, "href": f"{settings.base_url}/nodeinfo/2.1"}]}


def nodeinfo(settings: Settings, counted: Figures) -> dict[str, Any]:
    """/nodeinfo/2.1, by its schema."""
    return {
        "version": "2.1",
        "software": {"name": "webchat", "version": __version__, "repository": _source(settings)},
        "protocols": ["xmpp"],
        "services": {"inbound": [], "outbound": [] if settings.chat_only else ["atom1.0"]},
        # Accounts are made at XMPP servers, never here.
        "openRegistrations": False,
        "usage": {
            "users": {
                "total": counted.people,
                "activeHalfyear": counted.half_year,
                "activeMonth": counted.month,
            },
            "localPosts": counted.posts,
        },
        "metadata": {
            "nodeName": settings.instance_name,
            "nodeDescription": settings.instance_description,
            "countsRounded": settings.statistics != EXACT,
        },
    }


def statistics(settings: Settings, counted: Figures) -> dict[str, Any]:
    """/statistics.json: what lists of such sites ask for."""
    return {
        "software": "webchat",
        "version": __version__,
        "name": settings.instance_name,
        "description": settings.instance_description,
        "url": str(settings.base_url),
        "domain": settings.default_domain or settings.base_url.netloc.partition(":")[0],
        "domains": sorted(settings.allowed_domains),
        "language": languages()[0],
        "languages": list(languages()),
        "users": counted.people,
        "connected": counted.connected,
        "rounded": settings.statistics != EXACT,
    }


def _source(settings: Settings) -> str:
    return settings.source_url or f"{settings.base_url}{SOURCE}"
