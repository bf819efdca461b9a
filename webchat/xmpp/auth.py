"""This room proves who we are: SCRAM (RFC 5802, RFC 7677) off the loop, PLAIN only if the user wants."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
import stringprep
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from slixmpp.util.stringprep_profiles import StringPrepError, b1_mapping, c12_mapping, create

from webchat.errors import LoginFailed
from webchat.xmpp.numbers import whole

HASHES = {"SCRAM-SHA-512": "sha512", "SCRAM-SHA-256": "sha256", "SCRAM-SHA-1": "sha1"}
"""Allowed SCRAM mechanisms, best first. LOGIN, ANONYMOUS, DIGEST-MD5 and the rest are never used."""

RANK = {"": 0, "PLAIN": 1, "SCRAM-SHA-1": 2, "SCRAM-SHA-256": 3, "SCRAM-SHA-512": 4}

MIN_ITERATIONS = 4096
MAX_ITERATIONS = 600_000
MAX_SALT = 1024
IN_THREAD_FROM = 8_192
"""Iterations from which key stretching leaves the event loop; below, a thread costs more than it saves."""

LONGEST = 4096
"""Characters of a name or password once it is normalised; some characters become eighteen."""

_saslprep = create(
    nfkc=True,
    bidi=True,
    mappings=[b1_mapping, c12_mapping],
    prohibited=[
        stringprep.in_table_c12,
        stringprep.in_table_c21,
        stringprep.in_table_c22,
        stringprep.in_table_c3,
        stringprep.in_table_c4,
        stringprep.in_table_c5,
        stringprep.in_table_c6,
        stringprep.in_table_c7,
        stringprep.in_table_c8,
        stringprep.in_table_c9,
    ],
)


@dataclass(frozen=True, slots=True)
class Password:
    """What a user typed; kept only until the first SCRAM login has made keys of it."""

    text: str

    def __repr__(self) -> str:
        return "Password(…)"


@dataclass(frozen=True, slots=True)
class ScramKeys:
    """What RFC 5802 §5.1 allows a client to keep instead of the password; opens this one server only."""

    mechanism: str
    salt: bytes
    iterations: int
    client_key: bytes
    server_key: bytes

    def __repr__(self) -> str:
        return f"ScramKeys({self.mechanism}, …)"


Credential = Password | ScramKeys


def prepare(text: str) -> str:
    """SASLprep (RFC 4013). Raises LoginFailed("not-authorized") for what no server can have accepted."""
    if text.isascii() and text.isprintable():
        return text
    if len(unicodedata.normalize("NFKC", text[: LONGEST + 1])) > LONGEST:
        raise LoginFailed("not-authorized")
    try:
        return str(_saslprep(text))
    except (StringPrepError, IndexError) as error:
        raise LoginFailed("not-authorized") from error


class Sasl:
    """One SASL exchange of one login.

    username      localpart of the address
    credential    what proves it
    allow_plain   the user agreed to hand the password to this server in clear (inside verified TLS)
    minimum       the best mechanism this account used before: a weaker offer is refused (XEP-0474 in spirit)
    binding       tls-unique of the connection where TLS has it (TLS 1.2), for the -PLUS mechanisms
    """

    def __init__(
        self,
        username: str,
        credential: Credential,
        *,
        allow_plain: bool = False,
        minimum: str = "",
        binding: bytes | None = None,
    ) -> None:
        self._username = username
        self._credential = credential
        self._allow_plain = allow_plain
        self._minimum = minimum
        self._binding = binding
        self._nonce = base64.b64encode(secrets.token_bytes(24)).decode()
        self._gs2 = "n,,"
        self._first = ""
        self._challenged = False
        self._signature: bytes | None = None
        self._made: ScramKeys | None = None
        self.mechanism = ""
        self.keys: ScramKeys | None = None

    def choose(self, offered: Iterable[str]) -> str:
        """The mechanism to use.

        Raises LoginFailed: not-secure, plain-only, not-authorized (the keys do not fit).
        """
        names = set(offered)
        plus = {name.removesuffix("-PLUS") for name in names if name.endswith("-PLUS")}
        scram = [name for name in HASHES if name in names or (name in plus and self._binding)]
        if isinstance(self._credential, ScramKeys):
            if self._credential.mechanism not in scram:
                raise LoginFailed("not-authorized")
            return self._use_scram(self._credential.mechanism, plus)
        if scram:
            if RANK[scram[0]] < RANK.get(self._minimum, 0):
                raise LoginFailed("not-secure")
            return self._use_scram(scram[0], plus)
        if "PLAIN" not in names or RANK.get(self._minimum, 0) > RANK["PLAIN"]:
            raise LoginFailed("not-secure")
        if not self._allow_plain:
            raise LoginFailed("plain-only")
        self.mechanism = "PLAIN"
        return "PLAIN"

    def _use_scram(self, name: str, plus: set[str]) -> str:
        self.mechanism = name
        if self._binding and name in plus:
            self._gs2 = "p=tls-unique,,"
            return name + "-PLUS"
        # "y": we could bind, the server says it cannot; it notices if somebody took the offer away.
        self._gs2 = "y,," if self._binding else "n,,"
        return name

    def initial(self) -> bytes:
        """The first message to the server."""
        if self.mechanism == "PLAIN":
            if not isinstance(self._credential, Password):
                raise LoginFailed("not-authorized")
            return f"\0{prepare(self._username)}\0{prepare(self._credential.text)}".encode()
        name = prepare(self._username).replace("=", "=3D").replace(",", "=2C")
        self._first = f"n={name},r={self._nonce}"
        return (self._gs2 + self._first).encode()

    async def respond(self, challenge: bytes) -> bytes:
        """Answer the server's challenge (RFC 5802 §3); key stretching runs in a thread.

        Raises LoginFailed("not-secure") for a challenge no honest server sends.
        """
        fields = _fields(challenge)
        nonce = fields.get("r", "")
        if self.mechanism not in HASHES or self._challenged or "m" in fields:
            raise LoginFailed("not-secure")
        self._challenged = True
        if not nonce.startswith(self._nonce) or len(nonce) <= len(self._nonce) or len(nonce) > 1024:
            raise LoginFailed("not-secure")
        salt, iterations = _salt(fields.get("s", "")), _iterations(fields.get("i", ""))
        keys = await self._stretch(salt, iterations)
        binding = self._gs2.encode() + (self._binding or b"" if self._gs2.startswith("p=") else b"")
        final = f"c={base64.b64encode(binding).decode()},r={nonce}"
        signed = ",".join((self._first, challenge.decode("utf-8", "replace"), final)).encode()
        name = HASHES[self.mechanism]
        stored = hashlib.new(name, keys.client_key).digest()
        proof = _xor(keys.client_key, hmac.digest(stored, signed, name))
        self._signature = hmac.digest(keys.server_key, signed, name)
        self._made = keys
        return f"{final},p={base64.b64encode(proof).decode()}".encode()

    async def _stretch(self, salt: bytes, iterations: int) -> ScramKeys:
        name = HASHES[self.mechanism]
        if isinstance(self._credential, ScramKeys):
            kept = self._credential
            if (kept.salt, kept.iterations) != (salt, iterations):
                # The password was changed: these keys open nothing any more.
                raise LoginFailed("not-authorized")
            return kept
        password = prepare(self._credential.text).encode()
        if iterations < IN_THREAD_FROM:
            salted = hashlib.pbkdf2_hmac(name, password, salt, iterations)
        else:
            salted = await asyncio.to_thread(hashlib.pbkdf2_hmac, name, password, salt, iterations)
        client, server = hmac.digest(salted, b"Client Key", name), hmac.digest(salted, b"Server Key", name)
        return ScramKeys(self.mechanism, salt, iterations, client, server)

    def verify(self, final: bytes) -> None:
        """Check what came with <success/>: the server must know us too. Raises LoginFailed("not-secure")."""
        if self.mechanism == "PLAIN":
            return
        try:
            given = base64.b64decode(_fields(final).get("v", ""), validate=True)
        except binascii.Error:
            given = b""
        if self._signature is None or not hmac.compare_digest(given, self._signature):
            raise LoginFailed("not-secure")
        self.keys = self._made


def decode(text: str | None) -> bytes:
    """The bytes in a SASL element (RFC 6120 §6.4.2). Raises LoginFailed("not-secure") if it is no base64."""
    try:
        return base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise LoginFailed("not-secure") from error


def _fields(message: bytes) -> dict[str, str]:
    try:
        text = message.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LoginFailed("not-secure") from error
    return dict(part.split("=", 1) for part in text.split(",") if "=" in part)


def _salt(text: str) -> bytes:
    salt = decode(text)
    if not 1 <= len(salt) <= MAX_SALT:
        raise LoginFailed("not-secure")
    return salt


def _iterations(text: str) -> int:
    count = whole(text, 9) or 0
    if not MIN_ITERATIONS <= count <= MAX_ITERATIONS:
        raise LoginFailed("not-secure")
    return count


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
