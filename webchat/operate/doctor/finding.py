"""This room is what the doctor finds: one plain sentence each, and what to do about it."""

from dataclasses import asdict, dataclass
from typing import Literal

Level = Literal["well", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` is a sentence too, "" when nothing is to be done."""

    about: str
    level: Level
    sentence: str
    remedy: str = ""

    def told(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def well(about: str, sentence: str) -> Finding:
    """Nothing to do."""
    return Finding(about, "well", sentence)


def warning(about: str, sentence: str, remedy: str) -> Finding:
    """It works, but not as it should, or not for long."""
    return Finding(about, "warning", sentence, remedy)


def fault(about: str, sentence: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(about, "fault", sentence, remedy)


SOON = 14
"""Days before the end of a certificate that are few."""

_CERTIFICATE = {
    9: (
        "is not valid yet",
        "Check the clocks of both machines, or install the certificate that is valid now.",
    ),
    10: ("has expired", "Renew it, and see that the server loads the new one."),
    18: ("is signed by nobody but itself", "Get one from an authority that others trust."),
    19: ("comes from an authority that is not trusted here", "{authority}"),
    20: ("comes from an authority that is not trusted here", "{authority}"),
    21: ("comes from an authority that is not trusted here", "{authority}"),
    62: ("is for another name", "Get a certificate that names {name}."),
    64: ("is for another name", "Get a certificate that names {name}."),
}


def certificate(about: str, who: str, name: str, code: int, authority: str) -> Finding:
    """What OpenSSL's code says about the certificate of `who`, which must be for `name`."""
    words, remedy = _CERTIFICATE.get(code, ("cannot be trusted", "Look at it with `openssl s_client`."))
    remedy = remedy.format(name=name, authority=authority)
    return fault(about, f"The certificate of {who} {words}.", remedy)


def lasting(about: str, who: str, not_after: float, now: float) -> Finding:
    """How long a good certificate is good."""
    days = int((not_after - now) // 86400)
    if days < SOON:
        remedy = "Renew it; if that happens by itself, find out why it did not yet."
        return warning(about, f"The certificate of {who} expires in {days} days.", remedy)
    return well(about, f"The certificate of {who} is good for {days} days.")
