"""This room signs in at servers that claim to be proved, or to know who we are (L08-L10, L13, L14)."""

import asyncio
import base64
import time
from collections.abc import Callable

import pytest

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import at, leaked, login
from tests.hostile.server import BIND_NS, HANGUP, SASL_NS, SILENCE, HostileServer, Script
from webchat.xmpp import client as client_room
from webchat.xmpp.resolve import Target

# ---- L08: whom the server says we are


@pytest.mark.parametrize(
    "bound",
    [
        "juliet@montague.test/web",
        "romeo@capulet.test/web",
        "montague.test",
        "montague.test/web",
        "romeo@montague.test.capulet.test/web",
        "romeo@montague.test@capulet.test/web",
        "romeo\\40montague.test@capulet.test/web",
        "rom\u0435o@montague.test/web",
        "",
        " ",
        "@",
        "/",
        "romeo@",
        "x" * 8192,
        "romeo@montague.test/" + "x" * 8192,
    ],
)
async def test_l08_a_session_of_somebody_else_is_refused(lab: Lab, bound: str) -> None:
    async with HostileServer(lab, Script(bound=bound)) as server, login(lab, server) as romeo:
        assert await romeo.refused() in ("wrong-address", "cannot-connect")
        assert all(event.__class__.__name__ == "ConnectionStateChanged" for event in romeo.events)


@pytest.mark.parametrize("bound", ["romeo@montague.test/other", "ROMEO@Montague.test/web"])
async def test_l08_our_own_address_is_taken_in_any_spelling(lab: Lab, bound: str) -> None:
    async with HostileServer(lab, Script(bound=bound)) as server, login(lab, server) as romeo:
        await romeo.client.open()
        assert romeo.client.full_jid.startswith("romeo@montague.test/")
        await server.session()


@pytest.mark.parametrize(
    "answer",
    [
        "<iq type='error' id='{id}'><error type='cancel'>"
        "<not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        "<iq type='result' id='{id}'/>",
        f"<iq type='result' id='{{id}}'><bind xmlns='{BIND_NS}'/></iq>",
        f"<iq type='result' id='{{id}}'><bind xmlns='{BIND_NS}'><jid/></bind></iq>",
        "</stream:stream>",
        HANGUP,
    ],
)
async def test_l08_binding_that_gives_no_address(
    lab: Lab, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_room, "LOGIN_DEADLINE", 1)
    async with HostileServer(lab, Script(instead={"bind": SILENCE})) as server, login(lab, server) as romeo:
        opening = asyncio.ensure_future(romeo.refused())
        peer = await server.peer()
        await peer.reached("bind")
        if isinstance(answer, str):
            await peer.send(answer.format(id=peer.bind_id))
        else:
            peer.wire.close()
        assert await opening in ("wrong-address", "cannot-connect")


async def test_l08_plain_names_nobody_else(lab: Lab) -> None:
    script = Script(mechanisms=("PLAIN",), any_password=True)
    async with HostileServer(lab, script) as server, login(lab, server, allow_plain=True) as romeo:
        await romeo.client.open()
        assert server.peers[0].initial.split(b"\0")[0] == b""


# ---- L09: what SCRAM is asked to do


def challenge(
    *, count: str = "4096", salt: bytes = b"salt of the lab.", nonce: str = "{}more", rest: str = ""
) -> Callable[[str], str]:
    """A SCRAM challenge with one thing wrong."""
    text = base64.b64encode(salt).decode()
    return lambda ours: f"r={nonce.format(ours)},s={text},i={count}{rest}"


