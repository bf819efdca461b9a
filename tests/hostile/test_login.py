"""This room logs in to servers that lie (L01-L10): no password leaves, nobody is let in by a claim."""

import asyncio
import ssl

import pytest

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import at, leaked, login
from tests.hostile.server import HANGUP, PROCEED, SASL_NS, HostileServer, Script
from webchat.xmpp import client as client_room
from webchat.xmpp.resolve import Target

OFFERS = ("LOGIN", "PLAIN", "ANONYMOUS", "X-OAUTH2", "EXTERNAL", "SCRAM-SHA-1", "DIGEST-MD5", "SCRAM-MD5")
LAYERS = pytest.mark.parametrize("direct_tls", [False, True], ids=["starttls", "direct"])


def mechanisms(*names: str) -> str:
    """Stream features with these mechanisms."""
    offered = "".join(f"<mechanism>{name}</mechanism>" for name in names)
    return f"<stream:features><mechanisms xmlns='{SASL_NS}'>{offered}</mechanisms></stream:features>"


# ---- the honest server, so that a refusal below means something


@LAYERS
@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"])
async def test_an_honest_server_lets_in(lab: Lab, direct_tls: bool, mechanism: str) -> None:
    script = Script(direct_tls=direct_tls, mechanisms=(mechanism, "PLAIN"), iterations=10_000)
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        assert await romeo.client.open() is False
        assert romeo.client.full_jid == "romeo@montague.test/web"
        assert romeo.client.mechanism == mechanism
        peer = await server.session()
        assert peer.header["to"] == "montague.test"
        assert leaked(bytes(peer.wire.plain)) == []


async def test_a_wrong_password_is_tried_once(lab: Lab) -> None:
    async with HostileServer(lab, Script(password="thorn")) as server, login(lab, server) as romeo:
        assert await romeo.refused() == "not-authorized"
        assert len(server.peers) == 1
        assert server.received.count(b"<auth") == 1


# ---- L01: what is offered without TLS, and what within


@pytest.mark.parametrize("offer", OFFERS)
async def test_l01_without_starttls_no_credential_leaves(lab: Lab, offer: str) -> None:
    script = Script(instead={"features": mechanisms(offer)})
    async with HostileServer(lab, script) as server, login(lab, server, allow_plain=True) as romeo:
        assert await romeo.refused() == "not-secure"
        assert leaked(server.received) == []


@pytest.mark.parametrize("offer", OFFERS)
async def test_l01_mechanisms_beside_starttls_are_not_used_before_it(lab: Lab, offer: str) -> None:
    features = mechanisms(offer).replace(
        "<mechanisms", "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><mechanisms", 1
    )
    async with (
        HostileServer(lab, Script(instead={"features": features})) as server,
        login(lab, server) as romeo,
    ):
        await romeo.client.open()
        assert leaked(bytes(server.peers[0].wire.plain)) == []


@LAYERS
@pytest.mark.parametrize(
    "offer", ["LOGIN", "ANONYMOUS", "X-OAUTH2", "EXTERNAL", "DIGEST-MD5", "SCRAM-MD5", ""]
)
async def test_l01_within_tls_other_mechanisms_are_never_used(lab: Lab, offer: str, direct_tls: bool) -> None:
    script = Script(mechanisms=(offer,) if offer else (), direct_tls=direct_tls)
    async with HostileServer(lab, script) as server, login(lab, server, allow_plain=True) as romeo:
        assert await romeo.refused() == "not-secure"
        assert leaked(server.received) == []


async def test_l01_plain_waits_for_the_users_word(lab: Lab) -> None:
    script = Script(mechanisms=("PLAIN", "LOGIN"))
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        assert await romeo.refused() == "plain-only"
        assert leaked(server.received) == []
    async with HostileServer(lab, script) as server, login(lab, server, allow_plain=True) as romeo:
        await romeo.client.open()
        assert server.peers[0].initial == b"\0romeo\0rose"
        assert leaked(bytes(server.peers[0].wire.plain)) == []


async def test_l01_an_account_that_knew_better_is_not_talked_down(lab: Lab) -> None:
    script = Script(mechanisms=("PLAIN",))
    async with HostileServer(lab, script) as server:
        async with login(lab, server, allow_plain=True, minimum="SCRAM-SHA-1") as romeo:
            assert await romeo.refused() == "not-secure"
        assert leaked(server.received) == []


async def test_l01_features_without_end_of_the_talk(lab: Lab) -> None:
    script = Script(instead={"features": "<stream:features/>"})
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        assert await romeo.refused() == "not-secure"
        assert leaked(server.received) == []


# ---- L02: who is asked to go elsewhere, stays


@pytest.mark.parametrize(
    "step", ["header", "features", "proceed", "features-tls", "challenge", "success", "bind"]
)
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
async def test_l02_a_redirect_is_not_followed(lab: Lab, step: str, host: str) -> None:
    async with HostileServer(lab) as elsewhere:
        redirect = (
            "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
            f"{host}:{elsewhere.port}</see-other-host></stream:error></stream:stream>"
        )
        opening = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
        script = Script(instead={step: (opening if step == "header" else "") + redirect})
        async with HostileServer(lab, script) as server, login(lab, server) as romeo:
            assert await romeo.refused() in ("cannot-connect", "not-secure")
            assert romeo.resolver.asked == ["montague.test"]
            assert len(server.peers) == 1
        assert elsewhere.peers == []


