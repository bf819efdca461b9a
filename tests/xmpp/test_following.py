"""This room follows nodes, keeps lists of what is followed, and hears of both (XEP-0060, XEP-0330)."""

from xml.etree import ElementTree as ET

import pytest

from tests.xmpp.cast import JULIET, ROMEO, FakeStream, context, read, xml
from webchat.errors import XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp import parse
from webchat.xmpp.entries import (
    MICROBLOG,
    Followed,
    FollowedReceived,
    NodeChanged,
    PostAnnounced,
    PostReceived,
    PostsRetracted,
    Ref,
)
from webchat.xmpp.pubsub import following, nodes

PUBSUB = f"{{{ns.PUBSUB}}}"
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


def answer(items: str) -> str:
    """The answer to a question for items."""
    return f"<pubsub xmlns='{ns.PUBSUB}'><items node='{MICROBLOG}'>{items}</items></pubsub>"


# ---- following


@pytest.mark.parametrize(("state", "known"), [("subscribed", "subscribed"), ("pending", "pending")])
async def test_following(state: str, known: str) -> None:
    inside = f"<subscription node='cats' jid='{ROMEO}' subscription='{state}'/>"
    stream = FakeStream(lambda *_: f"<pubsub xmlns='{ns.PUBSUB}'>{inside}</pubsub>")
    assert await following.subscribe(stream, SERVICE, "cats") == known
    wanted = stream.asked[0][1].find(f"{PUBSUB}subscribe")
    assert wanted is not None
    assert wanted.attrib == {"node": "cats", "jid": ROMEO}


def line(extra: str = "", namespace: str = ns.FOLLOWED) -> str:
    """One line of a list."""
    inside = f"<title>Cats!</title>{extra}"
    return (
        f"<subscription xmlns='{namespace}' server='{SERVICE}' node='cats' flag='1'>{inside}</subscription>"
    )


@pytest.mark.parametrize("namespace", [ns.FOLLOWED, ns.FOLLOWED_OLD])
async def test_a_list_is_read_and_written_without_loss(namespace: str) -> None:
    id = following.item_id(ROMEO, SERVICE, "cats")
    unknown = "<extensions><pinned xmlns='urn:x'/></extensions>"
    kept = f"<item id='{id}'>{line(unknown, namespace)}</item>"

    field = "<field var='pubsub#access_model'><value>presence</value></field>"
    form = f"<configure><x xmlns='jabber:x:data' type='form'>{field}</x></configure>"

    def said(kind: str, payload: ET.Element, to: str) -> str:
        if payload.find(f"{PUBSUB}items") is not None:
            return answer(kept + "<item id='x'/>")
        return f"<pubsub xmlns='{ns.PUBSUB_OWNER}'>{form}</pubsub>" if kind == "get" else ""

    stream = FakeStream(said)
    (followed,) = await following.lists(stream, public=True)
    assert (followed.service, followed.node, followed.title) == (SERVICE, "cats", "Cats!")
    for each in (Followed(SERVICE, "cats", "Felines", followed.xml), Followed(SERVICE, "cats", "Felines")):
        await following.put(stream, each, public=True)
        published = stream.asked[-1][1].find(f"{PUBSUB}publish/{PUBSUB}item")
        assert published is not None
        assert published.get("id") == id
        assert published[0].attrib == {"server": SERVICE, "node": "cats", "flag": "1"}
        assert published[0].findtext(f"{{{ns.FOLLOWED}}}title") == "Felines"
        assert next(published[0].iter("{urn:x}pinned"), None) is not None


