"""This room proves that carbons and archive results are believed only from our own account.

XEP-0280 §11, XEP-0297, XEP-0313 §4.
"""

from datetime import UTC, datetime

import pytest

from tests.xmpp.cast import FULL, JULIET, ROMEO, context, load, read, xml
from webchat.xmpp.context import Query
from webchat.xmpp.events import DisplayedReceived, MessageFailed, MessageReceived, ReceiptReceived
from webchat.xmpp.forward import SLACK
from webchat.xmpp.parse import event

FORGED = (
    f"<message xmlns='jabber:client' from='{JULIET}/p' to='{ROMEO}' type='chat'><body>FORGED</body></message>"
)
SENT = (
    f"<message xmlns='jabber:client' from='{ROMEO}/p' to='{JULIET}' type='chat'><body>FORGED</body></message>"
)
WRONG = [
    "from='mercutio@verona.example/x'",
    "from='montague.example'",
    f"from='{ROMEO}/other'",
    f"from='{FULL}'",
    f"from='feast@rooms.montague.example/{ROMEO}'",
    "from='ROMEO@MONTAGUE.EXAMPLE'",
    f"from='{ROMEO}.verona.example'",
    "from=''",
    "",
]


def wrapped(name: str, inner: str = FORGED) -> str:
    forwarded = f"<forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded>"
    return f"<{name} xmlns='urn:xmpp:carbons:2'>{forwarded}</{name}>"


def archived(inner: str, *, queryid: str = "q1", id: str = "a1", stamp: str = "2024-05-01T10:00:00Z") -> str:
    return (
        f"<result xmlns='urn:xmpp:mam:2' queryid='{queryid}' id='{id}'><forwarded xmlns='urn:xmpp:forward:0'>"
        f"<delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>{inner}</forwarded></result>"
    )


# ---- carbons


def test_carbons_of_other_clients() -> None:
    sent = event(load("gajim-carbon-sent"), context())
    assert sent == MessageReceived(
        conversation=JULIET,
        sender=f"{ROMEO}/gajim.ABCDEF",
        mine=True,
        body="By a name I know not how to tell thee who I am",
        id="s1",
        origin_id="s1",
        stanza_id="archive-7",
        carbon=True,
        receipt_requested=True,
    )
    received = event(load("dino-carbon-received"), context())
    assert isinstance(received, MessageReceived)
    assert (received.conversation, received.mine, received.carbon) == (JULIET, False, True)
    assert received.stanza_id == "archive-8"


@pytest.mark.parametrize("sender", WRONG)
@pytest.mark.parametrize("inside", [wrapped("received"), wrapped("sent"), wrapped("sent", SENT)])
def test_A01_carbons_from_anybody_else_are_dropped(sender: str, inside: str) -> None:
    judge = context()
    assert read(f"<message {sender} to='{ROMEO}/web' type='chat'>{inside}</message>", judge) is None
    assert judge.dropped == {"carbon": 1}


def test_A01_carbons_from_our_own_account_are_read() -> None:
    assert isinstance(read(f"<message from='{ROMEO}'>{wrapped('received')}</message>"), MessageReceived)


def test_A01_our_own_address_as_our_server_spells_it() -> None:
    judge = context()
    judge.full = "Romeo@montague.example/web"
    carbon = xml(f"<message from='Romeo@montague.example'>{wrapped('received')}</message>")
    assert isinstance(event(carbon, judge), MessageReceived)


def test_A01_a_sent_carbon_must_be_sent_by_us() -> None:
    judge = context()
    assert read(f"<message from='{ROMEO}'>{wrapped('sent', FORGED)}</message>", judge) is None
    assert judge.dropped == {"carbon": 1}


def test_A02_carbons_and_rooms_do_not_mix() -> None:
    room = (
        f"<message type='groupchat' from='feast@rooms.capulet.example/tybalt'>{wrapped('received')}</message>"
    )
    assert read(room) is None
    assert read(f"<message type='groupchat' from='{ROMEO}'>{wrapped('received')}</message>") is None
    groupchat = FORGED.replace("type='chat'", "type='groupchat'")
    assert read(f"<message from='{ROMEO}'>{wrapped('received', groupchat)}</message>") is None


