"""This room locks credentials with two halves: the browser's cookie and a pepper outside the database.

Neither half alone opens anything, and the id under which a login is kept does not lead back to the cookie.
"""

import base64
import json
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webchat.xmpp.auth import Credential, Password, ScramKeys

NONCE = 12


def new_token() -> str:
    """A cookie value: 256 random bits."""
    return secrets.token_urlsafe(32)


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"webchat " + purpose.encode()).derive(
        secret
    )


@dataclass(frozen=True, slots=True)
class Halves:
    """What follows from one cookie: the login's id, its form token, the key to its credential."""

    login_id: str
    form_token: str
    key: bytes

    def __repr__(self) -> str:
        return f"Halves({self.login_id[:8]}…)"


class Vault:
    """Seals and opens credentials; `pepper` is the secret file's content."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def halves(self, token: str) -> Halves:
        """Derive everything from a cookie's value."""
        secret = token.encode()
        return Halves(
            login_id=_derive(secret, "id").hex(),
            form_token=base64.urlsafe_b64encode(_derive(secret, "form")).decode().rstrip("="),
            key=_derive(secret + self._pepper, "wrap"),
        )

    def seal(self, halves: Halves, jid: str, credential: Credential) -> bytes:
        """Lock a credential for one login of one account (AES-256-GCM)."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(halves.key).encrypt(nonce, _packed(credential), _bound_to(halves, jid))

    def open(self, halves: Halves, jid: str, sealed: bytes) -> Credential | None:
        """The credential, or None when cookie, pepper, account or login do not belong to it."""
        try:
            plain = AESGCM(halves.key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound_to(halves, jid))
        except (InvalidTag, ValueError):
            return None
        return _unpacked(plain)


def _bound_to(halves: Halves, jid: str) -> bytes:
    return f"{halves.login_id}\0{jid}".encode()


def _packed(credential: Credential) -> bytes:
    if isinstance(credential, Password):
        return json.dumps({"password": credential.text}).encode()
    fields = [credential.mechanism, credential.salt.hex(), credential.iterations]
    return json.dumps({"scram": [*fields, credential.client_key.hex(), credential.server_key.hex()]}).encode()


def _unpacked(plain: bytes) -> Credential:
    kept = json.loads(plain)
    if "password" in kept:
        return Password(kept["password"])
    mechanism, salt, iterations, client_key, server_key = kept["scram"]
    return ScramKeys(
        mechanism, bytes.fromhex(salt), iterations, bytes.fromhex(client_key), bytes.fromhex(server_key)
    )
