"""This room looks at the settings: each is good for itself, some do not go together."""

from collections.abc import Iterator
from ipaddress import ip_address

from webchat.config import BaseUrl, Settings
from webchat.operate.doctor.finding import Finding, fault, warning, well

ABOUT = "settings"


def look(settings: Settings) -> list[Finding]:
    """What contradicts itself; one finding when nothing does."""
    return list(_found(settings)) or [well(ABOUT, "The settings go together.")]


def _found(settings: Settings) -> Iterator[Finding]:
    base = settings.base_url
    if not base.secure and not is_local(base):
        yield fault(
            ABOUT,
            f"WEBCHAT_BASE_URL is {base}: without https everybody on the way reads passwords and messages.",
            "Put a proxy with a certificate in front and set WEBCHAT_BASE_URL to its https address.",
        )
    if base.secure and not settings.trusted_proxies:
        yield warning(
            ABOUT,
            "The site is reached by https through a proxy, but WEBCHAT_TRUSTED_PROXIES names none: "
            "all visitors share one limit of login attempts.",
            "Set WEBCHAT_TRUSTED_PROXIES to the address of the proxy, such as 127.0.0.1.",
        )
    allowed = settings.allowed_domains
    if settings.default_domain and allowed and settings.default_domain not in allowed:
        yield fault(
            ABOUT,
            f"WEBCHAT_DEFAULT_DOMAIN is {settings.default_domain}, but WEBCHAT_ALLOWED_DOMAINS has it not.",
            "Add it to WEBCHAT_ALLOWED_DOMAINS, or take it away.",
        )
    if settings.account_managed_domains and not settings.account_help_url:
        yield warning(
            ABOUT,
            "WEBCHAT_ACCOUNT_MANAGED_DOMAINS hides password change and deletion, and nobody is told where.",
            "Set WEBCHAT_ACCOUNT_HELP_URL to the page where these accounts are managed.",
        )
    if any(network.prefixlen == 0 for network in settings.trusted_proxies):
        yield fault(
            ABOUT,
            "WEBCHAT_TRUSTED_PROXIES trusts every address: visitors can pretend to come from anywhere.",
            "Name only the addresses of your proxies.",
        )


def is_local(base: BaseUrl) -> bool:
    """Whether only browsers on this machine get there."""
    host = base.netloc.rpartition(":")[0] if base.netloc.rpartition(":")[2].isdecimal() else base.netloc
    host = host.removeprefix("[").removesuffix("]")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
