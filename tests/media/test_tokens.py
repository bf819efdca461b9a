"""Addresses of foreign media are ours alone (P01)."""

import base64

import pytest

from webchat.media import tokens
from webchat.media.tokens import Link

ROMEO, JULIET = "romeo@montague.example", "juliet@capulet.example"
LINK = Link("play", "https://upload.example/ä.ogg?a=b", "ä.ogg", "audio/ogg")


def token(owner: str = ROMEO, link: Link = LINK) -> str:
    return tokens.path(owner, link).removeprefix("/media/")


def test_what_goes_in_comes_out() -> None:
    assert tokens.read(ROMEO, token()) == LINK
    assert token().replace("-", "").replace("_", "").isalnum()


def test_p01_not_for_another_account() -> None:
    assert tokens.read(JULIET, token()) is None


@pytest.mark.parametrize("bad", ["", "a", "====", "ä", "a" * 10_000, "/", "%00"])
def test_p01_nothing_made_up(bad: str) -> None:
    assert tokens.read(ROMEO, bad) is None


def test_p01_not_a_byte_may_change() -> None:
    raw = base64.urlsafe_b64decode(token() + "==")
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert tokens.read(ROMEO, base64.urlsafe_b64encode(changed).decode()) is None