async def test_what_a_server_says_that_somebody_follows_counts_too() -> None:
    """XEP-0465: beside the list of XEP-0330, also where that one cannot be read; never for ourselves."""
    pps = "<item id='{}'><subscription xmlns='urn:xmpp:pps:0' node='{}' jid='{}'/></item>"
    served = "".join(
        pps.format(*each)
        for each in (
            (1, "cats", SERVICE),
            (2, "dogs", SERVICE),
            (3, "", SERVICE),
            (4, "x", "a@b/c"),
            (5, "y", ""),
        )
    )
    refuses: list[str] = []

    def said(kind: str, payload: ET.Element, to: str) -> str:
        items = payload.find(f"{PUBSUB}items")
        assert items is not None
        if items.get("node") in refuses:
            raise XmppError("forbidden")
        return answer(served if items.get("node") == following.SERVED else f"<item id='a'>{line()}</item>")

    stream = FakeStream(said)
    found = await following.lists(stream, "juliet@capulet.example", public=True)
    assert [(one.service, one.node, one.title) for one in found] == [
        (SERVICE, "cats", "Cats!"),
        (SERVICE, "dogs", ""),
    ]
    assert len(await following.lists(stream, public=True)) == 1
    assert len(await following.lists(stream, ROMEO, public=True)) == 1
    refuses.append(following.PUBLIC)
    assert len(await following.lists(stream, "juliet@capulet.example", public=True)) == 2
    refuses.append(following.SERVED)
    with pytest.raises(XmppError, match="forbidden"):
        await following.lists(stream, "juliet@capulet.example", public=True)


async def test_followers_of_our_own_node_are_bare_addresses() -> None:
    """Servers list the clients of contacts as well, which asked by presence (XEP-0163 §3)."""
    told = "".join(
        f"<subscription jid='{jid}' subscription='{state}'/>"
        for jid, state in (
            ("juliet@capulet.example", "subscribed"),
            ("Juliet@capulet.example", "subscribed"),
            ("mercutio@verona.example/phone", "subscribed"),
            ("tybalt@capulet.example", "pending"),
            (ROMEO, "subscribed"),
            ("capulet.example", "subscribed"),
            ("@", "subscribed"),
        )
    )
    owner = (
        f"<pubsub xmlns='{ns.PUBSUB_OWNER}'><subscriptions node='{MICROBLOG}'>{told}</subscriptions></pubsub>"
    )
    stream = FakeStream(lambda *_: owner)
    assert await nodes.followers(stream, MICROBLOG) == ("juliet@capulet.example",)


@pytest.mark.parametrize("public", [True, False])
async def test_a_list_that_others_could_read_is_not_written(public: bool) -> None:
    field = "<field var='pubsub#access_model'><value>open</value></field>"
    form = f"<configure><x xmlns='jabber:x:data' type='form'>{field}</x></configure>"

    def said(kind: str, payload: ET.Element, to: str) -> str:
        if payload.find(f"{PUBSUB}items") is not None:
            return answer("")
        assert payload.find(f"{PUBSUB}publish") is None
        return f"<pubsub xmlns='{ns.PUBSUB_OWNER}'>{form}</pubsub>" if kind == "get" else ""

    with pytest.raises(XmppError, match="not-acceptable"):
        await following.put(FakeStream(said), Followed(SERVICE, "cats"), public=public)


def test_the_id_of_a_line_is_movims() -> None:
    assert following.item_id("bob@example.net", "pubsub.example.org", "cats") == (
        "0dda30bf72f2b7e1f576a60699eb1d099c2532a9"
    )


async def test_what_we_follow_by_a_services_word() -> None:
    inside = (
        "<subscription node='cats' subscription='subscribed'/><subscription node='d' subscription='pending'/>"
    )
    stream = FakeStream(
        lambda *_: f"<pubsub xmlns='{ns.PUBSUB}'><subscriptions>{inside}</subscriptions></pubsub>"
    )
    assert await following.subscriptions(stream, SERVICE) == (Ref(SERVICE, "cats"),)


# ---- what arrives


def notice(inside: str, sender: str = f"from='{JULIET}'", more: str = "") -> str:
    """News of a node."""
    return (
        f"<message {sender} type='headline'><event xmlns='{ns.PUBSUB_EVENT}'>{inside}</event>{more}</message>"
    )


def items(inside: str, node: str = MICROBLOG) -> str:
    """Items of a node."""
    return f"<items node='{node}'>{inside}</items>"


