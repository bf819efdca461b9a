"""This room signs the addresses of foreign media, so that our proxy fetches only what our pages show."""

import base64
import hmac
import json
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

Kind = Literal["picture", "play", "download"]

SIGNATURE = 18
"""Bytes of the signature."""

_key = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Link:
    """What a token stands for: how to hand out the thing at `url`; `media_type` matters only for "play"."""

    kind: Kind
    url: str
    name: str = ""
    media_type: str = ""


def install(key: bytes) -> None:
    """Sign with this secret from now on; app.py says so once, at the start."""
    global _key
    _key = hmac.digest(key, b"media links", "sha256")


def path(owner: str, link: Link) -> str:
    """The address within our site; it works for the account with this bare JID only."""
    parts = [link.kind, link.url, link.name, link.media_type]
    packed = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return f"/media/{_text(_sign(owner, packed) + packed)}"


def open_path(post_id: int, link: Link) -> str:
    """The address of a picture of an open post, for readers without a login: it works while that is open."""
    return f"/media/open/{post_id:d}/{path(_of_post(post_id), link).removeprefix('/media/')}"


def read_open(post_id: int, token: str) -> Link | None:
    """What a token made by `open_path` stands for; None for anything else."""
    return read(_of_post(post_id), token)


def read(owner: str, token: str) -> Link | None:
    """What a token of ours stands for; None for anything else and for the tokens of others."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        if not hmac.compare_digest(raw[:SIGNATURE], _sign(owner, raw[SIGNATURE:])):
            return None
        return Link(*json.loads(raw[SIGNATURE:]))
    except (ValueError, TypeError):
        return None


def key(link: Link) -> str:
    """A name for what stands at this address, for everybody: what is public is fetched once."""
    return sha256(f"{link.kind} {link.url}".encode()).hexdigest()


def _of_post(post_id: int) -> str:
    # No JID has a space in it, so nobody's own tokens are taken for these.
    return f"open {post_id:d}"


def _sign(owner: str, packed: bytes) -> bytes:
    return hmac.digest(_key, owner.encode() + b"\0" + packed, "sha256")[:SIGNATURE]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
