"""This room is a pubsub service in memory: nodes with items, forms, roles; it can be made to say anything."""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from webchat.errors import XmppError

HOME = "pubsub.montague.example"
DISCO = "http://jabber.org/protocol/disco"
PUBSUB = "http://jabber.org/protocol/pubsub"
OWNER = f"{PUBSUB}#owner"
RSM = "http://jabber.org/protocol/rsm"
DATA = "jabber:x:data"


@dataclass
class ANode:
    """One node: what its form says, who is what, what stands in it (the newest last)."""

    config: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    subscribers: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    publishers: dict[str, str] = field(default_factory=dict)


def entry(title: str, when: str = "2026-03-01T10:00:00Z", author: str = "juliet@capulet.example") -> str:
    """A post."""
    return (
        "<entry xmlns='http://www.w3.org/2005/Atom'>"
        f"<id>urn:uuid:{title}</id><title type='text'>{title}</title>"
        f"<author><uri>xmpp:{author}</uri></author>"
        f"<published>{when}</published><updated>{when}</updated></entry>"
    )


class Service:
    """Answers for every address, as our own server and as its service for communities.

    pages    whether it has result sets (XEP-0059); without them it gives the newest ones only
    takes    the numbers that it takes for pubsub#max_items
    broken   (payload's namespace and name) → what is done instead of answering
    asked    (kind, to, payload) of everything, in order
    """

    def __init__(self, jid: str) -> None:
        self.jid = jid
        self.nodes: dict[str, ANode] = {}
        self.pages = True
        self.takes = {"max", "1000", "256"}
        self.broken: dict[str, Callable[[], Exception | Element]] = {}
        self.asked: list[tuple[str, str, Element]] = []

    def add(self, name: str, owner: str = "", **config: str) -> ANode:
        """A node is there."""
        made = self.nodes[name] = ANode({"access_model": "open", "publish_model": "open", **config})
        if owner:
            made.roles[owner] = "owner"
        return made

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        """What is answered."""
        self.asked.append((kind, to, payload))
        name = payload.tag.partition("}")[2]
        space = payload.tag[1:].partition("}")[0]
        child = payload[0].tag.partition("}")[2] if len(payload) else ""
        for key in (f"{space} {child}" if child else space, space):
            if key in self.broken:
                given = self.broken[key]()
                if isinstance(given, Exception):
                    raise given
                return given
        if space == f"{DISCO}#items":
            return self._listing(payload, to)
        if space == f"{DISCO}#info":
            return self._info(payload, to)
        if space in (PUBSUB, OWNER):
            name = f"_{kind}_{'owner_' if space == OWNER else ''}{child}"
            answered: Element = getattr(self, name)(payload, payload[0])
            return answered
        raise XmppError("service-unavailable", name)

    def _node(self, child: Element) -> ANode:
        found = self.nodes.get(child.get("node", ""))
        if found is None:
            raise XmppError("item-not-found")
        return found

    def _owned(self, child: Element) -> ANode:
        found = self._node(child)
        if found.roles.get(self.jid) != "owner":
            raise XmppError("forbidden")
        return found

    def _listing(self, payload: Element, to: str) -> Element:
        iq = Element("iq", {"type": "result"})
        query = SubElement(iq, payload.tag, dict(payload.attrib))
        if "@" not in to and not to.startswith("pubsub."):
            SubElement(query, f"{{{DISCO}#items}}item", {"jid": HOME})
        elif node := payload.get("node"):
            for item in reversed(self.nodes[node].items):
                SubElement(query, f"{{{DISCO}#items}}item", {"jid": to, "name": item})
        else:
            for name, one in self.nodes.items():
                title = one.config.get("title", "")
                SubElement(query, f"{{{DISCO}#items}}item", {"jid": to, "node": name, "name": title})
        return iq

    def _info(self, payload: Element, to: str) -> Element:
        iq = Element("iq", {"type": "result"})
        query = SubElement(iq, payload.tag, dict(payload.attrib))
        if not (name := payload.get("node")):
            kind = ("pubsub", "service") if to.startswith("pubsub.") else ("server", "im")
            SubElement(query, f"{{{DISCO}#info}}identity", {"category": kind[0], "type": kind[1]})
            for feature in (PUBSUB, *((RSM, f"{PUBSUB}#rsm") if self.pages else ())):
                SubElement(query, f"{{{DISCO}#info}}feature", {"var": feature})
            return iq
        if name not in self.nodes:
            raise XmppError("item-not-found")
        SubElement(query, f"{{{DISCO}#info}}identity", {"category": "pubsub", "type": "leaf"})
        query.append(_form("result", f"{PUBSUB}#meta-data", self.nodes[name].config))
        return iq

    def _get_items(self, payload: Element, child: Element) -> Element:
        node = self._node(child)
        if node.config["access_model"] == "whitelist" and self.jid not in node.roles:
            raise XmppError("forbidden")
        wanted = [item.get("id", "") for item in child]
        names = [name for name in node.items if not wanted or name in wanted]
        limits = payload.find(f"{{{RSM}}}set")
        iq = Element("iq", {"type": "result"})
        pubsub = SubElement(iq, payload.tag)
        holder = SubElement(pubsub, f"{{{PUBSUB}}}items", {"node": child.get("node", "")})
        total = len(names)
        if limits is not None and self.pages:
            most = int(limits.findtext(f"{{{RSM}}}max") or 10)
            before = limits.findtext(f"{{{RSM}}}before")
            if before and before not in names:
                raise XmppError("item-not-found")
            names = names[: names.index(before) if before else None][-most:]
            answer = SubElement(pubsub, f"{{{RSM}}}set")
            if names:
                place = str(list(node.items).index(names[0]))
                SubElement(answer, f"{{{RSM}}}first", {"index": place}).text = names[0]
                SubElement(answer, f"{{{RSM}}}last").text = names[-1]
            SubElement(answer, f"{{{RSM}}}count").text = str(total)
        elif most_text := child.get("max_items"):
            names = names[-int(most_text) :]
        for name in names:
            who = {"publisher": node.publishers[name]} if name in node.publishers else {}
            item = SubElement(holder, f"{{{PUBSUB}}}item", {"id": name, **who})
            item.append(fromstring(node.items[name]))  # noqa: S314
        return iq

    def _set_create(self, payload: Element, child: Element) -> Element:
        name = child.get("node", "")
        if name in self.nodes:
            raise XmppError("conflict")
        config = _values(payload)
        if config.get("max_items", "max") not in self.takes:
            raise XmppError("not-acceptable")
        self.add(name, self.jid, **config)
        return Element("iq")

    def _set_subscribe(self, payload: Element, child: Element) -> Element:
        self._node(child).subscribers[child.get("jid", "")] = "subscribed"
        iq = Element("iq")
        answer = SubElement(iq, payload.tag)
        values = {**child.attrib, "subscription": "subscribed"}
        SubElement(answer, f"{{{PUBSUB}}}subscription", values)
        return iq

    def _set_publish(self, _payload: Element, child: Element) -> Element:
        node, item = self._node(child), child[0]
        node.items[item.get("id", "")] = tostring(item[0], "unicode")
        node.publishers[item.get("id", "")] = self.jid
        return Element("iq")

    def _set_retract(self, _payload: Element, child: Element) -> Element:
        if self._node(child).items.pop(child[0].get("id", ""), None) is None:
            raise XmppError("item-not-found")
        return Element("iq")

    def _get_owner_configure(self, payload: Element, child: Element) -> Element:
        node = self._owned(child)
        iq = Element("iq")
        holder = SubElement(SubElement(iq, payload.tag), child.tag, dict(child.attrib))
        config = {"max_items": "1000", "persist_items": "1", "title": "", "description": "", **node.config}
        holder.append(_form("form", f"{PUBSUB}#node_config", config))
        return iq

    def _set_owner_configure(self, payload: Element, child: Element) -> Element:
        node, config = self._owned(child), _values(payload)
        if config.get("max_items", "max") not in self.takes | {node.config.get("max_items", "1000")}:
            raise XmppError("not-acceptable")
        node.config |= config
        return Element("iq")

    def _get_owner_affiliations(self, payload: Element, child: Element) -> Element:
        return self._list(payload, child, "affiliation", self._owned(child).roles)

    def _set_owner_affiliations(self, _payload: Element, child: Element) -> Element:
        node = self._owned(child)
        for one in child:
            node.roles[one.get("jid", "")] = one.get("affiliation", "")
        return Element("iq")

    def _get_owner_subscriptions(self, payload: Element, child: Element) -> Element:
        return self._list(payload, child, "subscription", self._owned(child).subscribers)

    def _set_owner_subscriptions(self, _payload: Element, child: Element) -> Element:
        node = self._owned(child)
        for one in child:
            node.subscribers[one.get("jid", "")] = one.get("subscription", "")
        return Element("iq")

    def _set_owner_delete(self, _payload: Element, child: Element) -> Element:
        self._owned(child)
        del self.nodes[child.get("node", "")]
        return Element("iq")

    def _list(self, payload: Element, child: Element, what: str, members: dict[str, str]) -> Element:
        iq = Element("iq")
        holder = SubElement(SubElement(iq, payload.tag), child.tag, dict(child.attrib))
        for jid, state in members.items():
            SubElement(holder, f"{{{OWNER}}}{what}", {"jid": jid, what: state})
        return iq


def _form(kind: str, form_type: str, values: dict[str, str]) -> Element:
    form = Element(f"{{{DATA}}}x", {"type": kind})
    for name, value in {
        "FORM_TYPE": form_type,
        **{f"pubsub#{key}": one for key, one in values.items()},
    }.items():
        types = {
            "FORM_TYPE": "hidden",
            "pubsub#persist_items": "boolean",
            "pubsub#description": "text-single",
        }
        made = SubElement(form, f"{{{DATA}}}field", {"var": name, "type": types.get(name, "text-single")})
        SubElement(made, f"{{{DATA}}}value").text = value
    return form


def _values(payload: Element) -> dict[str, str]:
    """pubsub#… fields of a form that was sent."""
    return {
        made.get("var", "").removeprefix("pubsub#"): made.findtext(f"{{{DATA}}}value") or ""
        for made in payload.iter(f"{{{DATA}}}field")
        if made.get("var", "").startswith("pubsub#")
    }
