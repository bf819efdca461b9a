"""This room knows addresses of films and sounds that other sites play: nothing of them is loaded here."""

import re
from urllib.parse import urlsplit

_SITES: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "YouTube",
        ("youtube.com", "youtube-nocookie.com", "music.youtube.com"),
        re.compile(r"/(?:watch\?(?:.*&)?v=|shorts/|embed/|live/)[\w-]{6,20}.*"),
    ),
    ("YouTube", ("youtu.be",), re.compile(r"/[\w-]{6,20}(?:\?.*)?")),
    ("Vimeo", ("vimeo.com", "player.vimeo.com"), re.compile(r"/(?:[\w/-]+/)?[0-9]{5,12}(?:[/?].*)?")),
    ("Dailymotion", ("dailymotion.com",), re.compile(r"/(?:embed/)?video/\w{4,16}.*")),
    ("Dailymotion", ("dai.ly",), re.compile(r"/\w{4,16}")),
    ("Twitch", ("twitch.tv",), re.compile(r"/videos/[0-9]{5,15}.*")),
    ("SoundCloud", ("soundcloud.com",), re.compile(r"/[\w-]+/[\w-]+.*")),
    ("Spotify", ("open.spotify.com",), re.compile(r"/(?:track|album|episode|show|playlist)/\w{10,30}.*")),
)
_PEERTUBE = re.compile(
    r"/(?:w/[1-9A-HJ-NP-Za-km-z]{20,24}"
    r"|(?:videos/(?:watch|embed)|w)/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})(?:[?;].*)?"
)
"""Its sites have any name; the ids of its films look like nothing else."""


def site_of(address: str) -> str:
    """The name of the site that plays what is there, "" where nothing is known to be played."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https"):
        return ""
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    for name, hosts, looks in _SITES:
        if host in hosts:
            return name if looks.fullmatch(path) else ""
    return "PeerTube" if _PEERTUBE.fullmatch(path) else ""
