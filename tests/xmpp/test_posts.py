"""This room reads and writes nodes with posts: pages, options, lists, services (XEP-0060, 0277, 0330)."""

from xml.etree import ElementTree as ET

import pytest

from tests.xmpp.cast import JULIET, ROMEO, FakeStream, failing
from webchat.errors import XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import (
    MICROBLOG,
    Entry,
    NodeInfo,
    NodeMember,
)
from webchat.xmpp.pubsub import nodes, posts
from webchat.xmpp.pubsub.services import pubsub_services

PUBSUB = f"{{{ns.PUBSUB}}}"
OWNER = f"{{{ns.PUBSUB_OWNER}}}"
VALUE = f"{{{ns.DATA_FORM}}}value"
FIELD = f"{{{ns.DATA_FORM}}}field"
SERVICE = "pubsub.verona.example"


def item(id: str, title: str = "A", hour: int = 10, publisher: str = "") -> str:
    """An item with a post."""
    return (
        f"<item id='{id}'{f' publisher={publisher!r}' if publisher else ''}>"
        f"<entry xmlns='{ns.ATOM}'><title>{title}</title>"
        f"<updated>2026-02-01T{hour:02}:00:00Z</updated></entry></item>"
    )


def answer(items: str, window: str = "") -> str:
    """The answer to a question for items."""
    return f"<pubsub xmlns='{ns.PUBSUB}'><items node='{MICROBLOG}'>{items}</items>{window}</pubsub>"


def window(first: str, count: int, index: int | None = None) -> str:
    """What a service says of a page."""
    place = "" if index is None else f" index='{index}'"
    return f"<set xmlns='{ns.RSM}'><first{place}>{first}</first><last>z</last><count>{count}</count></set>"


def fields(payload: ET.Element) -> dict[str, str]:
    """Field name → value of the form in a payload."""
    return {field.get("var", ""): field.findtext(VALUE) or "" for field in payload.iter(FIELD)}


def config(**values: str) -> str:
    """A configuration form as its owner gets it."""
    inside = "".join(
        f"<field var='pubsub#{name}' type='text-single'><value>{value}</value></field>"
        for name, value in values.items()
    )
    form = f"<x xmlns='jabber:x:data' type='form'>{inside}</x>"
    return f"<pubsub xmlns='{ns.PUBSUB_OWNER}'><configure node='{MICROBLOG}'>{form}</configure></pubsub>"


# ---- pages


async def test_a_page_is_sorted_and_leads_to_older_ones() -> None:
    stream = FakeStream(lambda *_: answer(item("old", hour=1) + item("new", hour=9), window("17", 40, 38)))
    page = await posts.page(stream, JULIET, MICROBLOG, most=2)
    assert [post.item for post in page.items] == ["new", "old"]
    assert (page.more, page.total) == ("17", 40)
    await posts.page(stream, JULIET, MICROBLOG, most=2, before="17")
    _, payload, to = stream.asked[1]
    assert to == JULIET
    assert payload.findtext(f"{{{ns.RSM}}}set/{{{ns.RSM}}}before") == "17"
    wanted = payload.find(f"{PUBSUB}items")
    assert wanted is not None
    assert wanted.get("max_items") is None


@pytest.mark.parametrize(
    "said", [window("17", 40, 0), window("17", 2), f"<set xmlns='{ns.RSM}'><count>0</count></set>"]
)
async def test_the_last_page_leads_nowhere(said: str) -> None:
    stream = FakeStream(lambda *_: answer("" if "<first" not in said else item("a") + item("b"), said))
    assert (await posts.page(stream, JULIET, MICROBLOG, most=2)).more == ""


async def test_a_service_that_does_not_move_on_ends_the_walk() -> None:
    stream = FakeStream(lambda *_: answer(item("a") + item("b"), window("17", 40)))
    assert (await posts.page(stream, JULIET, MICROBLOG, most=2, before="17")).more == ""


async def test_older_pages_without_result_sets_come_by_the_list_of_ids() -> None:
    def said(_: str, payload: ET.Element, to: str) -> str:
        if payload.tag == f"{{{ns.DISCO_ITEMS}}}query":
            items = "".join(f"<item jid='{to}' name='p{n}'/>" for n in range(5))
            return f"<query xmlns='{ns.DISCO_ITEMS}'>{items}</query>"
        asked = [each.get("id", "") for each in payload.iter(f"{PUBSUB}item")] or ["p1", "p0"]
        return answer("".join(item(id, hour=20 - int(id[1:])) for id in asked))

    stream = FakeStream(said)
    read: list[str] = []
    before = ""
    while True:
        page = await posts.page(stream, JULIET, MICROBLOG, most=2, before=before)
        read += [post.item for post in page.items]
        before = page.more
        if not before:
            break
    assert read == ["p0", "p1", "p2", "p3", "p4"]