def test_a_post_arrives() -> None:
    event = read(notice(items(item("one", "Hello", publisher=f"{JULIET}/x"))))
    assert isinstance(event, PostReceived)
    assert (event.service, event.node, event.live) == (JULIET, MICROBLOG, True)
    assert (event.post.item, event.post.publisher) == ("one", JULIET)
    assert event.post.entry is not None
    assert event.post.entry.title == "Hello"


def test_what_waited_is_not_live() -> None:
    event = read(
        notice(items(item("one")), more="<delay xmlns='urn:xmpp:delay' stamp='2026-02-01T10:00:00Z'/>")
    )
    assert isinstance(event, PostReceived)
    assert not event.live


def test_several_items_are_several_events() -> None:
    stanza = xml(
        notice(items(item("one") + item("two") + "<retract id='three'/>", "cats"), f"from='{SERVICE}'")
    )
    found = parse.events(stanza, context())
    assert [type(event) for event in found] == [PostReceived, PostReceived, PostsRetracted]
    assert found[-1] == PostsRetracted(SERVICE, "cats", ("three",))


def test_without_a_sender_it_is_our_own_account() -> None:
    event = read(notice(items(item("one")), ""))
    assert isinstance(event, PostReceived)
    assert event.service == ROMEO


@pytest.mark.parametrize("sender", [f"from='{JULIET}/phone'", "from='@'", f"from='{SERVICE}/x'"])
def test_a08_only_bare_addresses_speak_of_their_nodes(sender: str) -> None:
    judge = context()
    assert read(notice(items(item("one")), sender), judge) is None
    assert judge.dropped["pubsub"] == 1


@pytest.mark.parametrize("kind", ["groupchat", "error"])
def test_rooms_and_errors_bring_no_posts(kind: str) -> None:
    assert read(notice(items(item("one"))).replace("headline", kind)) is None


def test_what_has_to_be_fetched() -> None:
    assert read(notice(items("<item id='one'/>"))) == PostAnnounced(JULIET, MICROBLOG, "one")
    assert read(notice(items("<item id='one'/>", "cats"), f"from='{SERVICE}'")) == PostAnnounced(
        SERVICE, "cats", "one"
    )
    assert read(notice(items("<item id='one'/>", "urn:whatever"))) is None


@pytest.mark.parametrize(
    "inside",
    [
        items(item("test_post")),
        items(item("one"), "test_node"),
        items(
            "<item id='urn:xmpp:avatar:metadata'><metadata xmlns='urn:xmpp:avatar:metadata'/></item>", "cats"
        ),
        items("<item id='urn:xmpp:avatar:metadata'/>", "cats"),
        items(f"<item id='0'><feed xmlns='{ns.ATOM}'><title>F</title></feed></item>"),
        items(f"<item id='{'i' * 501}'/>"),
        items(item("one"), "n" * 501),
        items(item("one"), ""),
        items(item("one"), "urn:xmpp:pubsub-social-feed:stories:0"),
        items(""),
        "",
    ],
)
def test_what_is_no_news(inside: str) -> None:
    assert read(notice(inside)) is None


@pytest.mark.parametrize(
    ("tag", "what"), [("delete", "deleted"), ("purge", "purged"), ("configuration", "configured")]
)
def test_nodes_change(tag: str, what: str) -> None:
    assert read(notice(f"<{tag} node='cats'/>", f"from='{SERVICE}'")) == NodeChanged(SERVICE, "cats", what)  # type: ignore[arg-type]


def test_news_of_our_own_lists() -> None:
    event = read(notice(items(f"<item id='1'>{line()}</item>", following.PRIVATE), f"from='{ROMEO}'"))
    assert isinstance(event, FollowedReceived)
    assert (event.public, [each.node for each in event.followed]) == (False, ["cats"])
    gone = read(notice(items("<retract id='1'/>", following.PUBLIC), f"from='{ROMEO}'"))
    assert gone == FollowedReceived(True, (), ("1",))


@pytest.mark.parametrize("sender", [f"from='{JULIET}'", f"from='{SERVICE}'", f"from='{ROMEO}/x'", ""])
def test_a08_lists_of_others_are_not_ours(sender: str) -> None:
    assert read(notice(items(f"<item id='1'>{line()}</item>", following.PUBLIC), sender)) is None
