"""This room reads and writes files in messages: XEP-0447 with XEP-0446, XEP-0385, the address of XEP-0066."""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import SharedFile
from webchat.xmpp.numbers import whole
from webchat.xmpp.xml_text import xml_text

MOST = 20
"""Files of one message that are kept."""

LONGEST_URL = 3000
LONGEST_NAME = 255
LONGEST_DESCRIPTION = 4000
MOST_HASHES = 5

_FILE_SHARING = f"{{{ns.SFS}}}file-sharing"
_METADATA = f"{{{ns.FILE_METADATA}}}file"
_SOURCES = f"{{{ns.SFS}}}sources"
_URL_DATA = f"{{{ns.URL_DATA}}}url-data"
_HASH = f"{{{ns.HASHES}}}hash"
_REFERENCE = f"{{{ns.REFERENCE}}}reference"
_MEDIA_SHARING = f"{{{ns.SIMS}}}media-sharing"
_OOB = f"{{{ns.OOB}}}x"
_OOB_URL = f"{{{ns.OOB}}}url"
_FALLBACK = f"{{{ns.FALLBACK}}}fallback"

_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,126}")
_BARE_URL = re.compile(r"(?:https?|aesgcm)://[^\s\x00-\x20<>\"]{1,2990}")
# The names that other clients give to what their users recorded; no XEP has a mark for it.
_RECORDED = re.compile(r"(voice|recording|ptt|aud)[-_ .0-9]", re.IGNORECASE)


def read(xml: Element, body: str) -> tuple[tuple[SharedFile, ...], str]:
    """The files of a message, and its text without the addresses that only stand in for them.

    body  the text so far, without the fallbacks of other things
    """
    found = _unique([*_shared(xml), *_media(xml), *_out_of_band(xml)])
    text = body.strip()
    if not found and text.startswith("aesgcm://") and all(map(_BARE_URL.fullmatch, text.split("\n"))):
        # OMEMO media sharing: the key stands in the address, and only an encrypted client has use for it.
        return (SharedFile("", _name_of(text)),), ""
    if not found:
        return (), body
    urls = {file.url for file in found if file.url}
    lines = text.split("\n")
    if _is_fallback(xml) or all(line.strip() in urls for line in lines):
        while lines and (lines[-1].strip() in urls or not lines[-1].strip()):
            lines.pop()
        body = "\n".join(lines)
    return tuple(found[:MOST]), body


def _unique(files: Iterable[SharedFile]) -> list[SharedFile]:
    """One of each address: what says most of it comes first."""
    found: dict[str, SharedFile] = {}
    for file in files:
        found.setdefault(file.url or f"{file.name}#{len(found)}", file)
    return list(found.values())


def _is_fallback(xml: Element) -> bool:
    return any(child.get("for") in (ns.SFS, ns.OOB) for child in xml.iterfind(_FALLBACK))


def _shared(xml: Element) -> Iterator[SharedFile]:
    for sharing in xml.findall(_FILE_SHARING)[:MOST]:
        facts = sharing.find(_METADATA)
        sources = sharing.find(_SOURCES)
        targets = (
            [] if sources is None else [source.get("target", "") for source in sources.iterfind(_URL_DATA)]
        )
        if facts is not None:
            yield _file(facts, targets, inline=sharing.get("disposition") != "attachment")


def _media(xml: Element) -> Iterator[SharedFile]:
    """XEP-0385, whatever the version of its file element (clients write :3, :4 and :5)."""
    for sharing in [each for ref in xml.findall(_REFERENCE)[:MOST] for each in ref.iterfind(_MEDIA_SHARING)]:
        facts = next((child for child in sharing if _local(child) == "file"), None)
        sources = next((child for child in sharing if _local(child) == "sources"), ())
        targets = [source.get("uri", "") for source in sources]
        if facts is not None:
            yield _file(facts, targets, inline=True)


def _out_of_band(xml: Element) -> Iterator[SharedFile]:
    for out in xml.findall(_OOB)[:MOST]:
        url = (out.findtext(_OOB_URL) or "").strip()
        scheme = url.partition(":")[0].lower()
        if scheme in ("http", "https") and _fetchable(url):
            yield SharedFile(url, _name_of(url), voice=bool(_RECORDED.match(_name_of(url))))
        elif scheme == "aesgcm":
            yield SharedFile("", _name_of(url))


