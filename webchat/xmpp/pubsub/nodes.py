"""This room makes, sets and describes nodes: what they are, who may do what there (XEP-0060 §5, §8)."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import dates, disco, forms
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.entries import COMMENTS, LONGEST_ID, NodeInfo, NodeMember
from webchat.xmpp.numbers import whole
from webchat.xmpp.pubsub import receiver

MOST_NODES = 5000
MOST_MEMBERS = 5000
LONGEST_TITLE = 1000
LONGEST_DESCRIPTION = 10_000

MANY = ("max", "10000", "1000", "500", "256", "100")
"""Numbers of items that are asked for, until one is granted: none says beforehand."""

POSTS: Mapping[str, str] = {
    "pubsub#persist_items": "true",
    "pubsub#notify_retract": "true",
    "pubsub#send_last_published_item": "never",
}
"""XEP-0472 §4: what a node of posts is like; the number of items comes with MANY."""

OF_COMMENTS: Mapping[str, str] = {
    **POSTS,
    "pubsub#publish_model": "open",
    "pubsub#itemreply": "publisher",
    "pubsub#public": "false",
}
"""XEP-0277 §4: everybody who may read may answer, and the node is in no directory."""

ACCESS = "pubsub#access_model"
WRITES = "pubsub#publish_model"
_MAX = "pubsub#max_items"
# COMPAT(ejabberd, 2023): set otherwise, who follows a person from another server hears of nothing new.
_DELIVERED = {"pubsub#presence_based_delivery": "false"}
# COMPAT(ejabberd, 2023): its form has only the fields that are set already.
_UNASKED = ("pubsub#title", "pubsub#description", "pubsub#type")
_GALLERY = ("urn:xmpp:pubsub-social-feed:gallery:", "urn:xmpp:pubsub-social-gallery:")

_PUBSUB = f"{{{ns.PUBSUB}}}pubsub"
_OWNER = f"{{{ns.PUBSUB_OWNER}}}pubsub"
_CONFIGURE = f"{{{ns.PUBSUB_OWNER}}}configure"
_ITEM = f"{{{ns.DISCO_ITEMS}}}item"


# ---- what they are


async def info(stream: Stream, service: str, node: str) -> NodeInfo:
    """What the service says of a node (§5.3). Raises XmppError ("item-not-found"), TimedOut, Offline."""
    answer = await stream.request("get", Element(disco.INFO_QUERY, {"node": node}), to=service)
    query = answer.find(disco.INFO_QUERY)
    if query is None:
        raise XmppError("undefined-condition")
    said = forms.read(query, ns.PUBSUB_META_DATA) or forms.Form()
    values = {field.var.removeprefix("pubsub#"): field.value for field in said.fields}
    contact = said.get("pubsub#contact")
    name = next((name for category, _, name in disco.read(query).identities if category == "pubsub"), "")
    return NodeInfo(
        service=service,
        node=node,
        title=(values.get("title", "") or name)[:LONGEST_TITLE],
        description=values.get("description", "")[:LONGEST_DESCRIPTION],
        kind=_kind(values.get("type", "")),
        access=values.get("access_model", "")[:16],
        publish_model=values.get("publish_model", "")[:16],
        creator=_bare(values.get("creator", "") or values.get("owner", "")),
        created=dates.parse(values.get("creation_date")),
        subscribers=whole(values.get("num_subscribers"), 9),
        items=whole(values.get("num_items"), 9),
        contacts=tuple(jid for one in contact.values[:10] if (jid := _bare(one))) if contact else (),
    )


async def listing(stream: Stream, service: str) -> tuple[NodeInfo, ...]:
    """The nodes of a service that anybody may see, address and title only (§5.2); probes are left out.

    Raises XmppError, TimedOut, Offline.
    """
    answer = await stream.request("get", Element(disco.ITEMS_QUERY), to=service)
    found: dict[str, NodeInfo] = {}
    for item in answer.findall(f"{disco.ITEMS_QUERY}/{_ITEM}")[:MOST_NODES]:
        node = item.get("node", "")
        if 0 < len(node) <= LONGEST_ID and node != "test_node" and not node.startswith(COMMENTS):
            found.setdefault(node, NodeInfo(service, node, item.get("name", "").strip()[:LONGEST_TITLE]))
    return tuple(found.values())


def _kind(type: str) -> Literal["articles", "gallery"]:
    return "gallery" if type.startswith(_GALLERY) else "articles"


def _bare(address: str) -> str:
    try:
        return jids.bare(jids.normalise(address.strip().removeprefix("xmpp:")))
    except ValueError:
        return ""


# ---- making and setting them


async def create(stream: Stream, service: str, node: str, options: Mapping[str, str]) -> None:
    """Make a node with these fields of `pubsub#node_config` (§8.1.3); service "" or our address: our own.

    What POSTS says is added, and as many items as the service grants, where `options` says nothing else. What
    it does not know is left out in the end, except the access model, the publish model and the title.
    Raises XmppError ("conflict": there is one already; "forbidden"), TimedOut, Offline.
    """
    options = {**POSTS, "pubsub#notify_delete": "true", **options}
    least = {
        name: value
        for name, value in options.items()
        if name in (ACCESS, "pubsub#publish_model", "pubsub#title", "pubsub#persist_items")
    }

    async def put(attempt: Mapping[str, str]) -> None:
        payload = Element(_PUBSUB)
        SubElement(payload, f"{{{ns.PUBSUB}}}create", {"node": node})
        configure_xml = SubElement(payload, f"{{{ns.PUBSUB}}}configure")
        configure_xml.append(forms.submit(ns.PUBSUB_NODE_CONFIG, attempt))
        await stream.request("set", payload, to=receiver(stream, service))

    await _first_granted(_attempts(options, least), put)


async def _first_granted(
    attempts: Iterable[Mapping[str, str]], put: Callable[[Mapping[str, str]], Awaitable[None]]
) -> None:
    """Put one after the other until one is not declined; raises what the last of them met."""
    refused = XmppError("not-acceptable")
    for attempt in attempts:
        try:
            await put(attempt)
            return
        except (TimedOut, Offline):
            raise
        except XmppError as error:
            if not declined(error):
                raise
            refused = error
    raise refused


def _attempts(options: Mapping[str, str], least: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Everything with fewer and fewer items, then only what matters."""
    if _MAX in options:
        yield options
    else:
        yield from ({**options, _MAX: many} for many in MANY)
    yield least


