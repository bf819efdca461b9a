"""This room writes Atom feeds (RFC 4287) of blogs and communities."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from webchat.blog.show.pages import Head, author_of, body
from webchat.markup import html
from webchat.markup import names as safe
from webchat.posts.show.paths import public_path
from webchat.posts.store import Post
from webchat.web import time
from webchat.xmpp import atom
from webchat.xmpp import namespaces as ns
from webchat.xmpp.atom.xhtml import elements
from webchat.xmpp.xml_text import xml_text as plain

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""What a feed without entries was updated at: it has to say something."""

LONGEST_TITLE = 300

register_namespace("xhtml", ns.XHTML)


def feed(
    head: Head, shown: Sequence[Post], tags: Mapping[int, Sequence[str]], site: str, pages: Mapping[str, str]
) -> bytes:
    """The feed of a page.

    site   how browsers reach us: every address in it is whole
    pages  where the others are, by relation (RFC 5005 §3)
    """
    made = Element("feed", {"xmlns": ns.ATOM})
    _text(made, "id", uuid5(NAMESPACE_URL, head.xmpp).urn)
    _text(made, "title", head.name)
    if head.summary:
        _text(made, "subtitle", head.summary)
    _text(made, "updated", time.iso(updated(shown)))
    _link(made, "self", site + head.feed, "application/atom+xml")
    for relation, path in pages.items():
        _link(made, relation, site + path, "application/atom+xml")
    _link(made, "alternate", site + head.path, "text/html")
    _link(made, "alternate", head.xmpp)
    _text(made, "generator", "Webchat")
    _author(made, head.name, "" if head.community else head.xmpp.partition("?")[0])
    for post in shown:
        _entry(made, post, tags.get(post.id, ()), site)
    xml: bytes = tostring(made, encoding="utf-8", xml_declaration=True)
    return xml


def updated(shown: Sequence[Post]) -> datetime:
    """When the newest of these was written or changed."""
    return max((post.updated for post in shown), default=NEVER)


def _entry(into: Element, post: Post, tags: Sequence[str], site: str) -> None:
    entry = SubElement(into, "entry")
    if post.language:
        entry.set("xml:lang", post.language)
    own = atom.uri(post.ref)
    _text(entry, "id", uuid5(NAMESPACE_URL, own).urn)
    words = "" if post.title else html.text_of(html.beginning(post.body, 2000))
    _text(entry, "title", safe.shown(post.title, LONGEST_TITLE) or safe.shown(words, 80))
    _text(entry, "published", time.iso(post.published))
    _text(entry, "updated", time.iso(post.updated))
    # As on the page: who is vouched for is not called what they like, and a mere claim has no address.
    name = author_of(post, ()).name or post.service
    _author(entry, name, f"xmpp:{quote(post.author, safe='@')}" if post.author and post.verified else "")
    _link(entry, "alternate", site + public_path(post.ref), "text/html")
    _link(entry, "alternate", own)
    if post.reply_to is not None:
        _link(entry, "related", atom.uri(post.reply_to))
    for link in post.links:
        _linked(entry, link)
    for tag in tags:
        SubElement(entry, "category", {"term": plain(tag)})
    if post.body:
        content = SubElement(entry, "content", {"type": "xhtml"})
        content.append(elements(body(post, below=0, site=site)))
    else:
        _text(entry, "content", safe.shown(post.title, 2000))


def _linked(entry: Element, link: Mapping[str, object]) -> None:
    """A page or a file that belongs to a post (RFC 4287 §4.2.7)."""
    href = str(link.get("href", ""))
    if not is_web(href):
        return
    rel = "enclosure" if link.get("rel") == "enclosure" else "related"
    made = _link(entry, rel, quote(href, safe="%/:=&?~#+!$,;'@()*[]"), _media_type(str(link.get("type", ""))))
    if title := safe.shown(str(link.get("title", "")), 200):
        made.set("title", title)
    size = link.get("size")
    if isinstance(size, int) and size > 0:
        made.set("length", str(size))


def is_web(href: str) -> bool:
    """Whether an address is one of the web, whole and plain."""
    return href.startswith(("https://", "http://")) and len(href.split("/")) > 2 and bool(href.split("/")[2])


def _media_type(text: str) -> str:
    main, slash, rest = text.partition(";")[0].strip().partition("/")
    fits = slash and all(
        part.isascii() and part.replace("-", "").replace("+", "").replace(".", "").isalnum()
        for part in (main, rest)
    )
    return f"{main}/{rest}" if fits else ""


def _link(into: Element, rel: str, href: str, type_: str = "") -> Element:
    return SubElement(into, "link", {"rel": rel, **({"type": type_} if type_ else {}), "href": plain(href)})


def _author(into: Element, name: str, uri: str) -> None:
    author = SubElement(into, "author")
    _text(author, "name", name)
    if uri:
        _text(author, "uri", uri)


def _text(into: Element, tag: str, text: str) -> None:
    SubElement(into, tag).text = plain(text)
