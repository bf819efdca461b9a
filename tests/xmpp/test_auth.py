"""SCRAM against the examples of its RFCs, and against servers that misbehave (L01, L09, L10)."""

import asyncio
import base64
from collections.abc import Callable

import pytest

from webchat.errors import LoginFailed
from webchat.xmpp import auth
from webchat.xmpp.auth import Password, Sasl, ScramKeys, prepare

# RFC 5802 §5 and RFC 7677 §3: user "user", password "pencil".
EXAMPLES = {
    "SCRAM-SHA-1": (
        "fyko+d2lbbFgONRv9qkxdawL",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    ),
    "SCRAM-SHA-256": (
        "rOprNGfwEbeRWgbNEkqO",
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ),
}


def sasl(name: str = "SCRAM-SHA-1", password: str = "pencil", **more: object) -> Sasl:
    made = Sasl("user", Password(password), **more)  # type: ignore[arg-type]
    made._nonce = EXAMPLES[name][0]
    made.choose([name])
    made.initial()
    return made


@pytest.mark.parametrize("name", EXAMPLES)
async def test_the_examples_of_the_rfcs(name: str) -> None:
    _, challenge, proof, final = EXAMPLES[name]
    made = sasl(name)
    assert (await made.respond(challenge.encode())).decode().endswith(proof)
    made.verify(final.encode())
    assert made.keys is not None
    # The keys open the same server again, without the password.
    again = Sasl("user", made.keys)
    again._nonce = EXAMPLES[name][0]
    again.choose([name])
    again.initial()
    assert (await again.respond(challenge.encode())).decode().endswith(proof)
    again.verify(final.encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("i=4096", "i=1"),
        lambda text: text.replace("i=4096", "i=4095"),
        lambda text: text.replace("i=4096", "i=600001"),
        lambda text: text.replace("i=4096", "i=10000000"),
        lambda text: text.replace("i=4096", f"i={2**63}"),
        lambda text: text.replace("i=4096", "i=-4096"),
        lambda text: text.replace("i=4096", "i=٤٠٩٦"),
        lambda text: text.replace("s=QSXCR+Q6sek8bf92", "s="),
        lambda text: text.replace("s=QSXCR+Q6sek8bf92", "s=%%%"),
        lambda text: text.replace("s=QSXCR", "s=" + "QUFB" * 400),
        lambda text: text.replace("r=fyko", "r=other"),
        lambda text: text.replace("3rfcNHYJY1ZVvWVs7j", ""),
        lambda text: "m=later," + text,
        lambda text: "",
    ],
)
async def test_l09_a_challenge_no_honest_server_sends_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(LoginFailed, match="not-secure"):
        await sasl().respond(change(EXAMPLES["SCRAM-SHA-1"][1]).encode())


@pytest.mark.parametrize(
    "final", [b"", b"v=", b"v=AAAA", b"e=other-error", b"garbage", b"\xff\xfe", b"v=\xff"]
)
async def test_l10_success_without_the_servers_own_proof_is_no_success(final: bytes) -> None:
    made = sasl()
    await made.respond(EXAMPLES["SCRAM-SHA-1"][1].encode())
    with pytest.raises(LoginFailed, match="not-secure"):
        made.verify(final)
    assert made.keys is None


def test_l10_success_at_once_is_no_success() -> None:
    with pytest.raises(LoginFailed, match="not-secure"):
        sasl().verify(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")


@pytest.mark.parametrize(
    "offered",
    [[], ["LOGIN"], ["ANONYMOUS"], ["EXTERNAL"], ["X-OAUTH2"], ["DIGEST-MD5", "CRAM-MD5", "SCRAM-MD5"]],
)
def test_l01_mechanisms_outside_the_list_are_never_used(offered: list[str]) -> None:
    with pytest.raises(LoginFailed, match="not-secure"):
        Sasl("user", Password("pencil"), allow_plain=True).choose(offered)


def test_l01_plain_only_by_the_users_word() -> None:
    with pytest.raises(LoginFailed, match="plain-only"):
        Sasl("user", Password("pencil")).choose(["PLAIN"])
    agreed = Sasl("user", Password("pencil"), allow_plain=True)
    assert agreed.choose(["PLAIN"]) == "PLAIN"
    assert agreed.initial() == b"\0user\0pencil"


def test_the_best_offer_is_taken_and_never_plain_beside_scram() -> None:
    best = Sasl("user", Password("pencil"), allow_plain=True)
    assert best.choose(["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-512", "SCRAM-SHA-256"]) == "SCRAM-SHA-512"


@pytest.mark.parametrize("offered", ["SCRAM-SHA-1", "PLAIN"])
def test_an_account_that_used_better_is_not_let_down(offered: str) -> None:
    with pytest.raises(LoginFailed, match="not-secure"):
        Sasl("user", Password("pencil"), allow_plain=True, minimum="SCRAM-SHA-256").choose([offered])


async def test_keys_open_nothing_after_the_password_was_changed() -> None:
    keys = ScramKeys("SCRAM-SHA-1", b"another salt", 4096, b"c" * 20, b"s" * 20)
    made = Sasl("user", keys)
    made._nonce = EXAMPLES["SCRAM-SHA-1"][0]
    made.choose(["SCRAM-SHA-1"])
    made.initial()
    with pytest.raises(LoginFailed, match="not-authorized"):
        await made.respond(EXAMPLES["SCRAM-SHA-1"][1].encode())
    with pytest.raises(LoginFailed, match="not-authorized"):
        Sasl("user", keys).choose(["SCRAM-SHA-256", "PLAIN"])


def test_channel_binding_is_used_where_tls_has_it() -> None:
    bound = Sasl("user", Password("pencil"), binding=b"finished")
    assert bound.choose(["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"]) == "SCRAM-SHA-1-PLUS"
    assert bound.initial().startswith(b"p=tls-unique,,")
    unbound = Sasl("user", Password("pencil"), binding=b"finished")
    assert unbound.choose(["SCRAM-SHA-1"]) == "SCRAM-SHA-1"
    assert unbound.initial().startswith(b"y,,")


def test_names_and_passwords_are_prepared() -> None:
    made = Sasl("a,b=c", Password("x"))
    made.choose(["SCRAM-SHA-1"])
    assert b"n=a=2Cb=3Dc," in made.initial()
    assert prepare("I\u00adX") == "IX"
    with pytest.raises(LoginFailed):
        prepare("\u0627\u0031\u0007")


def test_o03_secrets_do_not_show_in_their_names() -> None:
    assert "pencil" not in repr(Password("pencil"))
    keys = ScramKeys("SCRAM-SHA-1", b"salt", 4096, b"client-key", b"server-key")
    assert "client-key" not in repr(keys)
    assert base64.b64encode(b"client-key").decode() not in repr(keys)


def test_limits_are_those_we_promise() -> None:
    assert (auth.MIN_ITERATIONS, auth.MAX_ITERATIONS) == (4096, 600_000)


async def test_l09_one_challenge_is_stretched_and_no_more() -> None:
    """A server that asks again while a key is being stretched would have us compute for nothing."""
    made = sasl()
    challenge = EXAMPLES["SCRAM-SHA-1"][1].encode()
    answers = await asyncio.gather(*(made.respond(challenge) for _ in range(4)), return_exceptions=True)
    assert [isinstance(answer, LoginFailed) for answer in answers] == [False, True, True, True]
