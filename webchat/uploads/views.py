"""This room hands out what strangers put on other servers: through us, as what it is, and as nothing else."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse

from webchat import pictures
from webchat.errors import Offline
from webchat.media import sniff, tokens
from webchat.media.fetch import Answer, FetchFailed
from webchat.media.shares import Busy
from webchat.uploads import commands
from webchat.uploads.commands import CannotSend, Media
from webchat.uploads.show import size_words
from webchat.uploads.store import Kept
from webchat.web.headers import FOREIGN
from webchat.web.language import N_, translate
from webchat.web.limits import PerAccount
from webchat.web.reader import reader
from webchat.web.request import maybe_signed_in, signed_in

MOST_PICTURE = 10 * 1024 * 1024
MOST_STREAMED = 1024 * 1024 * 1024
A_MINUTE = 300
"""Requests of one account."""

NOT_NOW = N_("There is no connection to your server at the moment. Try again when it is back.")
GONE = N_("This file cannot be had from the server that keeps it.")

BUSY = N_("Too many files are being fetched for you at the moment. Try again when some of them are here.")

_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
_CONTENT_RANGE = re.compile(r"bytes \d{1,15}-\d{1,15}/(\d{1,15}|\*)")
_rate = PerAccount(A_MINUTE, 60)

PRIVATE = {"content-security-policy": FOREIGN, "content-encoding": "identity"}
"""On all of it. Naming an encoding keeps our own compression away from it."""


def media_of(request: Request) -> Media:
    """What the program shares for files."""
    found: Media = request.app.state.media
    return found


_WEEK = {"cache-control": "private, max-age=604800, immutable"}


async def limits(request: Request) -> Response:
    """GET /uploads: how large a file may be, for scripts to say so before anything moves."""
    session = signed_in(request).session
    language = reader.get().language
    try:
        most = await commands.limit(session, media_of(request))
    except CannotSend as error:
        return JSONResponse({"most": 0, "sentence": translate(error.sentence, language)})
    except Offline:
        return JSONResponse({"most": 0, "sentence": translate(NOT_NOW, language)})
    sentence = translate(commands.TOO_LARGE, language) % {"limit": size_words(most)}
    return JSONResponse({"most": most, "sentence": sentence})


async def media(request: Request) -> Response:
    """GET /media/{token}: one picture, sound, film or download of a page of ours (cases P01, P02)."""
    found = maybe_signed_in(request)
    link = found and tokens.read(found.session.jid, request.path_params["token"])
    if found is None or not link or request.method != "GET":
        return PlainTextResponse("", 403)
    _rate.take(found.session)
    try:
        if link.kind == "picture":
            return await hand_out_picture(request, link, _WEEK, who=found.session.jid)
        return await _streamed(request, link, found.session.jid)
    except (FetchFailed, pictures.BadPicture, OSError) as error:
        return not_had(error)


def not_had(error: Exception) -> Response:
    """Why there is nothing to hand out."""
    language = reader.get().language
    if getattr(error, "reason", "") == "busy":
        return PlainTextResponse(translate(BUSY, language) + "\n", 503, {"retry-after": "10"})
    return PlainTextResponse(translate(GONE, language) + "\n", 404)


async def hand_out_picture(
    request: Request, link: tokens.Link, headers: Mapping[str, str], *, who: str
) -> Response:
    """Pixels that our own worker wrote; never a byte of the original. Who may have it was asked before.

    who  the account or the network for which it is fetched

    Raises FetchFailed, BadPicture, OSError.
    """
    kept = await _kept(media_of(request), link, who, still="still" in request.query_params)
    return FileResponse(
        kept.path,
        headers=PRIVATE | dict(headers),
        media_type=kept.media_type,
        filename=link.name or "picture",
        content_disposition_type="inline",
    )


async def _kept(shared: Media, link: tokens.Link, who: str, *, still: bool) -> Kept:
    async def decoded(data: bytes, kind: pictures.Kind) -> tuple[bytes, str]:
        try:
            async with shared.decoders.place(who):
                made = await pictures.reencode(data, longest=commands.LONGEST_SIDE, kind=kind)
        except Busy:
            raise FetchFailed("busy") from None
        return made.data, made.media_type

    async def fetch() -> tuple[bytes, str]:
        fetched = await shared.fetcher.get(link.url, most=MOST_PICTURE, who=who, accept="image/*")
        if sniff.sniff(fetched.data[: sniff.HEAD]) not in sniff.PICTURES:
            raise FetchFailed("strange")
        return await decoded(fetched.data, "picture")

    async def stop() -> tuple[bytes, str]:
        return await decoded(await asyncio.to_thread(kept.path.read_bytes), "avatar")

    kept = await shared.cache.get(tokens.key(link), fetch)
    if not still:
        return kept
    return await shared.cache.get(tokens.key(tokens.Link("picture", f"{link.url} still")), stop)


async def _streamed(request: Request, link: tokens.Link, who: str) -> Response:
    """Sound and film under a type of our list, in parts if asked for; anything else as a download."""
    asked = _RANGE.fullmatch(request.headers.get("range", "")) if link.kind == "play" else None
    stack = AsyncExitStack()
    try:
        range_ = asked[0] if asked else ""
        opened = media_of(request).fetcher.open(link.url, who, range_=range_)
        answer = await stack.enter_async_context(opened)
        if answer.status == 206 and not _CONTENT_RANGE.fullmatch(answer.content_range):
            raise FetchFailed("strange")
        if answer.size is not None and answer.size > MOST_STREAMED:
            raise FetchFailed("too-large")
        chunks = answer.chunks(MOST_STREAMED)
        first = await anext(chunks, b"")
        from_start = answer.status == 200 or not asked or int(asked[1]) == 0
        if link.kind == "play" and from_start and not sniff.plays_as(first, link.media_type):
            raise FetchFailed("strange")
    except BaseException:
        await stack.aclose()
        raise
    return StreamingResponse(
        _body(stack, first, chunks), answer.status, _headers(link, answer), background=None
    )


def _headers(link: tokens.Link, answer: Answer) -> dict[str, str]:
    """Our own words only: nothing of what the other server said passes but numbers."""
    plays = link.kind == "play" and link.media_type in sniff.PLAYED
    headers = PRIVATE | {
        "content-type": link.media_type if plays else "application/octet-stream",
        "content-disposition": _disposition("inline" if plays else "attachment", link.name or "file"),
        "cache-control": "private, max-age=3600",
    }
    if plays:
        headers["accept-ranges"] = "bytes"
    if answer.size is not None:
        headers["content-length"] = str(answer.size)
    if answer.status == 206:
        headers["content-range"] = answer.content_range
    return headers


def _disposition(kind: str, name: str) -> str:
    """RFC 6266 §4.3, with the name in the one spelling that carries every character."""
    safe = "".join(char if char.isascii() and (char.isalnum() or char in "-_. ") else "_" for char in name)
    encoded = "".join(
        char
        if char.isascii() and (char.isalnum() or char in "-_.")
        else "".join(f"%{b:02X}" for b in char.encode())
        for char in name
    )
    return f"{kind}; filename=\"{safe}\"; filename*=UTF-8''{encoded}"


async def _body(stack: AsyncExitStack, first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        yield first
        async for chunk in chunks:
            yield chunk
    finally:
        await stack.aclose()
