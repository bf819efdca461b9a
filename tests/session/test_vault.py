"""Neither the cookie nor the pepper alone opens a credential (security: O02, W04)."""

import pytest

from tests.session.fakes import KEYS
from webchat.session.vault import Halves, Vault, new_token
from webchat.xmpp.auth import Credential, Password

ROMEO = "romeo@example.org"


@pytest.mark.parametrize("credential", [KEYS, Password("correct horse\n,=é")])
def test_what_was_sealed_opens_with_both_halves(credential: Credential) -> None:
    vault = Vault(b"pepper")
    halves = vault.halves(new_token())
    assert vault.open(halves, ROMEO, vault.seal(halves, ROMEO, credential)) == credential


def test_o02_nothing_opens_without_the_right_cookie_pepper_account_and_login() -> None:
    vault, token = Vault(b"pepper"), new_token()
    halves = vault.halves(token)
    sealed = vault.seal(halves, ROMEO, KEYS)
    assert vault.open(vault.halves(new_token()), ROMEO, sealed) is None
    assert Vault(b"another").open(Vault(b"another").halves(token), ROMEO, sealed) is None
    assert vault.open(halves, "juliet@example.org", sealed) is None
    assert vault.open(Halves("other", halves.form_token, halves.key), ROMEO, sealed) is None
    assert vault.open(halves, ROMEO, sealed[:-1]) is None
    assert vault.open(halves, ROMEO, b"") is None


def test_o01_a_sealed_credential_shows_nothing_of_it() -> None:
    vault = Vault(b"pepper")
    sealed = vault.seal(vault.halves(new_token()), ROMEO, Password("correct horse"))
    assert b"correct" not in sealed
    assert b"password" not in sealed


def test_w04_tokens_are_long_and_never_come_twice() -> None:
    tokens = {new_token() for _ in range(2000)}
    assert len(tokens) == 2000
    assert all(len(token) == 43 for token in tokens)


def test_the_login_id_is_not_the_token_and_form_tokens_differ_from_both() -> None:
    token = new_token()
    halves = Vault(b"pepper").halves(token)
    assert token not in (halves.login_id, halves.form_token)
    assert halves.login_id != halves.form_token
    assert halves.key.hex() not in repr(halves)
