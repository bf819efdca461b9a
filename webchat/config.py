"""This room reads the settings: every WEBCHAT_ name once, strictly, into a frozen value."""

import difflib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
T = TypeVar("T")


class ConfigError(Exception):
    """A setting that cannot be used; the text is for the operator and stops the start."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One documented name: what it means and what holds when it is absent, in plain words."""

    name: str
    meaning: str
    default: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("WEBCHAT_LISTEN", "Address and port to listen on (`[::1]:8080` for IPv6).", "127.0.0.1:8080"),
    Setting(
        "WEBCHAT_BASE_URL",
        "How browsers reach the site. Only this host name is answered; a path prefix is honoured everywhere; "
        "with https the cookies are marked Secure and HSTS is sent.",
        "http://localhost:8080",
    ),
    Setting("WEBCHAT_DATA_DIR", "Folder of the database, the uploads cache and secret files.", "./data"),
    Setting(
        "WEBCHAT_DATABASE_URL",
        "SQLAlchemy address of the database (`postgresql://user:password@host/name`).",
        "SQLite in the data directory",
        secret=True,
    ),
    Setting(
        "WEBCHAT_SECRET_KEY",
        "The pepper that seals stored credentials, at least 32 characters. Keep it out of the backups of the "
        "database: only both together, with a browser's cookie, open anything.",
        "made on the first start, in `secret.key` in the data directory",
        secret=True,
    ),
    Setting("WEBCHAT_DEFAULT_DOMAIN", "Completes a name typed without a domain at login.", "none"),
    Setting("WEBCHAT_ALLOWED_DOMAINS", "Domains whose addresses may log in, with commas.", "everyone"),
    Setting("WEBCHAT_ACCOUNT_HELP_URL", "Where people manage the accounts of the domains below.", "none"),
    Setting(
        "WEBCHAT_ACCOUNT_MANAGED_DOMAINS",
        "Domains whose accounts are managed elsewhere, with commas; password change and deletion are hidden "
        "for them.",
        "none",
    ),
    Setting(
        "WEBCHAT_XMPP_CA_FILE",
        "PEM file of further certificate authorities for XMPP and uploads.",
        "the system's authorities only",
    ),
    Setting(
        "WEBCHAT_XMPP_HOSTS",
        "`domain=host:port,…`: connect there instead of asking DNS; the certificate is still checked for the "
        "domain.",
        "none",
    ),
    Setting(
        "WEBCHAT_ALLOW_PRIVATE",
        "Networks with commas (`10.0.0.0/8,::1`) that outbound connections may reach in spite of the guard.",
        "none",
    ),
    Setting(
        "WEBCHAT_TRUSTED_PROXIES",
        "Networks with commas whose X-Forwarded-For counts. Without it every visitor behind a proxy shares "
        "one limit of login attempts.",
        "none",
    ),
    Setting(
        "WEBCHAT_MAX_UPLOAD", "Largest file that people can send, in MB; their server may take less.", "100"
    ),
    Setting("WEBCHAT_LINGER_HOURS", "How long a session outlives its last tab, in hours.", "24"),
    Setting("WEBCHAT_MAX_SESSIONS", "Most sessions this process holds at once.", "no limit"),
    Setting("WEBCHAT_LOG_FORMAT", "`text` or `json`.", "text"),
    Setting("WEBCHAT_LOG_LEVEL", "`debug`, `info`, `warning` or `error`.", "info"),
    Setting(
        "WEBCHAT_METRICS",
        "`off`, `token:…` (at least 16 characters) for /metrics on the site, or an address:port of its own.",
        "off",
        secret=True,
    ),
)

_NAMES = {setting.name: setting for setting in SETTINGS}


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


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """All settings, checked; fields are the names of the environment without WEBCHAT_, in lower case."""

    listen: tuple[str, int]
    base_url: BaseUrl
    data_dir: Path
    database_url: str
    secret_key: bytes
    default_domain: str
    allowed_domains: frozenset[str]
    account_help_url: str
    account_managed_domains: frozenset[str]
    xmpp_ca_file: Path | None
    xmpp_hosts: Mapping[str, tuple[str, int]]
    allow_private: tuple[Network, ...]
    trusted_proxies: tuple[Network, ...]
    max_upload: int
    linger_hours: float
    max_sessions: int | None
    log_format: str
    log_level: str
    metrics: str

    @property
    def root(self) -> Path:
        """The folder that holds templates/, static/ and migrations/: the package's when installed."""
        return root()

    @property
    def secure(self) -> bool:
        """Whether the site is reached by https."""
        return self.base_url.secure

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read every WEBCHAT_ name of `environ`; the data directory and the secret key are made if absent.

        Raises ConfigError naming the setting and what was expected.
        """
        values = _collect(environ)
        data_dir = _data_dir(values.get("WEBCHAT_DATA_DIR", "./data"))
        read = _Reader(values)
        return cls(
            listen=read("LISTEN", address, "127.0.0.1:8080"),
            base_url=read("BASE_URL", _base_url, "http://localhost:8080"),
            data_dir=data_dir,
            database_url=values.get("WEBCHAT_DATABASE_URL", f"sqlite:///{data_dir / 'webchat.sqlite'}"),
            secret_key=_secret_key(values.get("WEBCHAT_SECRET_KEY"), data_dir),
            default_domain=read("DEFAULT_DOMAIN", _domain, ""),
            allowed_domains=read("ALLOWED_DOMAINS", _domains, ""),
            account_help_url=read("ACCOUNT_HELP_URL", _help_url, ""),
            account_managed_domains=read("ACCOUNT_MANAGED_DOMAINS", _domains, ""),
            xmpp_ca_file=read("XMPP_CA_FILE", _file, ""),
            xmpp_hosts=read("XMPP_HOSTS", _hosts, ""),
            allow_private=read("ALLOW_PRIVATE", _networks, ""),
            trusted_proxies=read("TRUSTED_PROXIES", _networks, ""),
            max_upload=read("MAX_UPLOAD", _megabytes, "100"),
            linger_hours=read("LINGER_HOURS", _hours, "24"),
            max_sessions=read("MAX_SESSIONS", _limit, ""),
            log_format=read("LOG_FORMAT", _one_of("text", "json"), "text"),
            log_level=read("LOG_LEVEL", _one_of("debug", "info", "warning", "error"), "info"),
            metrics=read("METRICS", _metrics, "off"),
        )


def root() -> Path:
    """The folder that holds templates/, static/ and migrations/."""
    package = Path(__file__).resolve().parent
    return package if (package / "templates").is_dir() else package.parent


class _Reader:
    """Reads one value after the other and says which one was wrong."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __call__(self, name: str, parse: Callable[[str], T], default: str) -> T:
        full = f"WEBCHAT_{name}"
        try:
            return parse(self._values.get(full, default).strip())
        except ValueError as error:
            raise ConfigError(f"{full}: {error}") from None


