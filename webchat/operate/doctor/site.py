"""This room looks at the site through its own address: the way that browsers take, proxy and all."""

import json
import re
import ssl
import time
from dataclasses import replace

from webchat.config import BaseUrl, Settings
from webchat.operate.doctor import contradictions, http
from webchat.operate.doctor.finding import Finding, fault, lasting, warning, well
from webchat.web import probe

OFF, FAR_OFF = 5.0, 60.0
"""Seconds by which clocks may differ: a little, and until things fail."""

_SEEN = re.compile(rb"event: seen\r?\ndata: (\{[^\n]{0,1000}\})")

_BUFFERING = (
    "Turn off buffering for this site (nginx: `proxy_buffering off;`), and compression of text/event-stream."
)


async def look(settings: Settings, tls: ssl.SSLContext | None = None) -> list[Finding]:
    """Does it answer, with which certificate, does its stream come at once, what does its clock say."""
    base = settings.base_url
    alive = await http.get(base, "/livez", tls)
    if isinstance(alive, Finding):
        return await _without_its_address(settings, alive)
    if alive.status != 200 or b"ok" not in alive.body:
        sentence = f"{base} answers, but not as this site does (status {alive.status})."
        remedy = (
            "See that the proxy passes the Host header on, and that WEBCHAT_BASE_URL is what people type."
        )
        return [fault(http.ABOUT, sentence, remedy)]
    found = [well(http.ABOUT, f"{base} answers.")]
    if alive.not_after:
        found.append(lasting(http.ABOUT, str(base), alive.not_after, time.time()))
    if alive.date is not None:
        found.append(clock(alive.date, str(base)))
    return found + await _stream(settings, base, tls)


async def _without_its_address(settings: Settings, why: Finding) -> list[Finding]:
    """The site cannot be asked as browsers do: does it run at all?"""
    host, port = settings.listen
    at = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104 (asks, does not listen)
    base = replace(settings.base_url, scheme="http")
    alive = await http.get(base, "/livez", at=at)
    if isinstance(alive, Finding) or alive.status != 200:
        return [why]
    local = contradictions.is_local(settings.base_url)
    remedy = (
        why.remedy if not local else "In a container this must be so: its port has another number outside."
    )
    words = f"The site runs, but its address {settings.base_url} cannot be used from here."
    told = (warning if local else fault)(http.ABOUT, words, remedy)
    return [told, *([] if local else [why]), *await _stream(settings, base, None, at)]


async def _stream(
    settings: Settings, base: BaseUrl, tls: ssl.SSLContext | None, at: tuple[str, int] | None = None
) -> list[Finding]:
    answer = await http.get(base, probe.path(settings.secret_key), tls, at=at)
    if isinstance(answer, Finding):
        sentence = f"The stream of {base} does not come through."
        return [fault("stream", sentence, _BUFFERING)]
    first = answer.came(b"event: seen")
    last = answer.came(f"data: {probe.TICKS - 1}".encode())
    if answer.status != 200 or first is None or last is None:
        sentence = f"What answers at {base} is another site, or one with another secret key or version."
        return [fault("stream", sentence, "Run the doctor with the settings of the site that runs.")]
    if last - first < probe.EVERY * probe.TICKS / 2:
        sentence = (
            f"A proxy holds the stream back: what was sent over {probe.EVERY * probe.TICKS:.1f} seconds "
        )
        return [fault("stream", sentence + "came at once.", _BUFFERING), *_visitor(answer)]
    return [well("stream", "The stream comes at once, piece by piece."), *_visitor(answer)]


def _visitor(answer: http.Answer) -> list[Finding]:
    """Whether the site sees who comes through the proxy."""
    match = _SEEN.search(answer.body)
    try:
        seen = json.loads(match[1]) if match else {}
    except ValueError:
        return []
    peer, forwarded = str(seen.get("peer", ""))[:64], bool(seen.get("forwarded"))
    if forwarded and seen.get("client") == peer:
        sentence = f"The proxy at {peer} says where visitors come from, but it is not trusted: "
        remedy = f"Set WEBCHAT_TRUSTED_PROXIES to {peer}."
        return [warning("proxy", sentence + "all visitors share one limit of login attempts.", remedy)]
    return []


def clock(theirs: float, whose: str, ours: float | None = None) -> Finding:
    """Our clock beside another one."""
    now = time.time() if ours is None else ours
    # A Date header has whole seconds, cut off.
    off = now - theirs - 0.5
    if abs(off) < OFF:
        return well("clock", f"The clock agrees with that of {whose}.")
    way = "ahead of" if off > 0 else "behind"
    sentence = f"This machine's clock is {abs(off):.0f} seconds {way} that of {whose}."
    remedy = "Have both machines set their clocks by NTP (Debian: apt install systemd-timesyncd)."
    return (fault if abs(off) >= FAR_OFF else warning)("clock", sentence, remedy)
