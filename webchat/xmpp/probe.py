"""This room looks at an XMPP server from outside: does it answer, and who does it prove to be.

Nothing is sent but what opens a stream; no account is needed.
"""

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from webchat.egress import ascii_domain
from webchat.xmpp.resolve import Target

PATIENCE = 5.0
LARGEST = 64 * 1024

_END = b"</stream:features>"
_HEADER = (
    "<?xml version='1.0'?><stream:stream to={to} version='1.0' xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams'>"
)
_STARTTLS = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
_MECHANISM = re.compile(rb"<mechanism[^>]*>([A-Z0-9_-]{1,20})</mechanism>")


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one target.

    problem     "" for none; unreachable, silent, not-xmpp, no-starttls, certificate, tls
    verify      OpenSSL's code of what is wrong with the certificate, 0 for nothing
    not_after   until when the certificate is good, in seconds since 1970
    mechanisms  what can be signed in with
    """

    target: Target
    problem: str = ""
    verify: int = 0
    not_after: float = 0.0
    mechanisms: tuple[str, ...] = ()


async def look(target: Target, domain: str, tls: ssl.SSLContext) -> Seen:
    """Open a stream as far as it goes without an account (RFC 6120 §4-5, XEP-0368)."""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            name = ascii_domain(domain)
            reader, writer = await asyncio.open_connection(
                target.host_ip,
                target.port,
                limit=LARGEST,
                ssl=tls if target.direct_tls else None,
                server_hostname=name if target.direct_tls else None,
            )
            if not target.direct_tls:
                if b"<starttls" not in await _greeted(reader, writer, domain):
                    return Seen(target, "no-starttls")
                writer.write(_STARTTLS)
                if b"<proceed" not in await reader.readuntil(b">"):
                    return Seen(target, "no-starttls")
                await writer.start_tls(tls, server_hostname=name)
            features = await _greeted(reader, writer, domain)
            certificate = writer.get_extra_info("peercert") or {}
    except ssl.SSLCertVerificationError as error:
        return Seen(target, "certificate", verify=error.verify_code)
    except ssl.SSLError:
        return Seen(target, "tls")
    except TimeoutError:
        return Seen(target, "silent" if writer else "unreachable")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        return Seen(target, "not-xmpp")
    except OSError:
        return Seen(target, "not-xmpp" if writer else "unreachable")
    finally:
        if writer is not None:
            await _closed(writer)
    offered = tuple(name.decode() for name in _MECHANISM.findall(features))
    not_after = ssl.cert_time_to_seconds(certificate["notAfter"]) if "notAfter" in certificate else 0.0
    return Seen(target, not_after=not_after, mechanisms=offered)


async def _greeted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, domain: str) -> bytes:
    writer.write(_HEADER.format(to=quoteattr(domain)).encode())
    return await reader.readuntil(_END)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            await writer.wait_closed()