def _file(facts: Element, targets: Sequence[str], *, inline: bool) -> SharedFile:
    said = {_local(child): (child.text or "").strip() for child in list(facts)[::-1]}
    url = next((target for target in targets[:MOST] if _fetchable(target)), "")
    name = said.get("name", "")[:LONGEST_NAME] or _name_of(url or next(iter(targets), ""))
    media_type = said.get("media-type", "").partition(";")[0].strip().lower()
    media_type = media_type if _TYPE.fullmatch(media_type) else ""
    width, height = _whole(said.get("width"), 65_535), _whole(said.get("height"), 65_535)
    if (width is None or height is None) and "x" in said.get("dimensions", ""):
        width, height = (_whole(part, 65_535) for part in said["dimensions"].split("x", 1))
    length = _whole(said.get("length"), 10**9)
    return SharedFile(
        url=url,
        name=name,
        media_type=media_type,
        size=_whole(said.get("size"), 10**15),
        width=width,
        height=height,
        # XEP-0446 counts milliseconds.
        duration=None if length is None else length / 1000,
        hashes=_hashes(facts),
        description=said.get("desc", "")[:LONGEST_DESCRIPTION],
        inline=inline,
        voice=media_type.startswith("audio/") and bool(_RECORDED.match(name)),
    )


def _hashes(facts: Element) -> tuple[tuple[str, str], ...]:
    pairs = [(each.get("algo", ""), (each.text or "").strip()) for each in facts.findall(_HASH)[:MOST_HASHES]]
    return tuple((algorithm, value) for algorithm, value in pairs if algorithm and 0 < len(value) <= 128)


def _local(xml: Element) -> str:
    return xml.tag.rpartition("}")[2]


def _whole(text: str | None, most: int) -> int | None:
    number = whole(text, 18)
    return number if number and number <= most else None


def _fetchable(url: str) -> bool:
    """Whether this may be fetched one day: how and where to, webchat.media.fetch decides."""
    if not 0 < len(url) <= LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def _name_of(url: str) -> str:
    path = url.partition("?")[0].partition("#")[0]
    return unquote(path.rpartition("/")[2])[:LONGEST_NAME]


def write(xml: Element, files: Sequence[SharedFile]) -> None:
    """Put files into a message that has no text of its own: its body becomes the address, for old clients.

    New ones read XEP-0447, those in between XEP-0385, the oldest XEP-0066, which wants the body to be the
    address and nothing else. So what is said about a file is a message of its own.
    """
    body = xml.find(f"{{{ns.CLIENT}}}body")
    if body is None:
        body = SubElement(xml, f"{{{ns.CLIENT}}}body")
    body.text = "\n".join(file.url for file in files)
    for file in files:
        sharing = SubElement(xml, _FILE_SHARING, {"disposition": "inline" if file.inline else "attachment"})
        _facts(SubElement(sharing, _METADATA), ns.FILE_METADATA, file)
        SubElement(SubElement(sharing, _SOURCES), _URL_DATA, {"target": file.url})
        media = SubElement(SubElement(xml, _REFERENCE, {"type": "data"}), _MEDIA_SHARING)
        _facts(SubElement(media, f"{{{ns.FILE_TRANSFER}}}file"), ns.FILE_TRANSFER, file)
        sources = SubElement(media, f"{{{ns.SIMS}}}sources")
        SubElement(sources, _REFERENCE, {"type": "data", "uri": file.url})
        SubElement(SubElement(xml, _OOB), _OOB_URL).text = file.url
    fallback = SubElement(xml, _FALLBACK, {"for": ns.SFS})
    SubElement(fallback, f"{{{ns.FALLBACK}}}body")


def _facts(facts: Element, namespace: str, file: SharedFile) -> None:
    told = {
        "media-type": file.media_type,
        "name": file.name,
        "desc": file.description,
        "size": "" if file.size is None else str(file.size),
        "width": "" if file.width is None else str(file.width),
        "height": "" if file.height is None else str(file.height),
        "length": "" if file.duration is None else str(round(file.duration * 1000)),
    }
    for name, value in told.items():
        if value:
            SubElement(facts, f"{{{namespace}}}{name}").text = xml_text(value)
    for algorithm, value in file.hashes:
        SubElement(facts, _HASH, {"algo": algorithm}).text = value