CHALLENGES = {
    "i=0": challenge(count="0"),
    "i=1": challenge(count="1"),
    "i=4095": challenge(count="4095"),
    "i=600001": challenge(count="600001"),
    "i=10000000": challenge(count="10000000"),
    "i=2^31": challenge(count=str(2**31)),
    "i=2^63": challenge(count=str(2**63)),
    "i=10^5000": challenge(count="1" + "0" * 5000),
    "i negative": challenge(count="-4096"),
    "i empty": challenge(count=""),
    "i in words": challenge(count="many"),
    "i in other digits": challenge(count="\u0664\u0660\u0669\u0666"),
    "i padded": challenge(count=" 4096"),
    "salt empty": challenge(salt=b""),
    "salt of 400 kB": challenge(salt=b"s" * 400_000),
    "salt no base64": lambda ours: f"r={ours}more,s=***,i=4096",
    "salt missing": lambda ours: f"r={ours}more,i=4096",
    "nonce the same": challenge(nonce="{}"),
    "nonce another": challenge(nonce="another"),
    "nonce in front": challenge(nonce="more{}"),
    "nonce empty": challenge(nonce=""),
    "nonce missing": lambda ours: "s=c2FsdA==,i=4096",
    "nonce cut": lambda ours: f"r={ours[:-1]},s=c2FsdA==,i=4096",
    "extension in front": lambda ours: f"m=must,r={ours}more,s=c2FsdA==,i=4096",
    "extension behind": challenge(rest=",m=must"),
    "error": lambda ours: "e=unknown-user",
    "empty": lambda ours: "",
    "no pairs": lambda ours: "\x00\x01,,,=,",
}


@pytest.mark.parametrize("said", CHALLENGES.values(), ids=CHALLENGES.keys())
async def test_l09_a_challenge_that_no_honest_server_sends(lab: Lab, said: Callable[[str], str]) -> None:
    script = Script(mechanisms=("SCRAM-SHA-256", "PLAIN"), challenge=said, any_password=True)
    async with HostileServer(lab, script) as server, login(lab, server, allow_plain=True) as romeo:
        assert await romeo.refused() == "not-secure"
        assert b"<response" not in server.received
        assert server.peers[0].mechanism == "SCRAM-SHA-256"


@pytest.mark.parametrize("count", ["10000000", str(2**63), "600001"])
async def test_l09_a_costly_challenge_is_refused_at_once(lab: Lab, count: str) -> None:
    script = Script(challenge=challenge(count=count))
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        since = time.process_time()
        assert await romeo.refused() == "not-secure"
        assert time.process_time() - since < 0.5


async def test_l09_the_costliest_that_is_allowed_stops_nobody(lab: Lab) -> None:
    turns = 0

    async def innocent() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    script = Script(challenge=challenge(count="600000"), instead={"success": SILENCE}, any_password=True)
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        opening = asyncio.ensure_future(romeo.refused())
        peer = await server.peer()
        await peer.reached("challenge")
        other = asyncio.ensure_future(innocent())
        await peer.reached("success")
        other.cancel()
        peer.wire.close()
        await opening
    # A step that held the loop would leave nobody else a turn in the quarter of a second that it takes.
    assert turns >= 5


# ---- L10: success that was not earned


@pytest.mark.parametrize("any_password", [True, False])
@pytest.mark.parametrize(
    "final",
    [
        b"",
        b"v=",
        b"v=AAAA",
        b"v=" + base64.b64encode(bytes(32)),
        b"v=***",
        b"e=other-error",
        b"garbage",
        b"\xff\xfe",
        b"v",
    ],
)
async def test_l10_success_without_the_servers_signature(lab: Lab, final: bytes, any_password: bool) -> None:
    script = Script(final=lambda _: final, any_password=any_password)
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        assert await romeo.refused() == "not-secure"
        assert romeo.client.keys is None
        assert server.peers[0].resource == ""


