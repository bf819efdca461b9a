"""This room reads an Atom entry in all the shapes that programs write (RFC 4287, XEP-0277; W§3, §4, §19)."""

from collections.abc import Iterable, Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from webchat.xmpp import dates
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.atom import uris, xhtml
from webchat.xmpp.entries import Entry, EntryLink, Ref
from webchat.xmpp.numbers import whole

LONGEST_TITLE = 1000
LONGEST_BRIEF = 10_000
"""Characters of a title that is all there is: a comment, or a brief post."""

LONGEST_TEXT = 200_000
LONGEST_LINE = 20_000
"""Characters of HTML that are read of a title."""

LONGEST_ADDRESS = 4096
LONGEST_TAG = 100
MOST_TAGS = 50
MOST_LINKS = 50
MOST_READ = 200
"""Elements of one name that are looked at."""

ENTRY = f"{{{ns.ATOM}}}entry"
TITLE = f"{{{ns.ATOM}}}title"
SUMMARY = f"{{{ns.ATOM}}}summary"
CONTENT = f"{{{ns.ATOM}}}content"
LINK = f"{{{ns.ATOM}}}link"
CATEGORY = f"{{{ns.ATOM}}}category"
AUTHOR = f"{{{ns.ATOM}}}author"
URI = f"{{{ns.ATOM}}}uri"
NAME = f"{{{ns.ATOM}}}name"
ID = f"{{{ns.ATOM}}}id"
PUBLISHED = f"{{{ns.ATOM}}}published"
UPDATED = f"{{{ns.ATOM}}}updated"
IN_REPLY_TO = f"{{{ns.THREAD}}}in-reply-to"
_REGISTERED = "http://www.iana.org/assignments/relation/"


def read(payload: Element) -> Entry | None:
    """What an entry says, each part within its bounds; missing parts are repaired where others tell.

    None for what is no entry (a feed, a logo), is nested beyond reason, or says nothing at all (a probe).
    """
    if payload.tag != ENTRY or not xhtml.shallow(payload):
        return None
    text, html = _contents(payload)
    summary = plain(payload.find(SUMMARY), LONGEST_BRIEF)
    body = bool(text or html or summary)
    title = plain(payload.find(TITLE), LONGEST_TITLE if body else LONGEST_BRIEF)
    links = payload.findall(LINK)[:MOST_READ]
    shown = tuple(_shown(links))[:MOST_LINKS]
    if not (title or body or shown):
        return None
    author, name = _author(payload.find(AUTHOR))
    reply_to, reply_id = _reply(payload)
    published, updated = dates.parse(_line(payload, PUBLISHED)), dates.parse(_line(payload, UPDATED))
    return Entry(
        title=title,
        summary=summary,
        text=text,
        html=html,
        id=_line(payload, ID),
        author=author,
        author_name=name,
        published=published or updated,
        updated=updated or published,
        tags=_tags(payload.findall(CATEGORY)[:MOST_READ]),
        links=shown,
        comments=_comments(links),
        reply_to=reply_to,
        reply_id=reply_id,
        via=next((found for link in links if relation(link) == "via" and (found := target(link))), None),
        web=next((href for link in links if relation(link) == "alternate" and (href := web(link))), ""),
        language=_language(payload),
    )


def _language(payload: Element) -> str:
    """Of the whole entry, else what its content or its title says of itself (RFC 4287 §2)."""
    inner = (payload.find(tag) for tag in (CONTENT, TITLE))
    said = (each.get(ns.XML_LANG, "").strip() for each in (payload, *inner) if each is not None)
    return next((language for language in said if language), "")[:35]


def _line(payload: Element, tag: str) -> str:
    return (payload.findtext(tag) or "").strip()[:LONGEST_ADDRESS]


def plain(construct: Element | None, longest: int) -> str:
    """A text construct of any type as plain text (RFC 4287 §3.1)."""
    if construct is None:
        return ""
    kind = construct.get("type", "text").strip().lower()
    text = "".join(construct.itertext())
    if kind in ("html", "text/html") and not len(construct):
        text = xhtml.words(text[: max(4 * longest, LONGEST_LINE)])
    if kind not in ("text", "text/plain", "text/markdown") or len(construct):
        text = " ".join(text.split())
    return text.strip()[:longest].strip()


