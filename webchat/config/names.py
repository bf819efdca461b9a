"""This room lists the settings: every WEBCHAT_ name, what it means, what holds without it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One documented name: what it means and what holds when it is absent, in plain words.

    secret  nobody should see it
    long    many lines; like a secret it may come from a file
    """

    name: str
    meaning: str
    default: str
    secret: bool = False
    long: bool = False

    @property
    def from_file(self) -> bool:
        """Whether NAME_FILE may name a file that holds the value."""
        return self.secret or self.long


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
    Setting(
        "WEBCHAT_ALLOWED_DOMAINS",
        "Domains whose addresses may log in, with commas; at a start others are signed out.",
        "everyone",
    ),
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
    Setting(
        "WEBCHAT_LINGER_HOURS",
        "How long a session outlives its last tab, in hours; with messages to be sent later, "
        "at least eight days.",
        "24",
    ),
    Setting(
        "WEBCHAT_MAX_SESSIONS",
        "Most sessions this process holds at once; who comes then reads that there is no room.",
        "no limit",
    ),
    Setting("WEBCHAT_INSTANCE_NAME", "What the login page calls this site.", "Webchat"),
    Setting(
        "WEBCHAT_INSTANCE_DESCRIPTION",
        "One sentence below the name on the login page: who runs it, for whom.",
        "what Webchat is, in a sentence",
    ),
    Setting("WEBCHAT_BANNER", "One line at the top of every page, for maintenance and the like.", "none"),
    Setting(
        "WEBCHAT_MOTD",
        "Message of the day on the login page, in Markdown; raw HTML and pictures are left out.",
        "none",
        long=True,
    ),
    Setting(
        "WEBCHAT_CHAT_ONLY",
        "`yes` leaves chats and rooms only: no news, posts, communities and public pages, neither in menus "
        "nor at their addresses.",
        "no",
    ),
    Setting(
        "WEBCHAT_RETENTION_DAYS",
        "Messages older than this are deleted here, a few at a time; saved and unsent ones stay, and so does "
        "what people's own servers keep in their archives.",
        "kept for ever",
    ),
    Setting(
        "WEBCHAT_CONTACT",
        "Where people reach whoever runs the site (`mailto:…`, `xmpp:…` or `https://…`); stands on /about "
        "and below the login form.",
        "none",
    ),
    Setting("WEBCHAT_TERMS_URL", "The site's rules or privacy notice; linked in the same places.", "none"),
    Setting(
        "WEBCHAT_SOURCE_URL",
        "Where the source of this very version is, for /about and NodeInfo.",
        "the site hands out its own program, as it runs (/about/source.tar.gz)",
    ),
    Setting(
        "WEBCHAT_STATISTICS",
        "What anybody may know of how many people are here (NodeInfo, /statistics.json, /about, the login "
        "page): `off` nothing, `rounded` each number down to its first digit and nothing below ten, `exact`. "
        "Counts only, an hour old at the most; never names.",
        "off",
    ),
    Setting(
        "WEBCHAT_PUSH",
        "`no` leaves out push services: whoever has closed every page is told of nothing. With them, a "
        "browser is reached at the address that it names (Google, Mozilla, Apple, Microsoft), by https; what "
        "is said is sealed for that browser.",
        "yes",
    ),
    Setting(
        "WEBCHAT_ADMINS",
        "Addresses with commas of those who see /admin: reports, who is signed in, ending, blocking.",
        "nobody",
    ),
    Setting("WEBCHAT_LOG_FORMAT", "`text` or `json`.", "text"),
    Setting("WEBCHAT_LOG_LEVEL", "`debug`, `info`, `warning` or `error`.", "info"),
    Setting(
        "WEBCHAT_METRICS",
        "`off`, `token:…` (at least 16 characters) for /metrics on the site, or an address:port of its own.",
        "off",
        secret=True,
    ),
)
