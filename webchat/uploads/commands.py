"""This room brings a file of the user to their server: checked, cleaned, and then in pieces (XEP-0363)."""

import asyncio
import base64
import hashlib
import io
import logging
from dataclasses import dataclass, field, replace
from typing import IO

from webchat import pictures
from webchat.errors import Invalid, Offline, TooMany, XmppError
from webchat.media import heif, ogg, sniff, tokens
from webchat.media.fetch import Fetcher, FetchFailed
from webchat.media.shares import Shares
from webchat.session.session import Session
from webchat.uploads import jobs, show
from webchat.uploads.state import Place, Quota
from webchat.uploads.store import Cache
from webchat.web.language import N_
from webchat.xmpp import upload
from webchat.xmpp.content import SharedFile

log = logging.getLogger(__name__)

LONGEST_SIDE = 1920
"""Pixels of a picture that leaves us; larger ones are scaled."""

BLOCK = 256 * 1024

NO_SERVICE = N_("Your server takes no files. Its operator can switch that on.")
TOO_LARGE = N_("This file is too large: at most %(limit)s can be sent.")
EMPTY = N_("This file is empty.")
BAD_PICTURE = N_("This picture cannot be prepared for sending. Put it into an archive to send it as it is.")
BAD_SOUND = N_("This recording cannot be read.")
NO_ROOM = N_("Your server has no room left for files.")
REFUSED = N_("Your server did not take the file. Try again later.")
STRANGE_SLOT = N_("Your server named a place for the file that nobody can reach.")


TOO_SLOW = N_("Your server took the file too slowly, so it was given up. Try again later.")
BUSY = N_("Other files are still on their way. Try again when one of them is done.")

_WHY_NOT = {"refused": STRANGE_SLOT, "too-slow": TOO_SLOW, "busy": BUSY}


