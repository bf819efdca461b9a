"""This room makes the page about our server, and the list of its gateways."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from webchat.actions.show.features import EJABBERD, GROUPS, PROSODY, Feature, Told
from webchat.actions.show.runs import ACTIONS, address_path
from webchat.db.base import now
from webchat.markup import names as safe
from webchat.session.session import Session
from webchat.uploads.show import size_words
from webchat.web.language import N_
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.server import Entity, Server

LINKS = ("xmpp:", "mailto:", "https://", "http://", "tel:")

CONTACTS = {
    "admin": N_("Those who run it"),
    "support": N_("Help"),
    "abuse": N_("Abuse"),
    "security": N_("Security"),
    "feedback": N_("Feedback"),
    "sales": N_("Sales"),
    "status": N_("Is it working?"),
}


@dataclass(frozen=True, slots=True)
class Has:
    """One thing that the server offers or lacks; `most` is how large one file may be, "" for unknown."""

    name: str
    text: str
    has: bool
    prosody: str
    ejabberd: str
    most: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """One kind of address; each with where it leads, "" for nowhere."""

    label: str
    addresses: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class UpView:
    """How long a server has been up."""

    since: datetime
    days: int
    hours: int
    minutes: int


@dataclass(frozen=True, slots=True)
class ServerView:
    """See templates/actions/server.html.

    services   (address, name, its commands)
    silent     it did not say what it is, so nothing is known to be missing
    prosody    the lines that would add what is missing, `ejabberd` likewise; "" for nothing
    runs       which of the two it is, "" when it is none of them or does not say
    """

    domain: str
    software: str
    runs: str
    up: UpView | None
    silent: bool
    groups: Sequence[tuple[str, Sequence[Has]]]
    there: int
    total: int
    contacts: Sequence[Contact]
    services: Sequence[tuple[str, str, str]]
    prosody: str
    ejabberd: str


@dataclass(frozen=True, slots=True)
class GatewayView:
    """A way to another network."""

    jid: str
    name: str
    path: str


def gateways(services: Iterable[Entity]) -> list[GatewayView]:
    """Those among the services that lead to other networks (XEP-0100 §3)."""
    return [
        GatewayView(
            jids.shown(one.jid),
            safe.shown(one.name) or jids.shown(one.jid),
            f"{ACTIONS}/gateways/{jids.escape_path(one.jid)}",
        )
        for one in services
        if one.is_a("gateway") and not jids.resource(one.jid)
    ]


def server_view(session: Session, server: Server) -> ServerView:
    """What a server offers, and what it lacks."""
    told = Told(server, session.client.acknowledges, session.client.told_active)
    home = server.domain.jid
    groups = [(label, [_has(each, told) for each in features]) for label, features in GROUPS]
    missing = [each for _, features in GROUPS for each in features if not each.has(told)]
    software = " ".join(filter(None, (safe.shown(server.software), safe.shown(server.version))))
    every = [each for _, group in groups for each in group]
    return ServerView(
        domain=jids.shown(home),
        software=software,
        runs=next((one for one in ("prosody", "ejabberd") if one in server.software.lower()), ""),
        up=up(server.since),
        silent=server.domain.silent,
        groups=groups,
        there=sum(each.has for each in every),
        total=len(every),
        contacts=[_contact(kind, addresses) for kind, addresses in server.contacts.items()],
        services=[
            (jids.shown(one.jid), safe.shown(one.name), address_path(one.jid)) for one in server.services
        ],
        prosody=_prosody(missing, home),
        ejabberd=_ejabberd(missing),
    )


def _has(feature: Feature, told: Told) -> Has:
    home = told.server.domain.jid
    modules = ", ".join(f'"{name}"' for name in feature.prosody)
    most = ""
    if feature.component == "upload" and told.upload is not None:
        most = _size(told.upload.value(ns.HTTP_UPLOAD, "max-file-size"))
    return Has(
        feature.name,
        feature.text,
        feature.has(told),
        _component(feature, home) if feature.component else modules,
        ", ".join(feature.ejabberd),
        most,
    )


def _size(text: str) -> str:
    if not (text.isascii() and text.isdecimal()) or len(text) > 15:
        return ""
    # A limit is never rounded up.
    size = int(text)
    return size_words(size - size % 10 ** max(0, len(str(size)) - 2))


def _contact(kind: str, addresses: Iterable[str]) -> Contact:
    return Contact(CONTACTS[kind], [_link(address) for address in addresses])


def _link(address: str) -> tuple[str, str]:
    """What is shown and where it leads: only schemes that start nothing by themselves."""
    shown = address.removeprefix("xmpp:").removeprefix("mailto:")
    if address.startswith("xmpp:"):
        try:
            jid = jids.bare(jids.normalise(jids.unescape_path(shown.partition("?")[0])))
        except ValueError:
            return shown, ""
        return jids.shown(jid), f"/people/{jids.escape_path(jid)}"
    return shown, address if address.lower().startswith(LINKS) else ""


def _prosody(missing: Iterable[Feature], home: str) -> str:
    """Lines for prosody.cfg.lua."""
    wanted = list(missing)
    modules = dict.fromkeys(name for each in wanted if not each.component for name in each.prosody)
    lines = ["modules_enabled = {", "  -- …", *(f'  "{name}";' for name in modules), "}"] if modules else []
    lines += [PROSODY[name].replace("%s", home) for name in modules if name in PROSODY]
    lines += [_component(each, home) for each in wanted if each.component]
    return "\n".join(lines)


def _component(feature: Feature, home: str) -> str:
    return f'Component "{feature.component}.{home}" "{feature.prosody[0]}"'


def _ejabberd(missing: Iterable[Feature]) -> str:
    """Lines for ejabberd.yml."""
    modules = dict.fromkeys(name for each in missing for name in each.ejabberd)
    lines = ["modules:"] if modules else []
    for name in modules:
        lines += [f"  {name}:", f"    {EJABBERD[name]}"] if name in EJABBERD else [f"  {name}: {{}}"]
    return "\n".join(lines)


def up(since: datetime | None) -> UpView | None:
    """How long that is; None where it is not known."""
    if since is None:
        return None
    minutes = max(0, int((now() - since).total_seconds()) // 60)
    return UpView(since, minutes // 1440, minutes // 60 % 24, minutes % 60)