async def test_a_hidden_list_of_ids_does_not_end_the_walk() -> None:
    def said(_: str, payload: ET.Element, to: str) -> str:
        wanted = payload.find(f"{PUBSUB}items")
        if wanted is None:
            return failing("service-unavailable")
        most = min(int(wanted.get("max_items", "0")), 5)
        return answer("".join(item(f"p{n}", hour=20 - n) for n in range(most)))

    stream = FakeStream(said)
    first = await posts.page(stream, JULIET, MICROBLOG, most=2)
    second = await posts.page(stream, JULIET, MICROBLOG, most=2, before=first.more)
    third = await posts.page(stream, JULIET, MICROBLOG, most=2, before=second.more)
    read = [post.item for page in (first, second, third) for post in page.items]
    assert (read, third.more) == (["p0", "p1", "p2", "p3", "p4"], "")


async def test_what_is_no_post_stands_beside_without_an_entry() -> None:
    logo = "<item id='urn:xmpp:avatar:metadata'><metadata xmlns='urn:xmpp:avatar:metadata'/></item>"
    feed = f"<item id='0'><feed xmlns='{ns.ATOM}'><title>F</title></feed></item>"
    odd = f"<item/><item id='{'x' * 501}'/><item id='empty'/>"
    stream = FakeStream(
        lambda *_: answer(item("a", publisher=f"{JULIET}/phone") + logo + feed + item("test_post") + odd)
    )
    page = await posts.page(stream, JULIET, MICROBLOG)
    assert {post.item for post in page.items if post.entry is None} == {
        *("urn:xmpp:avatar:metadata", "0", "test_post", "empty")
    }
    assert page.items[0].publisher == JULIET
    assert "<" in page.items[0].xml


# ---- publishing


async def test_our_own_node_has_to_be_as_the_post_wants_it() -> None:
    stream = FakeStream(lambda *_: "")
    await posts.publish(stream, ROMEO, MICROBLOG, "one", Entry(title="A"), access="presence")
    ((kind, payload, to),) = stream.asked
    assert (kind, to) == ("set", "")
    assert fields(payload) == {
        "FORM_TYPE": ns.PUBSUB_PUBLISH_OPTIONS,
        "pubsub#persist_items": "true",
        "pubsub#notify_retract": "true",
        "pubsub#send_last_published_item": "never",
        "pubsub#max_items": "max",
        "pubsub#access_model": "presence",
    }


async def test_other_nodes_are_as_they_are() -> None:
    stream = FakeStream(lambda *_: "")
    await posts.publish(stream, SERVICE, "cats", "one", Entry(title="A"), access="open")
    ((_, payload, to),) = stream.asked
    assert (fields(payload), to) == ({}, SERVICE)


@pytest.mark.parametrize("refusal", ["conflict", "resource-constraint", "feature-not-implemented"])
@pytest.mark.parametrize("most", ["max", "256"])
async def test_refused_options_are_set_by_the_owner(refusal: str, most: str) -> None:
    kept = {"access_model": "open", "max_items": "1", "persist_items": "1"}

    def said(kind: str, payload: ET.Element, to: str) -> str:
        assert to == ""
        if payload.find(f"{PUBSUB}publish-options") is not None:
            return failing(refusal)
        if payload.tag == f"{OWNER}pubsub" and kind == "set":
            wanted = fields(payload)["pubsub#max_items"]
            if most != "max" and (not wanted.isdecimal() or int(wanted) > int(most)):
                return failing("not-acceptable")
            kept.update({name.removeprefix("pubsub#"): value for name, value in fields(payload).items()})
        return config(**kept) if kind == "get" else ""

    stream = FakeStream(said)
    await posts.publish(stream, ROMEO, MICROBLOG, "one", Entry(title="A"), access="presence")
    assert (kept["access_model"], kept["max_items"]) == ("presence", most)
    assert stream.asked[-1][1].find(f"{PUBSUB}publish") is not None


async def test_nothing_is_published_where_the_server_does_not_obey() -> None:
    def said(kind: str, payload: ET.Element, to: str) -> str:
        if payload.find(f"{PUBSUB}publish-options") is not None:
            return failing("conflict")
        return config(access_model="open", max_items="1000") if kind == "get" else ""

    stream = FakeStream(said)
    with pytest.raises(XmppError, match="not-acceptable"):
        await posts.publish(stream, ROMEO, MICROBLOG, "one", Entry(title="A"), access="presence")
    assert sum(payload.find(f"{PUBSUB}publish") is not None for _, payload, _ in stream.asked) == 1


async def test_a_refusal_of_the_deed_is_no_refusal_of_the_options() -> None:
    stream = FakeStream(lambda *_: failing("forbidden"))
    with pytest.raises(XmppError, match="forbidden"):
        await posts.publish(stream, ROMEO, MICROBLOG, "one", Entry(title="A"), access="presence")
    assert len(stream.asked) == 1


