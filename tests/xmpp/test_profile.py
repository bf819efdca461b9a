"""This room proves what is read of profiles and servers.

XEP-0292 (vCard4), XEP-0054 (vcard-temp), XEP-0012 (last activity), XEP-0157 (abuse addresses).
"""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from tests.xmpp.cast import JULIET, FakeStream, failing, xml
from webchat.errors import XmppError
from webchat.xmpp import disco, last_seen, profile
from webchat.xmpp.profile import LONGEST, LONGEST_NOTE, MOST, Profile

MOVIM = (
    "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Juliet Capulet</text></fn>"
    "<nickname><text>Jule</text></nickname><pronouns><text>she/her</text></pronouns>"
    "<bday><date>1595-08-01</date></bday><url><uri>https://capulet.example</uri></url>"
    "<email><text>juliet@mail.example</text></email><note><text>Ay me!</text></note>"
    "<adr><locality>Verona</locality><country>Italy</country></adr><impp><uri>xmpp:x@y</uri></impp>"
    "<tel><uri>tel:+391</uri></tel><x-unknown><text>?</text></x-unknown></vcard>"
)
OLDER = (
    "<vCard xmlns='vcard-temp'><FN>J. Capulet</FN><NICKNAME>J</NICKNAME><URL>http://old.example</URL>"
    "<ORG><ORGNAME>House of Capulet</ORGNAME></ORG><TITLE>Daughter</TITLE>"
    "<TEL><HOME/><NUMBER>+392</NUMBER></TEL><EMAIL><USERID>j@old.example</USERID></EMAIL>"
    "<ADR><LOCALITY>Mantua</LOCALITY><CTRY>IT</CTRY></ADR><DESC>Old words</DESC>%s</vCard>"
)


def in_node(vcard: str) -> str:
    return (
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:vcard4'>"
        f"<item id='current'>{vcard}</item></items></pubsub>"
    )


async def test_a_profile_of_movim() -> None:
    stream = FakeStream(lambda *_: in_node(MOVIM))
    assert await profile.fetch(stream, JULIET) == Profile(
        name="Juliet Capulet",
        nickname="Jule",
        pronouns="she/her",
        birthday="1595-08-01",
        locality="Verona",
        country="Italy",
        note="Ay me!",
        sites=("https://capulet.example",),
        mails=("juliet@mail.example",),
        phones=("tel:+391",),
    )
    assert stream.asked[0][2] == JULIET
    assert await profile.fetch(FakeStream(lambda *_: ""), JULIET) == Profile()
    with pytest.raises(XmppError, match="forbidden"):
        await profile.fetch(FakeStream(lambda *_: failing("forbidden")), JULIET)


async def test_the_older_card_fills_in_what_the_newer_leaves_open() -> None:
    packed = base64.b64encode(b"picture").decode()
    older, photo = await profile.fetch_older(
        FakeStream(lambda *_: OLDER % f"<PHOTO><BINVAL>{packed}</BINVAL></PHOTO>"), JULIET
    )
    assert photo == b"picture"
    merged = profile.read_vcard4(xml(MOVIM)).merged(older)
    assert (merged.name, merged.title, merged.organisation) == (
        "Juliet Capulet",
        "Daughter",
        "House of Capulet",
    )
    assert (merged.sites, merged.locality) == (("https://capulet.example",), "Verona")


@pytest.mark.parametrize("photo", ["", "<PHOTO/>", "<PHOTO><BINVAL>%%%</BINVAL></PHOTO>"])
async def test_a_card_without_a_picture(photo: str) -> None:
    assert (await profile.fetch_older(FakeStream(lambda *_: OLDER.replace("%s", photo)), JULIET))[1] == b""


def test_bounds() -> None:
    many = "".join(f"<url><uri>https://{n}.example</uri></url>" for n in range(50))
    long = f"<fn><text>{'a' * 9000}</text></fn><note><text>{'b' * 90_000}</text></note>{many}"
    found = profile.read_vcard4(xml(f"<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'>{long}</vcard>"))
    assert (len(found.name), len(found.note), len(found.sites)) == (LONGEST, LONGEST_NOTE, MOST)


@pytest.mark.parametrize(
    ("seconds", "known"),
    [("60", True), ("0", True), ("-1", False), ("x", False), ("9" * 30, False), ("9" * 10, False)],
)
async def test_last_seen(seconds: str, known: bool) -> None:
    stream = FakeStream(lambda *_: f"<query xmlns='jabber:iq:last' seconds='{seconds}'/>")
    moment = await last_seen.ask(stream, JULIET)
    assert (moment is not None) is known
    if moment is not None:
        assert abs(datetime.now(UTC) - timedelta(seconds=int(seconds)) - moment) < timedelta(seconds=5)


async def test_where_a_server_takes_complaints() -> None:
    form = (
        "<query xmlns='http://jabber.org/protocol/disco#info'><x xmlns='jabber:x:data' type='result'>"
        "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/network/serverinfo</value></field>"
        "<field var='abuse-addresses'>"
        "<value>mailto:abuse@b.example</value><value>xmpp:a@b.example</value></field>"
        "<field var='sales-addresses'><value>mailto:sales@b.example</value></field></x>"
        "<x xmlns='jabber:x:data'><field var='abuse-addresses'><value>mailto:no@b.example</value></field></x>"
        "</query>"
    )
    stream = FakeStream(lambda *_: form)
    assert await disco.abuse_addresses(stream, "b.example") == ("mailto:abuse@b.example", "xmpp:a@b.example")
    assert await disco.abuse_addresses(FakeStream(lambda *_: ""), "b.example") == ()