def _collect(environ: Mapping[str, str]) -> dict[str, str]:
    """The values by name, files of secrets read, unknown names refused; an empty value counts as absent."""
    values: dict[str, str] = {}
    for name, value in environ.items():
        if not name.startswith("WEBCHAT_"):
            continue
        plain = name.removesuffix("_FILE")
        if name not in _NAMES and plain in _NAMES and _NAMES[plain].secret:
            if environ.get(plain):
                raise ConfigError(f"{plain} and {name} are both set: keep one")
            if value:
                values[plain] = _read_secret(name, value)
        elif name not in _NAMES:
            raise ConfigError(_unknown(name))
        elif value.strip():
            values[name] = value
    return values


def _unknown(name: str) -> str:
    known = [*_NAMES, *(f"{setting.name}_FILE" for setting in SETTINGS if setting.secret)]
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else "")


def _read_secret(name: str, path: str) -> str:
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}: {path} cannot be read ({type(error).__name__})") from None
    if not value:
        raise ConfigError(f"{name}: {path} is empty")
    return value


def _secret_key(value: str | None, data_dir: Path) -> bytes:
    """The pepper: the value given, else the file in the data directory, made there on the first start."""
    if value is None:
        value = _kept_key(data_dir)
    if len(value.strip()) < 32:
        raise ConfigError("WEBCHAT_SECRET_KEY: at least 32 characters are needed")
    return value.strip().encode()


def _data_dir(value: str) -> Path:
    path = Path(value).absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"WEBCHAT_DATA_DIR: {path} cannot be used ({type(error).__name__})") from None
    return path


def _kept_key(data_dir: Path) -> str:
    path = data_dir / "secret.key"
    try:
        # O_EXCL: an existing key is never written over; nobody else may read the file from its first byte.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret("WEBCHAT_SECRET_KEY", str(path))
    except OSError as error:
        raise ConfigError(f"WEBCHAT_SECRET_KEY: {path} cannot be made ({type(error).__name__})") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key + "\n")
    return key


def address(value: str) -> tuple[str, int]:
    """Host and port of "host:port" or "[host]:port". Raises ValueError."""
    host, colon, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"expected address:port, got {value!r}")
    return host, int(port)


def _base_url(value: str) -> BaseUrl:
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


def _domain(value: str) -> str:
    domain = value.lower().removesuffix(".")
    if any(character in domain for character in "@/, "):
        raise ValueError(f"expected a domain, got {value!r}")
    return domain


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _domains(value: str) -> frozenset[str]:
    return frozenset(_domain(part) for part in _list(value))


def _help_url(value: str) -> str:
    if value and not value.startswith(("https://", "http://", "mailto:")):
        raise ValueError(f"expected a link, got {value!r}")
    return value


def _file(value: str) -> Path | None:
    if not value:
        return None
    path = Path(value).absolute()
    if not path.is_file():
        raise ValueError(f"{value} is not a file")
    return path


def _hosts(value: str) -> dict[str, tuple[str, int]]:
    hosts = {}
    for part in _list(value):
        domain, equals, server = part.partition("=")
        if not equals:
            raise ValueError(f"expected domain=host:port, got {part!r}")
        hosts[_domain(domain.strip())] = address(server.strip())
    return hosts


def _networks(value: str) -> tuple[Network, ...]:
    return tuple(ip_network(part) for part in _list(value))


def _hours(value: str) -> float:
    hours = float(value)
    if not 0 <= hours <= 24 * 30:
        raise ValueError("expected hours between 0 and 720")
    return hours


def _megabytes(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) <= 4096:
        raise ValueError(f"expected megabytes between 1 and 4096, got {value!r}")
    return int(value) * 1_000_000


def _limit(value: str) -> int | None:
    if not value:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"expected a number above 0, got {value!r}")
    return int(value)


def _one_of(*words: str) -> Callable[[str], Any]:
    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(f"expected {' or '.join(words)}, got {value!r}")
        return value

    return parse


def _metrics(value: str) -> str:
    if value == "off":
        return value
    if value.startswith("token:"):
        if len(value) < len("token:") + 16:
            raise ValueError("the token needs at least 16 characters")
        return value
    address(value)
    return value
