"""This room turns the text of a setting into its value, or says what was expected."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """How browsers reach the site: `origin` has no path, `prefix` is "" or "/path" without a last slash."""

    scheme: str
    netloc: str
    prefix: str

    @property
    def origin(self) -> str:
        """Scheme, host and port as an Origin header writes them."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def secure(self) -> bool:
        """Whether cookies may be marked Secure."""
        return self.scheme == "https"

    def __str__(self) -> str:
        return self.origin + self.prefix


def address(value: str) -> tuple[str, int]:
    """Host and port of "host:port" or "[host]:port". Raises ValueError."""
    host, colon, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"expected address:port, got {value!r}")
    return host, int(port)


def base_url(value: str) -> BaseUrl:
    """How browsers reach the site. Raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"expected http://… or https://…, got {value!r}")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("only scheme, host, port and path may be given")
    default = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = host if parts.port in (None, default) else f"{host}:{parts.port}"
    prefix = parts.path.rstrip("/")
    if "//" in prefix or "%" in prefix or any(part in (".", "..") for part in prefix.split("/")):
        raise ValueError("the path must be plain")
    return BaseUrl(parts.scheme, netloc, prefix)


def domain(value: str) -> str:
    """One domain in lower case. Raises ValueError."""
    name = value.lower().removesuffix(".")
    if any(character in name for character in "@/, "):
        raise ValueError(f"expected a domain, got {value!r}")
    return name


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def domains(value: str) -> frozenset[str]:
    """Domains with commas. Raises ValueError."""
    return frozenset(domain(part) for part in _list(value))


def help_url(value: str) -> str:
    """A link that people can follow, or "". Raises ValueError."""
    if value and not value.startswith(("https://", "http://", "mailto:")):
        raise ValueError(f"expected a link, got {value!r}")
    return value


def web_page(value: str) -> str:
    """The address of a page on the web, or "". Raises ValueError."""
    if not value:
        return value
    if not value.startswith(("https://", "http://")) or not urlsplit(value).hostname or len(value) > 500:
        raise ValueError(f"expected https://…, got {value!r}")
    return value


def contact(value: str) -> str:
    """Where people reach whoever runs the site: mailto:, xmpp: or a page; or "". Raises ValueError."""
    scheme, _, rest = value.partition(":")
    if scheme in ("mailto", "xmpp"):
        if "@" not in rest or not rest.isprintable() or " " in rest or len(value) > 500:
            raise ValueError(f"expected {scheme}:name@example.org, got {value!r}")
        return value
    return web_page(value)


def file(value: str) -> Path | None:
    """A file that exists, or None. Raises ValueError."""
    if not value:
        return None
    path = Path(value).absolute()
    if not path.is_file():
        raise ValueError(f"{value} is not a file")
    return path


def hosts(value: str) -> dict[str, tuple[str, int]]:
    """Where servers of domains are, of "domain=host:port,…". Raises ValueError."""
    found = {}
    for part in _list(value):
        named, equals, server = part.partition("=")
        if not equals:
            raise ValueError(f"expected domain=host:port, got {part!r}")
        found[domain(named.strip())] = address(server.strip())
    return found


def networks(value: str) -> tuple[Network, ...]:
    """Networks with commas. Raises ValueError."""
    return tuple(ip_network(part) for part in _list(value))


def hours(value: str) -> float:
    """Hours, up to thirty days. Raises ValueError."""
    number = float(value)
    if not 0 <= number <= 24 * 30:
        raise ValueError("expected hours between 0 and 720")
    return number


def megabytes(value: str) -> int:
    """Bytes, of a number of megabytes. Raises ValueError."""
    if not value.isdecimal() or not 0 < int(value) <= 4096:
        raise ValueError(f"expected megabytes between 1 and 4096, got {value!r}")
    return int(value) * 1_000_000


def limit(value: str) -> int | None:
    """A number above 0, or None. Raises ValueError."""
    if not value:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"expected a number above 0, got {value!r}")
    return int(value)


def one_of(*words: str) -> Callable[[str], Any]:
    """One of these words and no other."""

    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(f"expected {' or '.join(words)}, got {value!r}")
        return value

    return parse


def metrics(value: str) -> str:
    """ "off", "token:…" or an address. Raises ValueError."""
    if value == "off":
        return value
    if value.startswith("token:"):
        if len(value) < len("token:") + 16:
            raise ValueError("the token needs at least 16 characters")
        return value
    address(value)
    return value


def yes_or_no(value: str) -> bool:
    """Whether something is switched on. Raises ValueError."""
    if value.lower() not in ("yes", "no", "true", "false", "on", "off", "1", "0"):
        raise ValueError(f"expected yes or no, got {value!r}")
    return value.lower() in ("yes", "true", "on", "1")


def words(most: int, *, lines: bool = False) -> Callable[[str], str]:
    """Text that people read, up to so many characters; without `lines` it is one line."""

    def parse(value: str) -> str:
        if len(value) > most:
            raise ValueError(f"expected at most {most} characters, got {len(value)}")
        if not (value.replace("\n", " ").replace("\r", " ") if lines else value).isprintable():
            raise ValueError("expected plain text" + ("" if lines else " in one line"))
        return value

    return parse


def days(value: str) -> int | None:
    """A number of days between 1 and 36500, or None. Raises ValueError."""
    if not value:
        return None
    if not value.isdecimal() or not 0 < int(value) <= 36_500:
        raise ValueError(f"expected days between 1 and 36500, got {value!r}")
    return int(value)


def people(value: str) -> frozenset[str]:
    """Bare addresses of persons with commas, in lower case. Raises ValueError."""
    found = set()
    for part in _list(value):
        local, at, host = part.lower().partition("@")
        if not local or not at or not domain(host):
            raise ValueError(f"expected name@example.org, got {part!r}")
        found.add(f"{local}@{domain(host)}")
    return frozenset(found)
