"""This room asks a server what it is, what it offers, and whom to write to (XEP-0030, 0012, 0092, 0157)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

from webchat.errors import Offline, XmppError
from webchat.xmpp import disco, forms, last_seen
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream

T = TypeVar("T")

ASKED = 6.0
"""Seconds that each address has for its answer."""

MOST_SERVICES = 40
MOST_ADDRESSES = 20
LONGEST = 300

CONTACTS = ("admin", "support", "abuse", "security", "feedback", "sales", "status")
"""The kinds of addresses of XEP-0157 §4, in the order in which people need them."""

_VERSION = f"{{{ns.VERSION}}}query"


@dataclass(frozen=True, slots=True)
class Entity:
    """An address and what it says of itself; `said`: forms by FORM_TYPE; silent: no answer."""

    jid: str
    info: disco.Info = field(default_factory=disco.Info)
    said: Mapping[str, forms.Form] = field(default_factory=dict)
    silent: bool = False

    def value(self, form_type: str, var: str) -> str:
        """The first value of a field of a form, "" for none."""
        form = self.said.get(form_type)
        found = None if form is None else form.get(var)
        return "" if found is None else found.value

    def is_a(self, category: str, kind: str = "") -> bool:
        """Whether it calls itself so."""
        return any(one[0] == category and kind in ("", one[1]) for one in self.info.identities)

    @property
    def name(self) -> str:
        """What it calls itself, "" for nothing."""
        return next((name[:LONGEST] for _, _, name in self.info.identities if name.strip()), "")


@dataclass(frozen=True, slots=True)
class Server:
    """What a server told.

    account   our own address there
    services  what else belongs to it
    software  name and version (XEP-0092), "" where it does not say
    contacts  kind → addresses with their scheme (XEP-0157)
    since     when it was started (XEP-0012)
    """

    domain: Entity
    account: Entity
    services: tuple[Entity, ...] = ()
    software: str = ""
    version: str = ""
    contacts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: datetime | None = None


async def look(stream: Stream) -> Server:
    """Everything about our own server, asked at once; what stays silent is empty. Raises Offline."""
    home = jids.domain(stream.jid)
    domain, account, services, software, since = await asyncio.gather(
        entity(stream, home),
        entity(stream, stream.jid),
        services_of(stream, home),
        _or(version(stream, home), ("", "")),
        started(stream, home),
    )
    return Server(domain, account, services, *software, contacts(domain), since)


async def started(stream: Stream, domain: str) -> datetime | None:
    """Since when a server is up (XEP-0012 §5); None where it does not say. Raises Offline."""
    return await _or(last_seen.ask(stream, domain, ASKED), None)


async def services_of(stream: Stream, domain: str) -> tuple[Entity, ...]:
    """The services that a server lists, each with what it says; none where it does not. Raises Offline."""
    found: list[str] = await _or(disco.items(stream, domain, MOST_SERVICES, ASKED), [])
    return tuple(await asyncio.gather(*(entity(stream, jid) for jid in found if jid != domain)))


async def entity(stream: Stream, jid: str) -> Entity:
    """What one address says of itself. Raises Offline."""
    asked = stream.request("get", Element(disco.INFO_QUERY), to=jid, timeout=ASKED)
    answer = await _or(asked, None)
    query = None if answer is None else answer.find(disco.INFO_QUERY)
    if query is None:
        return Entity(jid, silent=True)
    read = [forms.read_form(xml) for xml in query.findall(forms.FORM)[: disco.MOST_FORMS]]
    return Entity(jid, disco.read(query), {form.form_type: form for form in read if form.form_type})


async def version(stream: Stream, jid: str) -> tuple[str, str]:
    """Name and version of the software (XEP-0092 §3). Raises XmppError, TimedOut, Offline."""
    answer = await stream.request("get", Element(_VERSION), to=jid, timeout=ASKED)
    found = {tag: answer.findtext(f"{_VERSION}/{{{ns.VERSION}}}{tag}") or "" for tag in ("name", "version")}
    return found["name"].strip()[:LONGEST], found["version"].strip()[:LONGEST]


def contacts(domain: Entity) -> dict[str, tuple[str, ...]]:
    """Whom to write to about a server, by kind (XEP-0157 §3)."""
    form = domain.said.get(ns.SERVER_INFO)
    found = {}
    for kind in CONTACTS:
        field = None if form is None else form.get(f"{kind}-addresses")
        addresses = [] if field is None else [value[:LONGEST] for value in field.values if value]
        if addresses:
            found[kind] = tuple(dict.fromkeys(addresses))[:MOST_ADDRESSES]
    return found


async def _or(question: Coroutine[Any, Any, T], otherwise: T) -> T:
    try:
        return await question
    except Offline:
        raise
    except XmppError:
        return otherwise
