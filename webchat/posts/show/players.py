"""This room knows addresses of films and sounds that other sites play; our pages load nothing of them.

Where a player can stand in a frame, a page of its own shows it, after a click; the address of the frame is
made here from the id that was recognised, and holds nothing else of what somebody wrote.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_SITES: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "YouTube",
        ("youtube.com", "youtube-nocookie.com", "music.youtube.com"),
        re.compile(r"/(?:watch\?(?:.*&)?v=|shorts/|embed/|live/)(?P<id>[\w-]{6,20})(?![\w-]).*", re.ASCII),
    ),
    ("YouTube", ("youtu.be",), re.compile(r"/(?P<id>[\w-]{6,20})(?:\?.*)?", re.ASCII)),
    ("Vimeo", ("vimeo.com", "player.vimeo.com"), re.compile(r"/(?:[\w/-]+/)?[0-9]{5,12}(?:[/?].*)?")),
    ("Dailymotion", ("dailymotion.com",), re.compile(r"/(?:embed/)?video/\w{4,16}.*")),
    ("Dailymotion", ("dai.ly",), re.compile(r"/\w{4,16}")),
    ("Twitch", ("twitch.tv",), re.compile(r"/videos/[0-9]{5,15}.*")),
    ("SoundCloud", ("soundcloud.com",), re.compile(r"/[\w-]+/[\w-].*")),
    ("Spotify", ("open.spotify.com",), re.compile(r"/(?:track|album|episode|show|playlist)/\w{10,30}.*")),
)
_PEERTUBE = re.compile(
    r"/(?:w/(?P<short>[1-9A-HJ-NP-Za-km-z]{20,24})"
    r"|(?:videos/(?:watch|embed)|w)/"
    r"(?P<long>[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}))(?:[?;].*)?"
)
"""Its sites have any name; the ids of its films look like nothing else."""

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
LONGEST_HOST = 253
LONGEST = 2000
"""Characters of an address; those of films have fewer."""

NOCOOKIE = "www.youtube-nocookie.com"
"""The address under which YouTube sets no cookies before somebody presses its button."""


@dataclass(frozen=True, slots=True)
class Player:
    """A frame that plays something: the site in words, the one host that it is loaded from, its address."""

    site: str
    host: str
    src: str

    @property
    def origin(self) -> str:
        """What the policy of its page has to let in."""
        return f"https://{self.host}"


def site_of(address: str) -> str:
    """The name of the site that plays what is there, "" where nothing is known to be played."""
    return _read(address)[0]


def player_of(address: str) -> Player | None:
    """The frame that plays what is there; None where nothing is played, or in no frame."""
    site, host, id = _read(address)
    if not id:
        return None
    if site == "YouTube":
        return Player(site, NOCOOKIE, f"https://{NOCOOKIE}/embed/{id}")
    if len(host) > LONGEST_HOST or not _HOST.fullmatch(host):
        return None
    return Player(site, host, f"https://{host}/videos/embed/{id}")


def _read(address: str) -> tuple[str, str, str]:
    """The site's name, the host, and the id of what can stand in a frame; "" for what there is not."""
    try:
        parts = urlsplit(address)
        whole, port = parts.hostname or "", parts.port
    except ValueError:
        return "", "", ""
    host = whole.removeprefix("www.").removeprefix("m.")
    if parts.scheme not in ("http", "https") or len(address) > LONGEST:
        return "", "", ""
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    for name, hosts, looks in _SITES:
        if host in hosts:
            found = looks.fullmatch(path)
            return (name, host, found.groupdict().get("id") or "") if found else ("", "", "")
    found = _PEERTUBE.fullmatch(path)
    if found is None:
        return "", "", ""
    # A frame is let in from a host alone: at another port there is another site.
    return "PeerTube", whole, "" if port else found["short"] or found["long"]
