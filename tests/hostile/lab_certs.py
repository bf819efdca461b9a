"""This room makes certificates of a throw-away authority: a good one and all the bad ones of L04-L07."""

import ssl
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)

KINDS = ("good", "wrong-name", "server-name", "expired", "not-yet-valid", "self-signed", "other-authority")
"""What `Lab.context` can show for a domain.

good             the domain, signed by our authority
wrong-name       another domain
server-name      the host that SRV points to, but not the domain itself
expired          the domain, until yesterday
not-yet-valid    the domain, from tomorrow on
self-signed      the domain, signed by nobody else
other-authority  the domain, signed by an authority nobody trusts
"""


@dataclass(frozen=True)
class Pair:
    """A certificate and its key; `authority` says that it may sign others."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def issue(
    name: str,
    signer: Pair | None,
    *,
    authority: bool = False,
    since: timedelta = -DAY,
    until: timedelta = DAY,
) -> Pair:
    """A certificate for `name`, signed by `signer` (None: by itself), valid so far from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.certificate.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + since)
        .not_valid_after(now + until)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    # What follows is what Python 3.13 asks of a chain; without it every certificate would be refused alike.
    signing = (signer.key if signer else key).public_key()
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing)
    builder = builder.add_extension(identifier, critical=False).add_extension(
        _usage(authority), critical=True
    )
    if not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return Pair(builder.sign(signer.key if signer else key, hashes.SHA256()), key)


def _usage(authority: bool) -> x509.KeyUsage:
    """What the key is for: signing certificates, or signing a handshake."""
    others = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(
        digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, **others
    )


class Lab:
    """An authority in a directory; `ca_file` is what a client trusts."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._authority = issue("Lab authority", None, authority=True)
        self._stranger = issue("Authority of nobody", None, authority=True)
        self.ca_file = directory / "ca.crt"
        self.ca_file.write_bytes(self._authority.certificate.public_bytes(serialization.Encoding.PEM))
        self._file = lru_cache(self._written)

    def context(
        self, kind: str, domain: str, versions: tuple[ssl.TLSVersion, ssl.TLSVersion] | None = None
    ) -> ssl.SSLContext:
        """A server's TLS with a certificate of this kind; `versions` are the oldest and newest it speaks."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self._file(kind, domain))
        if versions is not None:
            with warnings.catch_warnings():
                # Old versions are deprecated, which is why a test speaks them.
                warnings.simplefilter("ignore", DeprecationWarning)
                made.minimum_version, made.maximum_version = versions
            made.set_ciphers("DEFAULT:@SECLEVEL=0")
        return made

    def _written(self, kind: str, domain: str) -> Path:
        pair = self._made(kind, domain)
        path = self._directory / f"{kind}-{domain}.pem"
        path.write_bytes(
            pair.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + pair.certificate.public_bytes(serialization.Encoding.PEM)
        )
        return path

    def _made(self, kind: str, domain: str) -> Pair:
        if kind == "good":
            return issue(domain, self._authority)
        if kind == "wrong-name":
            return issue("capulet.test", self._authority)
        if kind == "server-name":
            return issue(f"xmpp.{domain}", self._authority)
        if kind == "expired":
            return issue(domain, self._authority, since=-2 * DAY, until=-DAY)
        if kind == "not-yet-valid":
            return issue(domain, self._authority, since=DAY, until=2 * DAY)
        if kind == "self-signed":
            return issue(domain, None)
        if kind == "other-authority":
            return issue(domain, self._stranger)
        raise ValueError(kind)
