"""This room writes an Atom entry so that every program reads it, and keeps what others wrote (W§3)."""

import copy
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import namespaces as ns
from webchat.xmpp.atom import reading as has
from webchat.xmpp.atom import uris, xhtml
from webchat.xmpp.entries import Entry, EntryLink, Ref
from webchat.xmpp.xml_text import xml_text

_FEW = 100
"""Characters of a text that stand for a title where there is none: without one programs drop the post."""


def write(entry: Entry, former: str = "", place: Ref | None = None) -> Element:
    """The <entry/> for a post.

    former  xml of the entry that this is a new version of: elements and attributes that we do not know stay
    place   where it will stand, for the link to itself
    """
    old = _parsed(former)
    xml = Element(has.ENTRY, dict(old.attrib))
    if entry.language:
        xml.set(ns.XML_LANG, xml_text(entry.language))
    updated = entry.updated or datetime.now(UTC)
    _text(xml, has.ID, entry.id or (old.findtext(has.ID) or "").strip() or f"urn:uuid:{uuid.uuid4()}")
    xml.append(_title(entry, old))
    _author(xml, entry, old)
    xml.extend(_links(entry, old, place))
    if (answered := _reply(entry, old)) is not None:
        xml.extend(answered)
    xml.extend(_contents(entry, old))
    _text(xml, has.PUBLISHED, _moment(entry.published or updated))
    xml.extend(_categories(entry, old))
    _text(xml, has.UPDATED, _moment(updated))
    xml.extend(copy.deepcopy(child) for child in old if not _written(child))
    return xml


def _parsed(former: str) -> Element:
    """What is edited; an empty entry where there is none, or it is none."""
    try:
        old = ET.fromstring(former) if former else None  # noqa: S314 (what ElementTree wrote itself)
    except ET.ParseError:
        old = None
    return Element(has.ENTRY) if old is None or old.tag != has.ENTRY else old


def _written(child: Element) -> bool:
    """Whether `write` says this itself."""
    if child.tag == has.LINK:
        return _known(child)
    if child.tag == has.CONTENT:
        return has.kind_of(child) != ""
    ours = (has.ID, has.TITLE, has.SUMMARY, has.AUTHOR, has.PUBLISHED, has.UPDATED, has.CATEGORY)
    return child.tag in (*ours, has.IN_REPLY_TO)


def _known(link: Element) -> bool:
    """Links that an Entry holds; others (self, edit, what nobody thought of) are not ours to drop."""
    relation = has.relation(link)
    if relation in ("related", "enclosure"):
        return bool(has.web(link))
    if relation in ("replies", "via"):
        return has.target(link) is not None
    return relation == "alternate" and bool(has.web(link) or has.target(link))


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, tag, attributes)
    element.text = xml_text(text)
    return element


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _title(entry: Entry, old: Element) -> Element:
    title = entry.title or entry.summary or _start(entry.text) or _start(xhtml.words(entry.html))
    former = old.find(has.TITLE)
    element = Element(has.TITLE, {} if former is None else dict(former.attrib))
    element.set("type", "text")
    element.text = xml_text(title)
    return element


def _start(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= _FEW else line[: _FEW - 1].rstrip() + "…"


def _author(xml: Element, entry: Entry, old: Element) -> None:
    """Who wrote it; of the same author everything that stood there stays."""
    formers = [copy.deepcopy(author) for author in old.findall(has.AUTHOR)]
    if not entry.author and not entry.author_name:
        xml.extend(formers)
        return
    author = formers[0] if formers else Element(has.AUTHOR)
    # XEP-0277 §2: the address is what programs compare, the name what people read.
    uri = f"xmpp:{entry.author}" if entry.author else ""
    for tag, said in ((has.NAME, entry.author_name or entry.author.partition("@")[0]), (has.URI, uri)):
        if said:
            found = author.find(tag)
            (SubElement(author, tag) if found is None else found).text = xml_text(said)
    xml.extend([author, *formers[1:]])


def _links(entry: Entry, old: Element, place: Ref | None) -> Iterator[Element]:
    """In Movim's order: itself, comments, its page, what it repeats, pages and files."""
    formers = [link for link in old.findall(has.LINK) if _known(link)]
    if place is not None:
        yield _link("alternate", uris.uri(place))
    else:
        yield from (
            copy.deepcopy(link)
            for link in formers
            if has.relation(link) == "alternate" and has.target(link) is not None
        )
    for comments in entry.comments:
        yield _link("replies", uris.uri(comments), title="comments")
    if entry.web:
        yield _link("alternate", entry.web, type="text/html", title=entry.title[: has.LONGEST_TITLE])
    if entry.via is not None:
        yield _link("via", uris.uri(entry.via))
    known = {(has.relation(link), has.web(link)): link for link in reversed(formers)}
    for each in entry.links:
        yield _shown(each, known.get((each.rel, each.href)))


def _link(rel: str, href: str, **more: str) -> Element:
    said = {name: xml_text(value) for name, value in more.items() if value}
    return Element(has.LINK, {"rel": rel, "href": xml_text(href), **said})


def _shown(link: EntryLink, former: Element | None) -> Element:
    element = Element(has.LINK) if former is None else copy.deepcopy(former)
    element.tail = None
    said = {
        "rel": link.rel,
        "href": link.href,
        "type": link.type,
        "title": link.title,
        "length": "" if link.size is None else str(link.size),
        "description": link.description,
        "logo": link.logo,
    }
    for name, value in said.items():
        if value:
            element.set(name, xml_text(value))
        elif name in element.attrib:
            del element.attrib[name]
    return element


def _reply(entry: Entry, old: Element) -> list[Element] | None:
    """RFC 4685 §3: `ref` is required; the address goes raw, because Movim's reader does not decode (W§3)."""
    if entry.reply_to is None:
        return None
    formers = old.findall(has.IN_REPLY_TO)
    if any(has.target(each) == entry.reply_to for each in formers):
        return [copy.deepcopy(each) for each in formers]
    href = uris.uri(entry.reply_to)
    return [Element(has.IN_REPLY_TO, {"ref": xml_text(entry.reply_id or href), "href": href})]


def _contents(entry: Entry, old: Element) -> Iterator[Element]:
    """XHTML for all, text for who edits; plain text alone is written both ways, because Movim shows none."""
    if entry.summary:
        former = old.find(has.SUMMARY)
        if former is not None and has.plain(former, has.LONGEST_BRIEF) == entry.summary:
            yield copy.deepcopy(former)
        else:
            yield _text(Element("holder"), has.SUMMARY, entry.summary, type="text")
    if entry.html or entry.text:
        holder = Element(has.CONTENT, {"type": "xhtml"})
        holder.append(xhtml.elements(entry.html) if entry.html else xhtml.paragraphs(entry.text))
        yield holder
    if entry.text:
        yield _text(Element("holder"), has.CONTENT, entry.text, type="text")


def _categories(entry: Entry, old: Element) -> Iterator[Element]:
    formers = {each.get("term", "").strip().lstrip("#").lower(): each for each in old.findall(has.CATEGORY)}
    for tag in entry.tags:
        former = formers.get(tag)
        yield Element(has.CATEGORY, {"term": xml_text(tag)}) if former is None else copy.deepcopy(former)
