"""This room registers with gateways to other networks, by whatever form they give (XEP-0100, XEP-0077)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import forms
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.forms import Field, Form
from webchat.xmpp.xml_text import xml_text

LONGEST = 4096

QUERY = f"{{{ns.REGISTER}}}query"
_PREFIX = f"{{{ns.REGISTER}}}"
_URL = f"{{{ns.OOB}}}x/{{{ns.OOB}}}url"

FIELDS = (
    *("username", "nick", "password", "name", "first", "last", "email", "address", "city", "state", "zip"),
    *("phone", "url", "date", "misc", "text", "key"),
)
"""The questions of those that know no forms (XEP-0077 §14.1)."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a gateway asks for, and whether we are registered.

    plain  it knows no forms: the fields are named by FIELDS, and go back the same way
    url    where one registers in a browser instead, by https; foreign
    """

    registered: bool
    form: Form
    plain: bool = False
    url: str = ""


async def ask(stream: Stream, jid: str) -> Registration:
    """XEP-0077 §3.1; raises XmppError, TimedOut, Offline."""
    answer = await stream.request("get", Element(QUERY), to=jid)
    query = answer.find(QUERY)
    if query is None:
        return Registration(False, Form(), plain=True)
    registered = query.find(f"{_PREFIX}registered") is not None
    url = (query.findtext(_URL) or "").strip()[:LONGEST]
    url = url if url.startswith("https://") else ""
    form = forms.read(query)
    if form is not None:
        return Registration(registered, form, url=url)
    return Registration(registered, _plain(query), plain=True, url=url)


def _plain(query: Element) -> Form:
    fields: list[Field] = []
    for child in query:
        name = child.tag.removeprefix(_PREFIX)
        if name in FIELDS and len(fields) < len(FIELDS):
            kind = {"password": "text-private", "key": "hidden"}.get(name, "text-single")
            value = (child.text or "").strip()[:LONGEST]
            fields.append(Field(name, kind, name, (value,) if value else (), required=kind == "text-private"))
    instructions = (query.findtext(f"{_PREFIX}instructions") or "").strip()[:LONGEST]
    return Form(instructions=instructions, fields=tuple(fields))


async def register(
    stream: Stream, jid: str, asked: Registration, answers: Mapping[str, Sequence[str]]
) -> None:
    """Register, or change what was registered. Raises XmppError, TimedOut, Offline."""
    query = Element(QUERY)
    if not asked.plain:
        query.append(forms.fill(asked.form, answers))
    for field in asked.form.fields if asked.plain else ():
        values = field.values if field.type == "hidden" else answers.get(field.var, field.values)
        SubElement(query, _PREFIX + field.var).text = xml_text("".join(values[:1]))[:LONGEST]
    await stream.request("set", query, to=jid)


async def unregister(stream: Stream, jid: str) -> None:
    """End it (XEP-0077 §3.2). Raises XmppError, TimedOut, Offline."""
    query = Element(QUERY)
    SubElement(query, f"{_PREFIX}remove")
    await stream.request("set", query, to=jid)
