"""This room is a server with commands, services, a gateway and a list of the blocked, all in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, fromstring, tostring

from webchat.errors import XmppError

HOME = "montague.example"
IRC = "irc.montague.example"
COMMANDS = "http://jabber.org/protocol/commands"
DISCO = "http://jabber.org/protocol/disco"
REGISTER = "jabber:iq:register"
FORM = "<x xmlns='jabber:x:data' type='{kind}'>{inside}</x>"

Handler = Callable[[str, Element], str]
"""(action, the submitted form or what stands for it) → the inside of the answer."""

INFO = {
    HOME: (
        "<identity category='server' type='im' name='Verona'/>"
        + "".join(
            f"<feature var='{name}'/>"
            for name in ("urn:xmpp:carbons:2", "urn:xmpp:blocking", COMMANDS, "msgoffline", "jabber:iq:last")
        )
        + FORM.format(
            kind="result",
            inside="<field var='FORM_TYPE' type='hidden'>"
            "<value>http://jabber.org/network/serverinfo</value></field>"
            "<field var='abuse-addresses'><value>mailto:abuse@montague.example</value>"
            "<value>xmpp:prince@montague.example</value><value>javascript:alert(1)</value></field>",
        )
    ),
    "romeo@montague.example": "<identity category='pubsub' type='pep'/><feature var='urn:xmpp:mam:2'/>",
    IRC: "<identity category='gateway' type='irc' name='IRC &lt;b&gt;'/><feature var='jabber:iq:register'/>",
    "files.montague.example": (
        "<identity category='store' type='file'/><feature var='urn:xmpp:http:upload:0'/>"
        + FORM.format(
            kind="result",
            inside="<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:http:upload:0</value></field>"
            "<field var='max-file-size'><value>16000000</value></field>",
        )
    ),
}


def form(inside: str, kind: str = "form") -> str:
    """A data form."""
    return FORM.format(kind=kind, inside=inside)


def step(inside: str = "", status: str = "executing", session: str = "s1") -> str:
    """The <command/> of an answer."""
    return f"<command xmlns='{COMMANDS}' status='{status}' sessionid='{session}'>{inside}</command>"


@dataclass
class Server:
    """Answers for every address.

    commands  node → what it answers to an action; errors are raised
    names     node → name
    asked     (kind, to, payload) of everything, in order
    silent    addresses that answer nothing
    """

    commands: dict[str, Handler] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, Element]] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    registered: str = ""
    blocked: list[str] = field(default_factory=list)

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        """What is answered."""
        copy = fromstring(tostring(payload))  # noqa: S314
        self.asked.append((kind, to, copy))
        if to in self.silent:
            raise XmppError("service-unavailable")
        inside = self._inside(kind, copy, to)
        return fromstring(f"<iq xmlns='jabber:client' type='result'>{inside}</iq>")  # noqa: S314

    def _inside(self, kind: str, payload: Element, to: str) -> str:
        space, _, _ = payload.tag[1:].partition("}")
        if space == COMMANDS:
            handler = self.commands.get(payload.get("node", ""))
            if handler is None:
                raise XmppError("item-not-found")
            return handler(payload.get("action", ""), payload)
        if space == f"{DISCO}#items":
            return f"<query xmlns='{space}'>{self._items(payload, to)}</query>"
        if space == f"{DISCO}#info" and to in INFO:
            return f"<query xmlns='{space}'>{INFO[to]}</query>"
        if space == "jabber:iq:last" and to == HOME:
            return f"<query xmlns='{space}' seconds='{3 * 86400 + 4 * 3600 + 60}'/>"
        if space == "jabber:iq:version":
            return f"<query xmlns='{space}'><name>Prosody</name><version>0.12.3</version></query>"
        if space == REGISTER and to == IRC:
            return self._register(kind, payload)
        if space == "urn:xmpp:blocking":
            return ""
        raise XmppError("service-unavailable")

    def _items(self, payload: Element, to: str) -> str:
        if payload.get("node") == COMMANDS:
            if to != HOME:
                raise XmppError("item-not-found")
            return "".join(
                f"<item jid='{HOME}' node='{node}' name='{self.names.get(node, node)}'/>"
                for node in self.commands
            )
        return "".join(f"<item jid='{jid}'/>" for jid in INFO if jid.endswith(f".{HOME}"))

    def _register(self, kind: str, payload: Element) -> str:
        if kind == "set":
            remove = payload.find(f"{{{REGISTER}}}remove") is not None
            nick = payload.findtext(f"{{{REGISTER}}}nick") or ""
            if nick == "taken":
                raise XmppError("conflict", "Somebody is called so <b>")
            self.registered = "" if remove else nick
            return ""
        known = f"<registered/><nick>{self.registered}</nick>" if self.registered else "<nick/>"
        inside = f"<instructions>Choose a nick</instructions>{known}<password/><key>k1</key>"
        return f"<query xmlns='{REGISTER}'>{inside}</query>"