@pytest.mark.parametrize(
    "inside",
    [
        wrapped("received", f"<message xmlns='jabber:client' from='{ROMEO}'>{wrapped('received')}</message>"),
        wrapped("received", f"<message xmlns='jabber:client' from='{ROMEO}'>{archived(FORGED)}</message>"),
        wrapped("received") + wrapped("received"),
        wrapped("received") + wrapped("sent", SENT),
        wrapped("received", FORGED.replace(f"from='{JULIET}/p' ", "")),
        wrapped("received", FORGED.replace(f"from='{JULIET}/p' ", "from='' ")),
        wrapped("sent", SENT.replace(f"from='{ROMEO}/p' ", "from='@@' ")),
        wrapped("received", FORGED + FORGED),
        wrapped("received", ""),
        "<received xmlns='urn:xmpp:carbons:2'/>",
        f"<received xmlns='urn:xmpp:carbons:2'>{FORGED}</received>",
        wrapped("received", FORGED.replace("jabber:client", "jabber:server")),
    ],
)
def test_A03_nested_doubled_and_broken_carbons_are_dropped(inside: str) -> None:
    judge = context()
    judge.queries["q1"] = Query("q1")
    assert read(f"<message from='{ROMEO}'>{inside}</message>", judge) is None
    assert judge.dropped.total() == 1
    assert judge.queries["q1"].results == []


def test_A16_marker_of_another_client_counts_for_its_own_conversation() -> None:
    marker = (
        f"<message xmlns='jabber:client' from='{ROMEO}/p' to='mercutio@verona.example' type='chat'>"
        "<displayed xmlns='urn:xmpp:chat-markers:0' id='id-of-juliet'/></message>"
    )
    seen = read(f"<message from='{ROMEO}'>{wrapped('sent', marker)}</message>")
    assert seen == DisplayedReceived("mercutio@verona.example", f"{ROMEO}/p", mine=True, id="id-of-juliet")


def test_note_to_oneself_as_a_carbon() -> None:
    note = f"<message xmlns='jabber:client' from='{ROMEO}/p' to='{ROMEO}'><body>milk</body></message>"
    for name in ("sent", "received"):
        seen = read(f"<message from='{ROMEO}'>{wrapped(name, note)}</message>")
        assert isinstance(seen, MessageReceived)
        assert (seen.conversation, seen.mine) == (ROMEO, True)


# ---- the archive


def test_results_of_two_servers() -> None:
    judge = context()
    query = judge.queries["q1"] = Query("q1")
    assert event(load("prosody-result"), judge) is None
    assert event(load("ejabberd-result"), judge) is None
    (first_id, first_stamp, first), (second_id, second_stamp, second) = query.results
    assert (first_id, first_stamp) == ("archive-9", datetime(2024, 5, 1, 10, tzinfo=UTC))
    assert first == MessageReceived(
        conversation=JULIET,
        sender=f"{JULIET}/balcony",
        mine=False,
        body="O gentle Romeo",
        id="h1",
        origin_id="h1",
        stanza_id="archive-9",
        stamp=first_stamp,
        archived=True,
    )
    assert (second_id, second_stamp.microsecond) == ("1714557600123456", 123456)
    assert isinstance(second, MessageReceived)
    assert (second.conversation, second.mine, second.archived) == (JULIET, True, True)


def test_the_archives_id_counts_even_where_ids_in_stanzas_do_not() -> None:
    judge = context(sid_trusted=False)
    query = judge.queries["q1"] = Query("q1")
    event(load("ejabberd-result"), judge)
    received = query.results[0][2]
    assert isinstance(received, MessageReceived)
    assert received.stanza_id == "1714557600123456"


@pytest.mark.parametrize("sender", [wrong for wrong in WRONG if wrong])
def test_A05_results_from_anybody_else_are_dropped(sender: str) -> None:
    judge = context()
    query = judge.queries["q1"] = Query("q1")
    assert read(f"<message {sender}>{archived(FORGED)}</message>", judge) is None
    assert query.results == []
    assert judge.dropped == {"archive": 1}


