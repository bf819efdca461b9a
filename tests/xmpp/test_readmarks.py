"""This room proves that read marks come from us alone and go to nobody else.

XEP-0490 on XEP-0163, XEP-0060 and XEP-0223.
"""

from xml.etree import ElementTree as ET

import pytest

from tests.xmpp.cast import JULIET, MERCUTIO, ROMEO, FakeStream, context, failing, load, read
from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import forms, readmarks
from webchat.xmpp.events import ReadMarksReceived
from webchat.xmpp.parse import event

PUBSUB = "{http://jabber.org/protocol/pubsub}"
OWNER = "{http://jabber.org/protocol/pubsub#owner}"
OPTIONS = "http://jabber.org/protocol/pubsub#publish-options"


def item(jid: str, id: str, by: str = ROMEO) -> str:
    return (
        f"<item id='{jid}'><displayed xmlns='urn:xmpp:mds:displayed:0'>"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='{id}'/></displayed></item>"
    )


def notice(sender: str, inside: str, node: str = "urn:xmpp:mds:displayed:0", type: str = "headline") -> str:
    return (
        f"<message {sender} type='{type}'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
        f"<items node='{node}'>{inside}</items></event><body>not shown</body></message>"
    )


# ---- hearing


def test_event_of_prosody() -> None:
    assert event(load("prosody-mds-event"), context()) == ReadMarksReceived(((JULIET, "archive-5"),))


@pytest.mark.parametrize(
    "sender",
    ["from='mercutio@verona.example'", "from='montague.example'", f"from='{ROMEO}/other'", "from=''", ""],
)
@pytest.mark.parametrize("inside", [item(JULIET, "a1"), f"<retract id='{JULIET}'/>"])
def test_A08_marks_of_anybody_else_are_dropped(sender: str, inside: str) -> None:
    judge = context()
    assert read(notice(sender, inside), judge) is None
    assert judge.dropped == {"pubsub": 1}


@pytest.mark.parametrize(
    "node",
    [
        "storage:bookmarks",
        "eu.siacs.conversations.axolotl.devicelist",
        "urn:xmpp:omemo:2:devices",
    ],
)
@pytest.mark.parametrize("sender", ["from='mercutio@verona.example'", f"from='{ROMEO}'"])
def test_A08_other_nodes_change_nothing(node: str, sender: str) -> None:
    conference = (
        "<item id='trap@muc.verona.example'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'/></item>"
    )
    assert read(notice(sender, conference, node)) is None


@pytest.mark.parametrize(
    "inside",
    ["<purge node='urn:xmpp:mds:displayed:0'/>", "<delete node='urn:xmpp:mds:displayed:0'/>", "<items/>", ""],
)
def test_A08_purges_and_deletions_change_nothing(inside: str) -> None:
    assert (
        read(
            f"<message from='{ROMEO}' type='headline'>"
            f"<event xmlns='http://jabber.org/protocol/pubsub#event'>{inside}</event></message>"
        )
        is None
    )


@pytest.mark.parametrize("type", ["groupchat", "error"])
def test_A08_events_of_the_wrong_kind_are_dropped(type: str) -> None:
    assert read(notice(f"from='{ROMEO}'", item(JULIET, "a1"), type=type)) is None


@pytest.mark.parametrize(
    "inside",
    [
        item(JULIET, "a1", by="capulet.example"),
        item(JULIET, "a1", by=""),
        item("feast@rooms.capulet.example", "r1", by="garden@rooms.capulet.example"),
        item(f"{JULIET}/balcony", "a1"),
        item("@", "a1"),
        item(JULIET, ""),
        item(JULIET, "x" * 300),
        f"<item id='{JULIET}'/>",
        f"<retract id='{JULIET}'/>",
    ],
)
def test_marks_that_point_nowhere(inside: str) -> None:
    assert read(notice(f"from='{ROMEO}'", inside)) is None


# ---- asking


