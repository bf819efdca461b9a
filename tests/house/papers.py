"""This room writes the documents that follow from the program: its settings, its XEPs, its promises.

`python -m tests.house.papers --update` writes them; a test compares them with what would be written.
"""

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from tests.house.security import PAPER, security
from tests.house.tree import ROOT, files, is_vendored, name, text
from webchat.config import SETTINGS

DOAP = "{http://usefulinc.com/ns/doap#}"
XMPP = "{https://linkmauve.fr/ns/xmpp-doap#}"
RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"

TITLES = {
    "0004": "Data Forms",
    "0012": "Last Activity",
    "0030": "Service Discovery",
    "0045": "Multi-User Chat",
    "0048": "Bookmarks",
    "0049": "Private XML Storage",
    "0050": "Ad-Hoc Commands",
    "0054": "vcard-temp",
    "0059": "Result Set Management",
    "0060": "Publish-Subscribe",
    "0066": "Out of Band Data",
    "0068": "Field Standardization for Data Forms",
    "0071": "XHTML-IM",
    "0077": "In-Band Registration",
    "0080": "User Location",
    "0082": "XMPP Date and Time Profiles",
    "0084": "User Avatar",
    "0085": "Chat State Notifications",
    "0092": "Software Version",
    "0100": "Gateway Interaction",
    "0115": "Entity Capabilities",
    "0153": "vCard-Based Avatars",
    "0157": "Contact Addresses for XMPP Services",
    "0158": "CAPTCHA Forms",
    "0163": "Personal Eventing Protocol",
    "0172": "User Nickname",
    "0184": "Message Delivery Receipts",
    "0191": "Blocking Command",
    "0198": "Stream Management",
    "0199": "XMPP Ping",
    "0203": "Delayed Delivery",
    "0221": "Data Forms Media Element",
    "0223": "Persistent Storage of Private Data via PubSub",
    "0227": "Portable Import/Export Format for XMPP-IM Servers",
    "0231": "Bits of Binary",
    "0245": "The /me Command",
    "0249": "Direct MUC Invitations",
    "0277": "Microblogging over XMPP",
    "0280": "Message Carbons",
    "0292": "vCard4 Over XMPP",
    "0297": "Stanza Forwarding",
    "0300": "Use of Cryptographic Hash Functions in XMPP",
    "0308": "Last Message Correction",
    "0313": "Message Archive Management",
    "0317": "Hats",
    "0319": "Last User Interaction in Presence",
    "0330": "Pubsub Subscription",
    "0333": "Displayed Markers",
    "0334": "Message Processing Hints",
    "0352": "Client State Indication",
    "0359": "Unique and Stable Stanza IDs",
    "0363": "HTTP File Upload",
    "0368": "SRV records for XMPP over TLS",
    "0372": "References",
    "0377": "Spam Reporting",
    "0380": "Explicit Message Encryption",
    "0382": "Spoiler Messages",
    "0385": "Stateless Inline Media Sharing (SIMS)",
    "0392": "Consistent Color Generation",
    "0393": "Message Styling",
    "0398": "User Avatar to vCard-Based Avatars Conversion",
    "0402": "PEP Native Bookmarks",
    "0410": "MUC Self-Ping (Schrödinger's Chat)",
    "0421": "Occupant identifiers for semi-anonymous MUCs",
    "0424": "Message Retraction",
    "0425": "Moderated Message Retraction",
    "0428": "Fallback Indication",
    "0433": "Extended Channel Search",
    "0441": "Message Archive Management Preferences",
    "0444": "Message Reactions",
    "0446": "File metadata element",
    "0447": "Stateless file sharing",
    "0461": "Message Replies",
    "0465": "Pubsub Public Subscriptions",
    "0470": "Pubsub Attachments",
    "0472": "Pubsub Social Feed",
    "0486": "MUC Avatars",
    "0490": "Message Displayed Synchronization",
    "0492": "Chat notification settings",
    "0513": "Explicit Mentions",
    "0494": "Client Access Management",
}


@dataclass(frozen=True, slots=True)
class Xep:
    """One line of doap.xml."""

    number: str
    status: str
    note: str


