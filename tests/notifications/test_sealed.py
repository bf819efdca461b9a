"""What push services carry: sealed for one browser (RFC 8291), signed by us (RFC 8292), as long as others."""

import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.notifications.service import PushBrowser, plain
from webchat.attention.jobs import packed
from webchat.notifications import jobs
from webchat.notifications.jobs import sealed

SAID = b"When I grow up, I want to be a watermelon"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
    "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out() -> None:
    """RFC 8291 §5, its intermediate values in appendix A."""
    key = ec.derive_private_key(int.from_bytes(plain(OURS)), ec.SECP256R1())
    secret, salt = plain("BTBZMqHH6r4Tts7J_aSIgg"), plain("DGv6ra1nlYgDCS1FRnbzlw")
    assert sealed.text(sealed.seal(SAID, plain(THEIRS), secret, ours=key, salt=salt, block=1)) == BODY


def test_what_is_short_and_what_is_long_look_alike() -> None:
    browser = PushBrowser("https://push.example/1")
    bodies = [
        sealed.seal(json.dumps({"text": text}).encode(), browser.shared, browser.secret)
        for text in ("", "no", "x" * 400, "y" * 1200)
    ]
    assert [len(body) for body in bodies] == [614, 614, 614, 86 + 16 + 3 * 512]
    assert browser.opened(bodies[1]) == {"text": "no"}
    with pytest.raises(sealed.NotSealed):
        sealed.seal(bytes(sealed.MOST + 1), browser.shared, browser.secret)
    assert len(sealed.seal(bytes(sealed.MOST), browser.shared, browser.secret)) <= 4096


@pytest.mark.parametrize(
    ("shared", "secret"),
    [(b"\x04" + bytes(64), bytes(16)), (plain(THEIRS)[:64], bytes(16)), (plain(THEIRS), bytes(15))],
    ids=["no point", "short", "secret"],
)
def test_keys_that_are_none_are_refused(shared: bytes, secret: bytes) -> None:
    with pytest.raises(sealed.NotSealed):
        sealed.check(shared, secret)
    for text in ("?", "é", "AA", "A" * 200):
        with pytest.raises(sealed.NotSealed):
            sealed.read(text, sealed.SHARED)


def test_who_sends_it_is_signed_for_one_service_and_some_hours() -> None:
    """RFC 8292 §2, §3: the same pair of keys after every start."""
    sender = sealed.Sender.of(b"p" * 40, "https://chat.example")
    assert sender.public == sealed.Sender.of(b"p" * 40, "").public != sealed.Sender.of(b"q" * 40, "").public
    scheme, t, k = sender.authorization("https://push.example", 1_700_000_000).split(" ")
    assert (scheme, k) == ("vapid", f"k={sender.public}")
    head, claims, signature = t.removeprefix("t=").removesuffix(",").split(".")
    assert json.loads(plain(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(plain(claims)) == {
        "aud": "https://push.example",
        "exp": 1_700_000_000,
        "sub": "https://chat.example",
    }
    raw = plain(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), plain(sender.public))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    nowhere = sealed.Sender.of(b"p" * 40, "").authorization("https://push.example", 1)
    assert "sub" not in json.loads(plain(nowhere.split(".")[1]))


def test_h06_whatever_is_said_fits_and_stays_text() -> None:
    """Foreign words are cut and never more than words: they travel as JSON and are shown as text."""
    said = '<img src=x onerror=alert(1)> "\\\ud800\x07' + "\U0001f339" * 5000
    words = {"tag": "chat:a", "title": said, "text": said, "path": "/chats/" + "a" * 9000, "unread": 3}
    data = packed(words, [f"chat:{n}" + "ü" * 290 for n in range(20)])
    assert len(data) <= sealed.MOST
    found = json.loads(data)
    assert found["text"].startswith("<img src=x")
    assert (found["path"], found["unread"]) == ("/chats", 3)
    hostile = packed({"tag": "t" * 300, "title": "\x01" * 100, "text": "\x02" * 4000, "path": "/chats/a"})
    assert len(hostile) <= sealed.MOST
    topic = jobs.topic("chat:juliet@capulet.example")
    assert len(topic) == 32
    assert sha256(b"chat:juliet@capulet.example").hexdigest()[:8] not in topic
