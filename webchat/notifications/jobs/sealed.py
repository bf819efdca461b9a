"""This room seals what a push service carries to a browser, and signs who sends it."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BLOCK = 512
"""What is sealed is filled up to a multiple of this: its length tells the push service next to nothing."""

MOST = 7 * BLOCK - 1
"""Bytes of one message, so that all of it stays below the 4096 that every service takes (RFC 8291 §4)."""

SHARED, SECRET = 65, 16
"""Bytes of a browser's public key (RFC 8291 §3.1: P-256, uncompressed) and of its secret (§3.2)."""

_RECORD = 4096
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class NotSealed(ValueError):
    """The browser's keys are none, or there is too much to say."""


def text(data: bytes) -> str:
    """Bytes as URLs and headers write them: base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def read(text: str, size: int) -> bytes:
    """Exactly so many bytes from base64url, padded or not. Raises NotSealed."""
    try:
        data = urlsafe_b64decode(text.rstrip("=").encode("ascii") + b"==")
    except (Error, ValueError):
        raise NotSealed("not base64url") from None
    if len(data) != size:
        raise NotSealed("not of this length")
    return data


def check(shared: bytes, secret: bytes) -> None:
    """Return if these can be a browser's keys. Raises NotSealed."""
    if len(secret) != SECRET:
        raise NotSealed("not a secret")
    _point(shared)


def seal(
    plain: bytes,
    shared: bytes,
    secret: bytes,
    *,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
    block: int = BLOCK,
) -> bytes:
    """The body of a push message that only this browser opens (RFC 8291 §3, RFC 8188 §2: one record).

    shared, secret  what the browser gave: its public key, its authentication secret
    ours, salt      made anew for every message
    block           filled up to a multiple of this

    Raises NotSealed.
    """
    if len(plain) > MOST:
        raise NotSealed("too long")
    theirs = _point(shared)
    ours = ours or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(16)
    public = _raw(ours.public_key())
    agreed = _derived(ours.exchange(ec.ECDH(), theirs), secret, b"WebPush: info\0" + shared + public, 32)
    key = _derived(agreed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(agreed, salt, b"Content-Encoding: nonce\0", 12)
    # RFC 8188 §2: 0x02 ends the last record, zeros behind it are padding.
    filled = plain + b"\x02" + bytes(-(len(plain) + 1) % block)
    head = salt + _RECORD.to_bytes(4) + bytes([len(public)]) + public
    return head + AESGCM(key).encrypt(nonce, filled, None)


def _point(shared: bytes) -> ec.EllipticCurvePublicKey:
    try:
        if len(shared) != SHARED:
            raise ValueError
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), shared)
    except ValueError:
        raise NotSealed("not a key of the curve P-256") from None


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes | None, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who we are to push services: a pair of keys that stays the same (RFC 8292)."""

    key: ec.EllipticCurvePrivateKey
    contact: str

    @classmethod
    def of(cls, pepper: bytes, contact: str) -> "Sender":
        """The pair that follows from the secret key of the site.

        contact  where operators of push services reach us: "https:" or "mailto:", "" for nowhere (§2.1)
        """
        number = int.from_bytes(_derived(pepper, None, b"webchat push", 48)) % (_ORDER - 1) + 1
        return cls(ec.derive_private_key(number, ec.SECP256R1()), contact)

    @property
    def public(self) -> str:
        """The public key as browsers and push services are told it."""
        return text(_raw(self.key.public_key()))

    def authorization(self, origin: str, until: int) -> str:
        """The Authorization header for a push service at this origin (RFC 8292 §2, §3), good until then."""
        claims = {"aud": origin, "exp": until} | ({"sub": self.contact} if self.contact else {})
        parts = [{"typ": "JWT", "alg": "ES256"}, claims]
        signed = ".".join(text(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"vapid t={signed}.{text(r.to_bytes(32) + s.to_bytes(32))}, k={self.public}"