async def test_a_node_that_is_missing_is_made_as_it_has_to_be() -> None:
    made: dict[str, str] = {}

    def said(kind: str, payload: ET.Element, to: str) -> str:
        if payload.find(f"{PUBSUB}create") is not None:
            if fields(payload).get("pubsub#max_items") == "max":
                return failing("not-acceptable")
            made.update(fields(payload))
            return ""
        if not made:
            return failing("item-not-found")
        return config(access_model=made["pubsub#access_model"], max_items=made["pubsub#max_items"])

    assert await nodes.ensure(FakeStream(said), MICROBLOG, "presence") == "presence"
    assert made["pubsub#max_items"] == "10000"


async def test_comments_of_few_are_never_open() -> None:
    tried: list[tuple[str, str]] = []
    writes = "open"

    def said(kind: str, payload: ET.Element, to: str) -> str:
        nonlocal writes
        if kind == "get":
            return config(access_model="whitelist", publish_model=writes)
        made = fields(payload)
        if payload.tag.startswith(OWNER):
            writes = made["pubsub#publish_model"]
            return ""
        tried.append((made["pubsub#access_model"], made["pubsub#publish_model"]))
        return failing("not-acceptable") if tried[-1][0] == "presence" else ""

    await nodes.create_comments(FakeStream(said), SERVICE, "c", "presence")
    assert set(tried) == {("presence", "subscribers"), ("whitelist", "subscribers")}
    assert tried[-1][0] == "whitelist"
    # The service did not listen, and was told again.
    assert writes == "subscribers"


async def test_what_a_service_says_of_a_node() -> None:
    meta = "".join(
        f"<field var='pubsub#{name}'><value>{value}</value></field>"
        for name, value in {
            "title": "Cats",
            "description": "All about cats",
            "type": "urn:xmpp:pubsub-social-feed:gallery:1",
            "access_model": "open",
            "publish_model": "publishers",
            "creator": f"{JULIET}/phone",
            "creation_date": "2026-02-01T10:00:00Z",
            "num_subscribers": "12",
        }.items()
    )
    form = f"<field var='FORM_TYPE' type='hidden'><value>{ns.PUBSUB_META_DATA}</value></field>{meta}"
    stream = FakeStream(
        lambda *_: f"<query xmlns='{ns.DISCO_INFO}'><x xmlns='jabber:x:data' type='result'>{form}</x></query>"
    )
    info = await nodes.info(stream, SERVICE, "cats")
    assert (info.title, info.kind, info.creator, info.subscribers) == ("Cats", "gallery", JULIET, 12)
    assert info.created is not None


async def test_a_list_of_nodes_without_probes_and_comments() -> None:
    names = ("cats", "test_node", "urn:xmpp:microblog:0:comments/1", "n" * 501, "")
    items = "".join(f"<item jid='{SERVICE}' node='{name}' name='Cats'/>" for name in names)
    stream = FakeStream(lambda *_: f"<query xmlns='{ns.DISCO_ITEMS}'>{items}</query>")
    assert await nodes.listing(stream, SERVICE) == (NodeInfo(SERVICE, "cats", "Cats"),)


async def test_members_of_a_node() -> None:
    inside = f"<affiliation jid='{JULIET}/x' affiliation='owner'/><affiliation jid='@' affiliation='member'/>"
    stream = FakeStream(
        lambda *_: (
            f"<pubsub xmlns='{ns.PUBSUB_OWNER}'><affiliations node='c'>{inside}</affiliations></pubsub>"
        )
    )
    assert await nodes.affiliations(stream, SERVICE, "c") == (NodeMember(JULIET, "owner"),)


async def test_the_services_of_a_server() -> None:
    kinds = {
        "rooms.a.example": "conference/text",
        "pubsub.a.example": "pubsub/service",
        "comments.a.example": "pubsub/service",
        "spaces.a.example": "pubsub/service",
    }

    def said(_: str, payload: ET.Element, to: str) -> str:
        if payload.tag == f"{{{ns.DISCO_ITEMS}}}query":
            items = "".join(f"<item jid='{jid}'/>" for jid in (*kinds, "@", "juliet@a.example"))
            return f"<query xmlns='{ns.DISCO_ITEMS}'>{items}</query>"
        category, _, type = kinds[to].partition("/")
        return f"<query xmlns='{ns.DISCO_INFO}'><identity category='{category}' type='{type}'/></query>"

    assert await pubsub_services(FakeStream(said), "a.example") == ("pubsub.a.example", "comments.a.example")
    del kinds["comments.a.example"]
    assert await pubsub_services(FakeStream(said), "a.example") == ("pubsub.a.example", "pubsub.a.example")
    del kinds["pubsub.a.example"]
    assert await pubsub_services(FakeStream(said), "a.example") == ("", "")
