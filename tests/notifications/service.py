"""This room is a push service on loopback, and a browser of it that can open what it brings."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def plain(text: str) -> bytes:
    """Bytes of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def wire(data: bytes) -> str:
    """The other way."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


@dataclass
class PushBrowser:
    """One browser: its keys, where it is reached. It reads RFC 8291 by itself, with no code of ours."""

    endpoint: str
    secret: bytes = b"sixteen secrets!"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def shared(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def fields(self) -> dict[str, str]:
        """What its scripts would say of it."""
        return {"endpoint": self.endpoint, "p256dh": wire(self.shared), "auth": wire(self.secret)}

    def opened(self, body: bytes) -> dict[str, Any]:
        """What it is told."""
        salt, size, public = body[:16], body[20], body[21:86]
        assert (size, int.from_bytes(body[16:20])) == (65, 4096)
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
        info = b"WebPush: info\0" + self.shared + public
        agreed = derived(self.key.exchange(ec.ECDH(), theirs), self.secret, info, 32)
        key = derived(agreed, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(agreed, salt, b"Content-Encoding: nonce\0", 12)
        filled = AESGCM(key).decrypt(nonce, body[86:], None).rstrip(b"\0")
        assert filled.endswith(b"\x02")
        found: dict[str, Any] = json.loads(filled[:-1])
        return found


class PushService:
    """`got` is what came (path, headers, body); `answers` are statuses given first, with their headers."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[tuple[str, dict[str, str], bytes]] = asyncio.Queue()
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> "PushService":
        """Listen."""
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        """No longer."""
        if self._runner is not None:
            await self._runner.cleanup()

    def browser(self, name: str = "phone") -> PushBrowser:
        """A browser that is reached here."""
        return PushBrowser(f"{self.url}/{name}")

    async def next(self) -> tuple[str, dict[str, str], bytes]:
        """What comes next; a busy machine may need some time."""
        return await asyncio.wait_for(self.got.get(), 20)

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        status, headers = self.answers.pop(0) if self.answers else (201, {})
        await self.got.put((request.path, dict(request.headers), body))
        return web.Response(status=status, headers=headers)