def declined(error: XmppError) -> bool:
    """Whether a service refused the settings, not the deed: another way may do (W§6)."""
    return error.condition in (
        "bad-request",
        "feature-not-implemented",
        "not-acceptable",
        "resource-constraint",
        "undefined-condition",
    )


async def delete(stream: Stream, service: str, node: str) -> None:
    """Delete a node with all that is in it (§8.4). Raises XmppError, TimedOut, Offline."""
    payload = Element(_OWNER)
    SubElement(payload, f"{{{ns.PUBSUB_OWNER}}}delete", {"node": node})
    await stream.request("set", payload, to=receiver(stream, service))


async def ensure(stream: Stream, node: str, access: str) -> str:
    """Our own node of posts: made, or set to this access model ("" leaves it), keeping all it can hold.

    Returns the access model that reads back; a server that does not obey is the caller's to judge.
    Raises XmppError when it can be neither made nor read, TimedOut, Offline.
    """
    try:
        form = await configuration(stream, stream.jid, node)
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition != "item-not-found":
            raise
        try:
            await create(stream, stream.jid, node, {ACCESS: access} if access else {})
        except XmppError as refusal:
            if refusal.condition != "conflict":
                raise
        form = await configuration(stream, stream.jid, node)
    wanted = {**POSTS, **_DELIVERED, **({ACCESS: access} if access else {})}
    if any(_differs(form, name, value) for name, value in wanted.items()) or _holds_few(form):
        await _set(stream, stream.jid, node, wanted)
        form = await configuration(stream, stream.jid, node)
    return access_of(form)


def access_of(form: forms.Form) -> str:
    """The access model in a configuration, "" when it names none."""
    field = form.get(ACCESS)
    return "" if field is None else field.value


def _differs(form: forms.Form, name: str, value: str) -> bool:
    """Whether the node could be set so and is not; an unknown field cannot."""
    field = form.get(name)
    if field is None:
        return False
    return field.checked != (value == "true") if value in ("true", "false") else field.value != value


def _holds_few(form: forms.Form) -> bool:
    field = form.get(_MAX)
    number = None if field is None else whole(field.value, 9)
    return number is not None and number < int(MANY[-2])


async def _set(stream: Stream, service: str, node: str, wanted: Mapping[str, str]) -> None:
    """Configure a node of ours with as many items as are granted, in the end without saying how many."""
    attempts = ({**wanted, **more} for more in (*({_MAX: many} for many in MANY), {}))
    await _first_granted(attempts, partial(configure, stream, service, node))


async def create_comments(stream: Stream, service: str, node: str, access: str) -> None:
    """The node where a post is commented on (XEP-0277 §4), readable as the post is; or it is there.

    Where not everybody may read, only who follows the node may write: who follows must be let in, and who
    knows no more than its name is not. A service without the access model "presence" gets "whitelist"
    instead: fewer read, never more. Raises XmppError, TimedOut, Offline.
    """
    writes = {} if access == "open" else {WRITES: "subscribers"}
    for model in dict.fromkeys((access, "open" if access == "open" else "whitelist")):
        try:
            await create(stream, service, node, {**OF_COMMENTS, **writes, ACCESS: model})
            break
        except (TimedOut, Offline):
            raise
        except XmppError as error:
            if error.condition == "conflict":
                break
            if not declined(error) or model != access or access == "open":
                raise
    try:
        await _mend(stream, service, node, {**OF_COMMENTS, **writes})
    except (TimedOut, Offline):
        raise
    except XmppError:
        # Somebody else's, whom it suits as it is; but what few may read is not written to by everybody.
        if writes:
            raise