async def test_fetch() -> None:
    inside = item("Juliet@capulet.example", "a1") + item("@", "a2") + item(MERCUTIO, "a3")
    stream = FakeStream(
        lambda *_: (
            f"<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='x'>{inside}</items></pubsub>"
        )
    )
    assert await readmarks.fetch(stream) == ReadMarksReceived(((JULIET, "a1"), (MERCUTIO, "a3")))
    kind, payload, to = stream.asked[0]
    assert (kind, to) == ("get", "")
    assert payload[0].attrib == {"node": "urn:xmpp:mds:displayed:0"}


async def test_nothing_was_ever_marked() -> None:
    assert await readmarks.fetch(FakeStream(lambda *_: failing("item-not-found"))) == ReadMarksReceived()
    assert await readmarks.fetch(FakeStream(lambda *_: "")) == ReadMarksReceived()


async def test_other_failures_are_told() -> None:
    with pytest.raises(XmppError, match="service-unavailable"):
        await readmarks.fetch(FakeStream(lambda *_: failing("service-unavailable")))


# ---- telling


class Server:
    """A server's own nodes: which publish options and configuration it knows, and what was published how."""

    def __init__(
        self,
        *,
        announces: bool = True,
        options: set[str] | None = None,
        config: set[str] | None = None,
        honest: bool = True,
        max_word: bool = True,
    ) -> None:
        self.announces = announces
        self.options = options
        self.config = config
        self.honest = honest
        self.max_word = max_word
        self.model: str | None = None
        self.published: list[tuple[str, str | None]] = []

    def __call__(self, kind: str, payload: ET.Element, to: str) -> str:
        if payload.tag.endswith("#info}query"):
            feature = f"<feature var='{OPTIONS}'/>" if self.announces else ""
            return f"<query xmlns='http://jabber.org/protocol/disco#info'>{feature}</query>"
        if payload.tag == f"{OWNER}pubsub":
            return self._owner(kind, payload)
        if payload.find(f"{PUBSUB}create") is not None:
            return self._create(forms.values(payload.find(f"{PUBSUB}configure")))
        return self._publish(payload)

    def _owner(self, kind: str, payload: ET.Element) -> str:
        if self.model is None:
            return failing("item-not-found")
        if kind == "set":
            return self._set(forms.values(payload[0]))
        return (
            "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure>"
            "<x xmlns='jabber:x:data' type='form'>"
            f"<field var='pubsub#access_model'><value>{self.model}</value></field></x></configure></pubsub>"
        )

    def _set(self, wanted: dict[str, str]) -> str:
        wanted.pop("FORM_TYPE")
        if self.config is not None and not set(wanted) <= self.config:
            return failing("not-acceptable")
        if not self.max_word and wanted.get("pubsub#max_items") == "max":
            return failing("not-acceptable")
        self.model = wanted["pubsub#access_model"] if self.honest else "presence"
        return ""

    def _create(self, wanted: dict[str, str]) -> str:
        if self.model is not None:
            return failing("conflict")
        self.model = "presence"
        refusal = self._set(wanted)
        if refusal:
            self.model = None
        return refusal

    def _publish(self, payload: ET.Element) -> str:
        wanted = forms.values(payload.find(f"{PUBSUB}publish-options"))
        wanted.pop("FORM_TYPE", None)
        if wanted and self.options is not None:
            if not set(wanted) <= self.options:
                return failing("resource-constraint")
            if self.model not in (None, wanted["pubsub#access_model"]):
                return failing("conflict")
            self.model = wanted["pubsub#access_model"]
        elif self.model is None:
            self.model = "presence"
        entry = payload.find(f"{PUBSUB}publish/{PUBSUB}item")
        assert entry is not None
        self.published.append((entry.get("id", ""), self.model))
        return ""


EVERY = {"pubsub#persist_items", "pubsub#max_items", "pubsub#send_last_published_item", "pubsub#access_model"}
FEW = {"pubsub#persist_items", "pubsub#access_model"}


