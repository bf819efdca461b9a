"""This room tests the context all streams share: who is believed, and what memory it costs (RFC 7590)."""

import asyncio.sslproto
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from webchat.xmpp import tls


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A certificate authority of our own, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Verona")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "authority.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


def test_certificates_are_checked_and_so_is_the_name_in_them() -> None:
    """RFC 7590 §3.4: nobody is believed who cannot prove the domain; there is no setting against it."""
    context = tls.context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_old_versions_are_refused() -> None:
    """RFC 7590 §3.1, by way of the recommendations for TLS."""
    assert tls.context().minimum_version is ssl.TLSVersion.TLSv1_2


def test_compression_is_off() -> None:
    """RFC 7590 §3.2: compressed secrets leak by their length."""
    assert tls.context().options & ssl.OP_NO_COMPRESSION


def test_an_operator_can_add_an_authority(authority: Path) -> None:
    """It counts besides the system's own, not instead of them."""
    ours = {"subject": ((("commonName", "Verona"),),)}["subject"]
    subjects = [each["subject"] for each in tls.context(str(authority)).get_ca_certs()]
    assert ours in subjects
    assert len(subjects) > 1
    assert ours not in [each["subject"] for each in tls.context().get_ca_certs()]


def test_an_authority_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    """A typing error must not silently mean "the system's authorities only"."""
    with pytest.raises(FileNotFoundError):
        tls.context(str(tmp_path / "missing.pem"))


def test_a_connection_reads_in_small_pieces() -> None:
    """asyncio would keep 256 KiB for each connection; with a thousand sessions that is most of the memory."""
    assert asyncio.sslproto.SSLProtocol.max_size <= 16 * 1024
