"""This room makes the TLS context all streams share: the CA store is loaded once, buffers are small."""

import asyncio.sslproto
import ssl

# asyncio gives each TLS connection a read buffer of 256 KiB and keeps it; stanzas are small.
asyncio.sslproto.SSLProtocol.max_size = 16 * 1024


def context(ca_file: str | None = None) -> ssl.SSLContext:
    """A verifying client context, TLS 1.2 or newer (RFC 7590 §3).

    ca_file  trusted besides the system's authorities
    """
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["xmpp-client"])  # XEP-0368 §4
    if ca_file:
        made.load_verify_locations(cafile=ca_file)
    return made