class CannotSend(Invalid):
    """A file that does not go out: `sentence` is a message id with `values` in it."""

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__({"file": sentence}, values)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Media:
    """What the whole program shares: who fetches and brings, what was fetched, most bytes of a file here;
    the decoders of pictures, which those have first who use none."""

    fetcher: Fetcher
    cache: Cache
    most: int
    decoders: Shares = field(default_factory=lambda: Shares(pictures.WORKERS, each=pictures.WORKERS))


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it came from the browser; `voice` was recorded there."""

    body: IO[bytes]
    size: int
    name: str
    media_type: str
    description: str = ""
    voice: bool = False


@dataclass(frozen=True, slots=True)
class _Prepared:
    body: IO[bytes]
    file: SharedFile
    picture: pictures.Picture | None = None


async def limit(session: Session, media: Media) -> int:
    """Most bytes that the user can send. Raises CannotSend when there is nowhere to send them, Offline."""
    return _most(await _service(session), media)


def _most(service: upload.Service, media: Media) -> int:
    return media.most if service.most is None else min(service.most, media.most)


async def _service(session: Session) -> upload.Service:
    place = session[Place]
    if not place.asked:
        await jobs.find_place(session)
    if place.service is None:
        raise CannotSend(NO_SERVICE)
    return place.service


async def send_up(session: Session, media: Media, given: Given) -> SharedFile:
    """Bring a file to the server; what a message says of it.

    Pictures lose what they know beside their pixels and are at most 1920 pixels long (case U10).

    Raises CannotSend, TooMany, Offline.
    """
    service = await _service(session)
    most = _most(service, media)
    if not given.size:
        raise CannotSend(EMPTY)
    # Pictures may shrink; nothing else does.
    if given.size > max(most, pictures.MOST_BYTES if _is_picture(given) else 0):
        raise CannotSend(TOO_LARGE, limit=show.size_words(most))
    return await _sent(session, media, service, await _prepare(given), most)


async def bring_picture(session: Session, media: Media, picture: pictures.Picture, name: str) -> str:
    """Bring a picture that was made here to the server, as it is; where it lies then.

    Raises CannotSend, TooMany, Offline.
    """
    service = await _service(session)
    body = io.BytesIO(picture.data)
    file = SharedFile("", name, picture.media_type, len(picture.data), hashes=_digest(body))
    prepared = _Prepared(body, file, picture)
    return (await _sent(session, media, service, prepared, _most(service, media))).url


async def _sent(
    session: Session, media: Media, service: upload.Service, prepared: _Prepared, most: int
) -> SharedFile:
    size = prepared.file.size or 0
    if size > most:
        raise CannotSend(TOO_LARGE, limit=show.size_words(most))
    quota = session[Quota]
    if wait := quota.wait(size):
        raise TooMany(wait)
    quota.take(size)
    url = await _bring(session, media, service, prepared)
    if prepared.picture is not None:
        key = tokens.key(tokens.Link("picture", url))
        await asyncio.to_thread(media.cache.put, key, prepared.picture.data, prepared.picture.media_type)
    return replace(prepared.file, url=url)


def _is_picture(given: Given) -> bool:
    given.body.seek(0)
    return sniff.sniff(given.body.read(sniff.HEAD)) in sniff.PICTURES


async def _prepare(given: Given) -> _Prepared:
    given.body.seek(0)
    head = given.body.read(sniff.HEAD)
    found = sniff.sniff(head)
    name = show.shown_name(given.name) or "file"
    file = SharedFile(
        "",
        name,
        sniff.plain(given.media_type)[:255],
        given.size,
        description=given.description,
        voice=given.voice,
    )
    if found in sniff.PICTURES:
        return await _picture(given, file)
    if heif.is_heif(head):
        return await _unreadable_picture(given, file)
    if given.voice and ogg.is_webm(head):
        return await _recording(given, file)
    if found in sniff.PLAYED and not sniff.plays_as(head, file.media_type):
        file = replace(file, media_type=found)
    digest = await asyncio.to_thread(_digest, given.body)
    return _Prepared(given.body, replace(file, hashes=digest))


async def _picture(given: Given, file: SharedFile) -> _Prepared:
    given.body.seek(0)
    data = await asyncio.to_thread(given.body.read, pictures.MOST_BYTES + 1)
    try:
        made = await pictures.reencode(data, longest=LONGEST_SIDE, kind="picture")
    except pictures.BadPicture:
        raise CannotSend(BAD_PICTURE) from None
    body = io.BytesIO(made.data)
    ending = {"image/jpeg": ".jpg"}.get(made.media_type, "." + made.media_type.partition("/")[2])
    stem, dot, old = file.name.rpartition(".")
    kept = f".{old}".lower() in (ending, ".jpeg" if ending == ".jpg" else ending)
    described = replace(
        file,
        name=file.name if kept else ((stem if dot else file.name) or "picture") + ending,
        media_type=made.media_type,
        size=len(made.data),
        width=made.width,
        height=made.height,
        hashes=_digest(body),
    )
    return _Prepared(body, described, made)


async def _unreadable_picture(given: Given, file: SharedFile) -> _Prepared:
    """What only telephones can draw stays as it is, but for what it tells of them."""
    given.body.seek(0)
    data = await asyncio.to_thread(given.body.read, pictures.MOST_BYTES + 1)
    try:
        if len(data) > pictures.MOST_BYTES:
            raise heif.BadHeif("size")
        body = io.BytesIO(await asyncio.to_thread(heif.blank, data))
    except heif.BadHeif:
        raise CannotSend(BAD_PICTURE) from None
    return _Prepared(body, replace(file, media_type="image/heic", hashes=_digest(body)))


async def _recording(given: Given, file: SharedFile) -> _Prepared:
    """What Chromium records is in a container that few clients play: the same sound goes into Ogg."""
    given.body.seek(0)
    data = await asyncio.to_thread(given.body.read, ogg.MOST_BYTES + 1)
    try:
        sound = await asyncio.to_thread(ogg.from_webm, data)
    except ogg.NotOpus:
        raise CannotSend(BAD_SOUND) from None
    body = io.BytesIO(sound.data)
    described = replace(
        file,
        name=file.name.rpartition(".")[0] + ".ogg" if "." in file.name else f"{file.name}.ogg",
        media_type="audio/ogg",
        size=len(sound.data),
        duration=sound.seconds,
        hashes=_digest(body),
    )
    return _Prepared(body, described)


def _digest(body: IO[bytes]) -> tuple[tuple[str, str], ...]:
    body.seek(0)
    digest = hashlib.sha256()
    while block := body.read(BLOCK):
        digest.update(block)
    return (("sha-256", base64.b64encode(digest.digest()).decode()),)


async def _bring(session: Session, media: Media, service: upload.Service, prepared: _Prepared) -> str:
    file = prepared.file
    size, media_type = file.size or 0, file.media_type or "application/octet-stream"
    try:
        slot = await upload.slot(session.client, service, file.name, size, media_type)
    except Offline:
        raise
    except XmppError as error:
        log.info("no slot for a file: %s", error.condition)
        if error.condition == "not-acceptable":
            raise CannotSend(TOO_LARGE, limit=show.size_words(_most(service, media))) from None
        raise CannotSend(NO_ROOM if error.condition == "resource-constraint" else REFUSED) from None
    try:
        media.fetcher.check(slot.get, secure=True)
        prepared.body.seek(0)
        headers = dict(slot.headers)
        await media.fetcher.put(slot.put, headers, prepared.body, size, media_type, session.jid)
    except FetchFailed as error:
        log.info("a file was not taken: %s", error.reason)
        raise CannotSend(_WHY_NOT.get(error.reason, REFUSED)) from None
    return slot.get