async def test_l02_nor_from_within_a_session(lab: Lab) -> None:
    async with HostileServer(lab) as elsewhere, HostileServer(lab) as server, login(lab, server) as romeo:
        await romeo.client.open()
        watching = asyncio.ensure_future(romeo.client.run(opened=True))
        peer = await server.session()
        await peer.send(
            "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
            f"127.0.0.1:{elsewhere.port}</see-other-host></stream:error>"
        )
        await server.session(1)
        await romeo.client.close()
        await watching
        assert elsewhere.peers == []
        assert set(romeo.resolver.asked) == {"montague.test"}


# ---- L03: the way to TLS


async def test_l03_with_direct_tls_blocked_starttls_is_verified_just_the_same(lab: Lab) -> None:
    async with HostileServer(lab) as blocked:
        closed = at(blocked, direct_tls=True)
    async with (
        HostileServer(lab, Script(certificate="self-signed")) as server,
        login(lab, closed, server) as romeo,
    ):
        assert await romeo.refused() == "not-secure"
        assert leaked(server.received) == []
    async with HostileServer(lab) as server, login(lab, closed, server) as romeo:
        await romeo.client.open()


@pytest.mark.parametrize(
    "said",
    [
        "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>",
        "<proc\x00eed/>",
        mechanisms("PLAIN"),
        f"<success xmlns='{SASL_NS}'/>",
        HANGUP,
    ],
)
async def test_l03_garbled_starttls_ends_the_login(
    lab: Lab, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_room, "LOGIN_DEADLINE", 0.5)
    async with HostileServer(lab, Script(instead={"proceed": said})) as server:
        async with login(lab, server, allow_plain=True) as romeo:
            assert await romeo.refused() in ("not-secure", "cannot-connect")
        assert leaked(server.received) == []


@pytest.mark.parametrize(
    "injected",
    [
        mechanisms("PLAIN"),
        f"<success xmlns='{SASL_NS}'/>",
        "<message from='juliet@montague.test'><body>FORGED</body></message>",
        "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
        "<mess",
        " ",
        "x",
    ],
)
async def test_l03_bytes_behind_proceed_do_not_reach_the_other_side(lab: Lab, injected: str) -> None:
    async with HostileServer(lab, Script(after={"proceed": injected})) as server:
        async with login(lab, server, allow_plain=True) as romeo:
            assert await romeo.refused() in ("not-secure", "cannot-connect")
            assert romeo.events == []
        assert leaked(server.received) == []


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x28", b"\x00" * 64]
)
async def test_l03_no_tls_behind_proceed(lab: Lab, data: bytes) -> None:
    async with HostileServer(lab, Script(instead={"proceed": PROCEED.encode() + data})) as server:
        async with login(lab, server) as romeo:
            assert await romeo.refused() in ("not-secure", "cannot-connect")
        assert leaked(server.received) == []


# ---- L04-L07: certificates


def unproven(direct_tls: bool) -> str:
    """What shows the wrong certificate under direct TLS may be anything: it is not told apart (L13)."""
    return "cannot-connect" if direct_tls else "not-secure"


@LAYERS
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("self-signed", id="l04-self-signed"),
        pytest.param("other-authority", id="l04-other-authority"),
        pytest.param("wrong-name", id="l05-wrong-name"),
        pytest.param("expired", id="l06-expired"),
        pytest.param("not-yet-valid", id="l06-not-yet-valid"),
        pytest.param("server-name", id="l07-name-of-the-srv-target"),
    ],
)
async def test_l04_l07_a_bad_certificate_ends_the_login(lab: Lab, kind: str, direct_tls: bool) -> None:
    """Nobody's, another's, an old one (L04, L05, L06), by STARTTLS and by direct TLS."""
    script = Script(certificate=kind, direct_tls=direct_tls)
    async with HostileServer(lab, script) as server, login(lab, server, allow_plain=True) as romeo:
        assert await romeo.refused() == unproven(direct_tls)
        assert leaked(server.received) == []


@LAYERS
async def test_l07_old_tls_is_not_spoken(lab: Lab, direct_tls: bool) -> None:
    script = Script(direct_tls=direct_tls, versions=(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1))
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        assert await romeo.refused() == unproven(direct_tls)
        assert leaked(server.received) == []


@LAYERS
async def test_l07_tls_1_2_is_spoken(lab: Lab, direct_tls: bool) -> None:
    script = Script(direct_tls=direct_tls, versions=(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2))
    async with HostileServer(lab, script) as server, login(lab, server) as romeo:
        await romeo.client.open()


async def test_a_name_that_a_library_cannot_read_is_a_server_that_cannot_be_reached(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything else would end the session's task, and with it every further attempt."""

    async def unreadable(domain: str) -> list[Target]:
        b"\xff".decode("ascii")
        return []

    async with login(lab) as romeo:
        monkeypatch.setattr(romeo.resolver, "targets", unreadable)
        assert await romeo.refused() == "cannot-connect"