def _contents(payload: Element) -> tuple[str, str]:
    """(text, html): of several the first text and the last of the others, in whatever order they stand."""
    text = html = ""
    for content in payload.findall(CONTENT)[:10]:
        match kind_of(content):
            case "text":
                text = text or "".join(content.itertext()).strip()[:LONGEST_TEXT]
            case "html":
                html = (content.text or "").strip()[:LONGEST_TEXT] or html
            case "xhtml":
                html = xhtml.html(content, LONGEST_TEXT) or html
    return text, html


def kind_of(content: Element) -> str:
    """One of text, html and xhtml, or "" for what cannot be shown; elements tell more than the type."""
    kind = content.get("type", "").strip().lower()
    if len(content):
        return "xhtml" if kind in ("", "text", "xhtml", "html", "application/xhtml+xml", "text/html") else ""
    return {
        "": "text",
        "text": "text",
        "text/plain": "text",
        "text/markdown": "text",
        "html": "html",
        "text/html": "html",
        "xhtml": "xhtml",
    }.get(kind, "")


def _author(author: Element | None) -> tuple[str, str]:
    """(bare JID, name) as the entry claims."""
    if author is None:
        return "", ""
    name = " ".join((author.findtext(NAME) or "").split())[:LONGEST_TITLE]
    address = (author.findtext(URI) or "").strip()[:LONGEST_ADDRESS]
    if address[:5].lower() == "xmpp:":
        address = unquote(address[5:].partition("?")[0])
    elif ":" in address:
        return "", name
    try:
        return (jids.bare(jids.normalise(address)) if "@" in address else ""), name
    except ValueError:
        return "", name


def _tags(categories: Iterable[Element]) -> tuple[str, ...]:
    terms = (each.get("term") or each.get("label") or "" for each in categories)
    found = (term.strip().lstrip("#").lower()[:LONGEST_TAG].strip() for term in terms)
    return tuple(dict.fromkeys(filter(None, found)))[:MOST_TAGS]


def relation(link: Element) -> str:
    """What a link is; comments are known by their title too, as Movim knows them (W§4)."""
    if link.get("title") == "comments" and target(link) is not None:
        return "replies"
    return link.get("rel", "alternate").strip().lower().removeprefix(_REGISTERED)


def target(link: Element) -> Ref | None:
    """Where on the network a link leads."""
    return uris.ref(link.get("href", ""))


def web(link: Element) -> str:
    """The address of a page or a file, "" for what is neither."""
    href = link.get("href", "").strip()
    known = href[:8].lower().startswith(("http://", "https://"))
    return href if known and len(href) <= LONGEST_ADDRESS else ""


def _comments(links: Iterable[Element]) -> tuple[Ref, ...]:
    found = (target(link) for link in links if relation(link) == "replies")
    return tuple(dict.fromkeys(Ref(ref.service, ref.node) for ref in found if ref is not None))[:10]


def _shown(links: Iterable[Element]) -> Iterator[EntryLink]:
    for link in links:
        rel, href = relation(link), web(link)
        if not href or rel not in ("related", "enclosure"):
            continue
        logo = link.get("logo", "").strip()
        yield EntryLink(
            rel="related" if rel == "related" else "enclosure",
            href=href,
            type=link.get("type", "").strip().lower()[:LONGEST_TAG],
            title=link.get("title", "").strip()[:LONGEST_TITLE],
            size=whole(link.get("length", "").strip(), 15),
            description=link.get("description", "").strip()[:LONGEST_TITLE],
            logo=logo if logo.startswith(("http://", "https://")) and len(logo) <= LONGEST_ADDRESS else "",
        )


def _reply(payload: Element) -> tuple[Ref | None, str]:
    """(where that stands, its Atom id) of the first that leads somewhere on the network (RFC 4685 §3)."""
    for each in payload.findall(IN_REPLY_TO)[:10]:
        id = each.get("ref", "").strip()
        found = target(each) or uris.ref(id)
        if found is not None and found.item:
            return found, id[:LONGEST_ADDRESS]
    return None, ""