@pytest.mark.parametrize(
    "said",
    [
        f"<success xmlns='{SASL_NS}'/>",
        f"<success xmlns='{SASL_NS}'>dj1BQUFB</success>",
        f"<success xmlns='{SASL_NS}'>*</success>",
        f"<success xmlns='{SASL_NS}'><v/></success>",
        f"<challenge xmlns='{SASL_NS}'/>",
        f"<challenge xmlns='{SASL_NS}'>*</challenge>",
        f"<challenge xmlns='{SASL_NS}'>/w==</challenge>",
        "<success xmlns='urn:xmpp:sasl:2'/>",
    ],
)
async def test_l10_success_before_the_proof(lab: Lab, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_room, "LOGIN_DEADLINE", 0.5)
    async with HostileServer(lab, Script(instead={"challenge": said})) as server, login(lab, server) as romeo:
        assert await romeo.refused() in ("not-secure", "cannot-connect")
        assert b"<response" not in server.received


@pytest.mark.parametrize("step", ["features-tls", "features", "header", "header-tls"])
async def test_l10_success_before_anything_was_asked(
    lab: Lab, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_room, "LOGIN_DEADLINE", 0.5)
    opening = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
    said = (opening if "header" in step else "") + f"<success xmlns='{SASL_NS}'/>"
    bind = f"<stream:features><bind xmlns='{BIND_NS}'/></stream:features>"
    async with HostileServer(lab, Script(instead={step: said + bind})) as server, login(lab, server) as romeo:
        assert await romeo.refused() in ("not-secure", "cannot-connect")
        assert b"<bind" not in server.received
        assert leaked(bytes(server.peers[0].wire.plain)) == []


async def test_l10_binding_offered_without_a_login(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_room, "LOGIN_DEADLINE", 0.5)
    bind = f"<stream:features><bind xmlns='{BIND_NS}'/></stream:features>"
    async with (
        HostileServer(lab, Script(instead={"features-tls": bind})) as server,
        login(lab, server) as romeo,
    ):
        assert await romeo.refused() in ("not-secure", "cannot-connect")
        assert b"<bind" not in server.received


async def test_l10_keys_that_were_kept_prove_the_server_too(lab: Lab) -> None:
    async with HostileServer(lab) as server, login(lab, server) as romeo:
        await romeo.client.open()
        keys = romeo.client.keys
    assert keys is not None
    async with HostileServer(lab) as server, login(lab, server, credential=keys) as romeo:
        await romeo.client.open()
    liar = Script(final=lambda _: b"v=" + base64.b64encode(bytes(32)), any_password=True)
    async with HostileServer(lab, liar) as server, login(lab, server, credential=keys) as romeo:
        assert await romeo.refused() == "not-secure"
    for changed in (Script(salt=b"another salt"), Script(iterations=8192), Script(mechanisms=("PLAIN",))):
        async with HostileServer(lab, changed) as server, login(lab, server, credential=keys) as romeo:
            assert await romeo.refused() == "not-authorized"
            assert b"<response" not in server.received


# ---- time


@pytest.mark.parametrize(
    "step", ["header", "features", "proceed", "header-tls", "challenge", "success", "bind"]
)
async def test_l14_a_server_that_falls_silent_is_left(
    lab: Lab, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_room, "LOGIN_DEADLINE", 0.3)
    async with HostileServer(lab, Script(instead={step: SILENCE})) as server, login(lab, server) as romeo:
        assert await romeo.refused() == "cannot-connect"
        await asyncio.wait_for((await server.peer()).gone.wait(), 5)


@pytest.mark.parametrize(
    "step", ["header", "features", "proceed", "header-tls", "challenge", "success", "bind"]
)
async def test_a_server_that_hangs_up(lab: Lab, step: str) -> None:
    async with HostileServer(lab, Script(instead={step: HANGUP})) as server, login(lab, server) as romeo:
        assert await romeo.refused() in ("cannot-connect", "not-secure")


async def test_l13_nobody_there(lab: Lab) -> None:
    async with HostileServer(lab) as server:
        target = at(server)
    async with login(lab, target, Target("127.0.0.1", target.port, True)) as romeo:
        assert await romeo.refused() == "cannot-connect"