async def publish(server: Server, times: int = 1) -> list[str]:
    """Kinds of requests made by the last of `times` publications."""
    stream = FakeStream(server)
    for _ in range(times):
        stream.asked.clear()
        await readmarks.publish(stream, JULIET, "a1", ROMEO)
    return [payload[0].tag.rpartition("}")[2] if len(payload) else "info" for _, payload, _ in stream.asked]


async def test_publish_where_options_are_known() -> None:
    server = Server(options=EVERY)
    stream = FakeStream(server)
    await readmarks.publish(stream, JULIET, "a1", ROMEO)
    assert server.published == [(JULIET, "whitelist")]
    kind, payload, to = stream.asked[-1]
    assert (kind, to) == ("set", "")
    assert forms.values(payload.find(f"{PUBSUB}publish-options")) == {
        "FORM_TYPE": OPTIONS,
        "pubsub#persist_items": "true",
        "pubsub#max_items": "max",
        "pubsub#send_last_published_item": "never",
        "pubsub#access_model": "whitelist",
    }
    mark = payload.find(
        f"{PUBSUB}publish/{PUBSUB}item/{{urn:xmpp:mds:displayed:0}}displayed/{{urn:xmpp:sid:0}}stanza-id"
    )
    assert mark is not None
    assert mark.attrib == {"by": ROMEO, "id": "a1"}


async def test_second_publication_is_one_request() -> None:
    assert await publish(Server(options=EVERY), times=2) == ["publish"]
    assert await publish(Server(options=FEW, config=EVERY), times=2) == ["publish"]


async def test_node_with_other_settings_is_set_right_first() -> None:
    server = Server(options=EVERY)
    server.model = "presence"
    assert await publish(server) == ["info", "publish", "configure", "configure", "configure", "publish"]
    assert server.published == [(JULIET, "whitelist")]


@pytest.mark.parametrize("max_word", [True, False])
async def test_server_that_knows_few_options_gets_its_node_made_first(max_word: bool) -> None:
    server = Server(options=FEW, config=EVERY, max_word=max_word)
    asked = await publish(server)
    assert asked[:4] == ["info", "publish", "configure", "create"]
    assert server.published == [(JULIET, "whitelist")]


async def test_server_that_knows_few_settings() -> None:
    server = Server(options=FEW, config=FEW)
    await publish(server)
    assert server.published == [(JULIET, "whitelist")]


async def test_server_that_announces_options_and_accepts_none() -> None:
    server = Server(options=set())
    assert (await publish(server))[-2:] == ["configure", "publish"]
    assert server.published == [(JULIET, "whitelist")]


async def test_A29_server_without_publish_options_gets_a_node_that_reads_back_private() -> None:
    server = Server(announces=False)
    asked = await publish(server, times=2)
    assert server.published == [(JULIET, "whitelist")] * 2
    assert asked == ["configure", "publish"]


async def test_A29_nothing_is_published_where_the_node_cannot_be_private() -> None:
    for server in (Server(announces=False, honest=False), Server(options=set(), honest=False)):
        with pytest.raises(XmppError, match="not-acceptable"):
            await publish(server)
        assert server.published == []


async def test_A29_open_node_that_cannot_be_closed() -> None:
    server = Server(announces=False, config=set())
    server.model = "open"
    with pytest.raises(XmppError, match="not-acceptable"):
        await publish(server)
    assert server.published == []


@pytest.mark.parametrize("failure", [TimedOut, Offline])
@pytest.mark.parametrize("silent", ["info", "publish", "configure", "create"])
async def test_silence_is_never_taken_for_an_answer(failure: type[XmppError], silent: str) -> None:
    server = Server(options=set(), announces=silent != "configure")

    def answer(kind: str, payload: ET.Element, to: str) -> str:
        if (payload[0].tag.rpartition("}")[2] if len(payload) else "info") == silent:
            raise failure
        return server(kind, payload, to)

    with pytest.raises(failure):
        await readmarks.publish(FakeStream(answer), JULIET, "a1", ROMEO)
    assert server.published == []
