"""This floor reads the settings: every WEBCHAT_ name once, strictly, into a frozen value."""

import difflib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from webchat.config import values as kinds
from webchat.config.names import SETTINGS, Setting
from webchat.config.values import BaseUrl, Network, address

__all__ = ["SETTINGS", "BaseUrl", "ConfigError", "Network", "Setting", "Settings", "address", "root"]

T = TypeVar("T")

_NAMES = {setting.name: setting for setting in SETTINGS}


class ConfigError(Exception):
    """A setting that cannot be used; the text is for the operator and stops the start."""


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
    instance_name: str
    instance_description: str
    banner: str
    motd: str
    chat_only: bool
    retention_days: int | None
    contact: str
    terms_url: str
    source_url: str
    statistics: str
    push: bool
    admins: frozenset[str]

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
            base_url=read("BASE_URL", kinds.base_url, "http://localhost:8080"),
            data_dir=data_dir,
            database_url=values.get("WEBCHAT_DATABASE_URL", f"sqlite:///{data_dir / 'webchat.sqlite'}"),
            secret_key=_secret_key(values.get("WEBCHAT_SECRET_KEY"), data_dir),
            default_domain=read("DEFAULT_DOMAIN", kinds.domain, ""),
            allowed_domains=read("ALLOWED_DOMAINS", kinds.domains, ""),
            account_help_url=read("ACCOUNT_HELP_URL", kinds.help_url, ""),
            account_managed_domains=read("ACCOUNT_MANAGED_DOMAINS", kinds.domains, ""),
            xmpp_ca_file=read("XMPP_CA_FILE", kinds.file, ""),
            xmpp_hosts=read("XMPP_HOSTS", kinds.hosts, ""),
            allow_private=read("ALLOW_PRIVATE", kinds.networks, ""),
            trusted_proxies=read("TRUSTED_PROXIES", kinds.networks, ""),
            max_upload=read("MAX_UPLOAD", kinds.megabytes, "100"),
            linger_hours=read("LINGER_HOURS", kinds.hours, "24"),
            max_sessions=read("MAX_SESSIONS", kinds.limit, ""),
            log_format=read("LOG_FORMAT", kinds.one_of("text", "json"), "text"),
            log_level=read("LOG_LEVEL", kinds.one_of("debug", "info", "warning", "error"), "info"),
            metrics=read("METRICS", kinds.metrics, "off"),
            instance_name=read("INSTANCE_NAME", kinds.words(60), "Webchat"),
            instance_description=read("INSTANCE_DESCRIPTION", kinds.words(300), ""),
            banner=read("BANNER", kinds.words(300), ""),
            motd=read("MOTD", kinds.words(4000, lines=True), ""),
            chat_only=read("CHAT_ONLY", kinds.yes_or_no, "no"),
            retention_days=read("RETENTION_DAYS", kinds.days, ""),
            contact=read("CONTACT", kinds.contact, ""),
            terms_url=read("TERMS_URL", kinds.web_page, ""),
            source_url=read("SOURCE_URL", kinds.web_page, ""),
            statistics=read("STATISTICS", kinds.one_of("off", "rounded", "exact"), "off"),
            push=read("PUSH", kinds.yes_or_no, "yes"),
            admins=read("ADMINS", kinds.people, ""),
        )


def root() -> Path:
    """The folder that holds templates/, static/ and migrations/."""
    package = Path(__file__).resolve().parent.parent
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
        if name not in _NAMES and plain in _NAMES and _NAMES[plain].from_file:
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
    known = [*_NAMES, *(f"{setting.name}_FILE" for setting in SETTINGS if setting.from_file)]
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