@pytest.mark.parametrize("sender", ["", f"from='{ROMEO}'"])
@pytest.mark.parametrize("queryid", ["unknown", "finished", ""])
def test_A05_results_of_no_open_question_are_dropped(sender: str, queryid: str) -> None:
    judge = context()
    judge.queries["q1"] = Query("q1")
    assert read(f"<message {sender}>{archived(FORGED, queryid=queryid)}</message>", judge) is None
    assert judge.queries["q1"].results == []
    assert judge.dropped == {"archive": 1}


@pytest.mark.parametrize("sender", ["", f"from='{ROMEO}'"])
def test_A05_results_of_our_own_archive_are_kept(sender: str) -> None:
    judge = context()
    query = judge.queries["q1"] = Query("q1")
    read(f"<message {sender}>{archived(FORGED)}</message>", judge)
    assert len(query.results) == 1


@pytest.mark.parametrize(
    "inner",
    [
        "",
        FORGED + FORGED,
        FORGED.replace(f"from='{JULIET}/p' ", ""),
        FORGED.replace(f"to='{ROMEO}'", "to='mercutio@verona.example'"),
        FORGED.replace(f"to='{ROMEO}'", "to='@'"),
        FORGED.replace("type='chat'", "type='groupchat'"),
        f"<message xmlns='jabber:client' from='{ROMEO}'>{wrapped('received')}</message>",
    ],
)
def test_A03_strange_results_keep_their_place_and_say_nothing(inner: str) -> None:
    judge = context()
    query = judge.queries["q1"] = Query("q1")
    read(f"<message from='{ROMEO}'>{archived(inner)}</message>", judge)
    assert [(id, seen) for id, _, seen in query.results] == [("a1", None)]
    assert judge.dropped.total() == 1


@pytest.mark.parametrize("id", ["", "x" * 300])
def test_results_without_a_usable_id_are_dropped(id: str) -> None:
    judge = context()
    query = judge.queries["q1"] = Query("q1")
    read(f"<message from='{ROMEO}'>{archived(FORGED, id=id)}</message>", judge)
    assert query.results == []


def test_a_server_that_does_not_stop_is_not_listened_to() -> None:
    judge = context()
    query = judge.queries["q1"] = Query("q1", limit=2)
    for number in range(2 * SLACK + 3):
        read(f"<message from='{ROMEO}'>{archived(FORGED, id=f'a{number}')}</message>", judge)
    assert len(query.results) == 2 * SLACK
    assert judge.dropped == {"archive": 3}


def test_results_of_another_conversation_than_asked_for_say_nothing() -> None:
    judge = context()
    query = judge.queries["q1"] = Query("q1", with_jid="mercutio@verona.example")
    read(f"<message from='{ROMEO}'>{archived(FORGED)}</message>", judge)
    assert query.results[0][2] is None


def test_what_else_an_archive_keeps() -> None:
    judge = context()
    query = judge.queries["q1"] = Query("q1")
    inner = f"<message xmlns='jabber:client' from='{JULIET}/p' to='{ROMEO}' %s>%s</message>"
    for attributes, inside in (
        ("type='chat'", "<received xmlns='urn:xmpp:receipts' id='m1'/>"),
        ("type='chat'", "<displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>"),
        ("type='error' id='m1'", "<error type='cancel'/>"),
        ("type='chat'", "<composing xmlns='http://jabber.org/protocol/chatstates'/>"),
    ):
        read(f"<message from='{ROMEO}'>{archived(inner % (attributes, inside))}</message>", judge)
    assert [seen for _, _, seen in query.results] == [
        ReceiptReceived(JULIET, f"{JULIET}/p", mine=False, id="m1", archived=True),
        DisplayedReceived(JULIET, f"{JULIET}/p", mine=False, id="m1", archived=True),
        MessageFailed(JULIET, "m1", "undefined-condition", archived=True),
        None,
    ]


def test_D09_senseless_times_keep_the_order() -> None:
    judge = context()
    query = judge.queries["q1"] = Query("q1")
    started = datetime.now(UTC)
    for stamp in ("9999-99-99", "2024-05-01T10:00:00Z", "tomorrow", ""):
        read(f"<message from='{ROMEO}'>{archived(FORGED, stamp=stamp)}</message>", judge)
    stamps = [stamp for _, stamp, _ in query.results]
    assert started <= stamps[0] <= datetime.now(UTC)
    assert stamps[1:] == [datetime(2024, 5, 1, 10, tzinfo=UTC)] * 3
