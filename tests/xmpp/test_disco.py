"""This room proves what we announce and what we read of others' announcements (XEP-0030, XEP-0115)."""

import base64
import hashlib

import pytest

from tests.xmpp.cast import JULIET, FakeStream, failing
from webchat.errors import XmppError
from webchat.xmpp import disco
from webchat.xmpp import namespaces as ns


def test_verification_string() -> None:
    # XEP-0115 §5.1, written out.
    features = sorted(["urn:xmpp:receipts", *ns.OURS])
    text = "client/web//Webchat<" + "<".join(features) + "<"
    expected = base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()
    assert disco.verification(("urn:xmpp:receipts",)) == expected
    assert disco.verification(("urn:xmpp:receipts", "urn:xmpp:ping", "urn:xmpp:receipts")) == expected


def test_what_is_announced_is_what_is_answered() -> None:
    features = ("urn:xmpp:receipts", "http://jabber.org/protocol/chatstates")
    assert sorted(disco.read(disco.our_info(features)).features) == disco.announced(features)


async def test_info_of_another() -> None:
    stream = FakeStream(
        lambda kind, payload, to: (
            "<query xmlns='http://jabber.org/protocol/disco#info'>"
            "<identity category='server' type='im' name='Prosody'/><identity/>"
            "<feature var='urn:xmpp:sid:0'/><feature/><feature var='urn:xmpp:sid:0'/></query>"
        )
    )
    known = await disco.info(stream, JULIET)
    assert known.identities == (("server", "im", "Prosody"), ("", "", ""))
    assert known.features == {"urn:xmpp:sid:0"}
    kind, payload, to = stream.asked[0]
    assert (kind, payload.tag, to) == ("get", disco.INFO_QUERY, JULIET)


async def test_endless_answers_are_cut() -> None:
    many = "".join(f"<feature var='f{n}'/>" for n in range(disco.MOST + 10))
    stream = FakeStream(
        lambda kind, payload, to: f"<query xmlns='http://jabber.org/protocol/disco#info'>{many}</query>"
    )
    assert len((await disco.info(stream, JULIET)).features) == disco.MOST


async def test_no_answer_is_nothing_or_an_error() -> None:
    assert await disco.info(FakeStream(lambda *_: ""), JULIET) == disco.Info()
    with pytest.raises(XmppError, match="service-unavailable"):
        await disco.info(FakeStream(lambda *_: failing("service-unavailable")), JULIET)