def claimed() -> dict[str, Xep]:
    """What doap.xml says that we support, by number."""
    project = _project()
    found = {}
    for supported in project.iter(f"{XMPP}SupportedXep"):
        link = supported.find(f"{XMPP}xep")
        number = re.fullmatch(
            r"https://xmpp\.org/extensions/xep-(\d{4})\.html", "" if link is None else link.attrib[RESOURCE]
        )
        assert number, "Every SupportedXep names its document."
        status, note = (supported.findtext(f"{XMPP}{tag}") or "" for tag in ("status", "note"))
        assert number[1] not in found, f"XEP-{number[1]} stands twice in doap.xml."
        found[number[1]] = Xep(number[1], status, " ".join(note.split()))
    return found


def claimed_rfcs() -> list[str]:
    """The RFCs that doap.xml names."""
    links = (implements.get(RESOURCE, "") for implements in _project().iter(f"{DOAP}implements"))
    return [found[1] for link in links if (found := re.search(r"/rfc(\d{4})\.html$", link))]


def _project() -> ElementTree.Element:
    project = ElementTree.fromstring(text(ROOT / "doap.xml")).find(f"{DOAP}Project")  # noqa: S314 - our own file
    assert project is not None
    return project


def citations(kind: str, places: Callable[[str], bool]) -> dict[str, list[str]]:
    """Number → the files that cite it ("XEP-0308", "RFC 6120"), in those places."""
    found: dict[str, list[str]] = {}
    for path in files():
        if not places(name(path)) or path.suffix not in (".py", ".js", ".html") or is_vendored(path):
            continue
        for number in sorted(set(re.findall(kind + r"[- ](\d{4})\b", text(path)))):
            found.setdefault(number, []).append(name(path))
    return found


def in_code(path: str) -> bool:
    """The program itself."""
    return path.startswith(("webchat/", "templates/", "static/js/"))


def in_tests(path: str) -> bool:
    """What proves it; the rules of the house prove nothing about a protocol."""
    return path.startswith("tests/") and not path.startswith("tests/house/")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)


def configuration() -> str:
    """docs/configuration.md."""
    rows = [
        (
            f"`{each.name}`" + (" (or `…_FILE`)" if each.from_file else ""),
            each.meaning,
            _default(each.default),
        )
        for each in SETTINGS
    ]
    return f"""# Settings

Webchat is configured by environment variables, read once at the start. A name that begins with `WEBCHAT_`
and is not in this table stops the start, with the nearest name that exists; so does a value that cannot be
used. A name marked "or `…_FILE`" may be given as the path of a file that holds the value, so that the secret
itself is not in the environment.

{_table(("Name", "Means", "Default"), rows)}

This page is written by `python -m tests.house.papers --update`; a test compares it with the program.
"""


def _default(value: str) -> str:
    """Values in code type, sentences as they are."""
    return (
        f"`{value}`"
        if re.fullmatch(r"[\w.:/]+", value) and re.search(r"[\d/]|^(off|text|info)$", value)
        else value
    )


def xeps() -> str:
    """docs/xeps.md."""
    rows = [
        (f"[{number}](https://xmpp.org/extensions/xep-{number}.html)", TITLES[number], each.status, each.note)
        for number, each in sorted(claimed().items())
    ]
    rfcs = [f"[{number}](https://www.rfc-editor.org/rfc/rfc{number}.html)" for number in claimed_rfcs()]
    return f"""# Protocols

Webchat implements RFC {", ".join(rfcs)}
and these extensions. "Partial" says in its note what is there. The same list for programs is `doap.xml`.
Where the program follows a rule of a standard, it cites it: search the tree for `XEP-` and the number.

{_table(("XEP", "Title", "State", "Note"), rows)}

This page is written by `python -m tests.house.papers --update`; a test compares it with the program.
"""


PAPERS = {"docs/configuration.md": configuration, "docs/xeps.md": xeps, PAPER: security}

if __name__ == "__main__":
    for paper, write in PAPERS.items():
        if "--update" in sys.argv:
            (ROOT / paper).write_text(write(), encoding="utf-8")
        else:
            sys.stdout.write(write())