async def _mend(stream: Stream, service: str, node: str, wanted: Mapping[str, str]) -> None:
    """Believe only what reads back: some services forget the rest where they do not know one field."""
    form = await configuration(stream, service, node)
    if any(_differs(form, name, value) for name, value in wanted.items()) or _holds_few(form):
        await _set(stream, service, node, wanted)


async def configuration(stream: Stream, service: str, node: str) -> forms.Form:
    """The form with which its owner sets a node (§8.2.1). Raises XmppError, TimedOut, Offline."""
    payload = Element(_OWNER)
    SubElement(payload, _CONFIGURE, {"node": node})
    answer = await stream.request("get", payload, to=receiver(stream, service))
    form = forms.read(answer.find(f"{_OWNER}/{_CONFIGURE}"))
    if form is None:
        raise XmppError("feature-not-implemented")
    return form


async def configure(
    stream: Stream, service: str, node: str, values: Mapping[str, str | Sequence[str]]
) -> None:
    """Set these fields of a node and leave the others as they are (§8.2.4).

    Fields that the form does not have are passed over, except those that some servers ask for only once they
    have a value. Raises XmppError, TimedOut, Offline.
    """
    form = await configuration(stream, service, node)
    missing = [name for name in _UNASKED if name in values and form.get(name) is None]
    form = replace(form, fields=(*form.fields, *(forms.Field(name) for name in missing)))
    answers = {name: [value] if isinstance(value, str) else value for name, value in values.items()}
    payload = Element(_OWNER)
    SubElement(payload, _CONFIGURE, {"node": node}).append(forms.fill(form, answers))
    await stream.request("set", payload, to=receiver(stream, service))


# ---- who belongs to them


async def affiliations(stream: Stream, service: str, node: str) -> tuple[NodeMember, ...]:
    """Who is owner, publisher, member or outcast (§8.9.1). Raises XmppError, TimedOut, Offline."""
    return await _members(stream, service, node, "affiliation")


async def set_affiliation(stream: Stream, service: str, node: str, jid: str, state: str) -> None:
    """Make them owner, publisher, member, outcast or none (§8.9.2). Raises XmppError, TimedOut, Offline."""
    await _set_member(stream, service, node, jid, "affiliation", state)


async def subscribers(stream: Stream, service: str, node: str) -> tuple[NodeMember, ...]:
    """Who follows it, or asks to (§8.8.1). Raises XmppError, TimedOut, Offline."""
    return await _members(stream, service, node, "subscription")


async def followers(stream: Stream, node: str) -> tuple[str, ...]:
    """Who follows a node of our own: their bare JIDs (§8.8.1). Raises XmppError, TimedOut, Offline.

    A whole address with its resource is no follower: so servers keep for themselves to which of our contacts'
    clients they send what these asked for by presence (XEP-0163 §3).
    """
    payload = Element(_OWNER)
    holder = f"{{{ns.PUBSUB_OWNER}}}subscriptions"
    SubElement(payload, holder, {"node": node})
    answer = await stream.request("get", payload)
    told = answer.findall(f"{_OWNER}/{holder}/{{{ns.PUBSUB_OWNER}}}subscription")[:MOST_MEMBERS]
    found = (each.get("jid", "") for each in told if each.get("subscription") == "subscribed")
    bare = (jid for address in found if "/" not in address and (jid := _bare(address)))
    return tuple(jid for jid in dict.fromkeys(bare) if jids.local(jid) and jid != stream.jid)


async def set_subscription(stream: Stream, service: str, node: str, jid: str, state: str) -> None:
    """Let somebody follow or not: "subscribed", "none" (§8.8.2). Raises XmppError, TimedOut, Offline."""
    await _set_member(stream, service, node, jid, "subscription", state)


async def _members(stream: Stream, service: str, node: str, word: str) -> tuple[NodeMember, ...]:
    payload = Element(_OWNER)
    holder = f"{{{ns.PUBSUB_OWNER}}}{word}s"
    SubElement(payload, holder, {"node": node})
    answer = await stream.request("get", payload, to=receiver(stream, service))
    found: dict[str, NodeMember] = {}
    for each in answer.findall(f"{_OWNER}/{holder}/{{{ns.PUBSUB_OWNER}}}{word}")[:MOST_MEMBERS]:
        state, jid = each.get(word, ""), _bare(each.get("jid", ""))
        if jid and state and state != "none" and len(state) <= 16:
            found.setdefault(jid, NodeMember(jid, state))
    return tuple(found.values())


async def _set_member(stream: Stream, service: str, node: str, jid: str, word: str, state: str) -> None:
    payload = Element(_OWNER)
    holder = SubElement(payload, f"{{{ns.PUBSUB_OWNER}}}{word}s", {"node": node})
    SubElement(holder, f"{{{ns.PUBSUB_OWNER}}}{word}", {"jid": jid, word: state})
    await stream.request("set", payload, to=receiver(stream, service))
