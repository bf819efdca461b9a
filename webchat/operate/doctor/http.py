"""This room asks the site by HTTP as a browser would, and notes when each piece of the answer came."""

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from time import monotonic

from webchat.config import BaseUrl
from webchat.operate.doctor.finding import Finding, certificate, fault

PATIENCE = 10.0
LARGEST = 256 * 1024

ABOUT = "site"

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_AUTHORITY = "Send the whole chain of certificates, or have this machine trust the authority."


@dataclass(slots=True)
class Answer:
    """What came back: `pieces` with the seconds after the request at which they came."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    not_after: float = 0.0

    @property
    def body(self) -> bytes:
        """All of it; pieces may still be in the frames of a chunked answer."""
        return b"".join(piece for _, piece in self.pieces)

    @property
    def date(self) -> float | None:
        """The sender's clock, in seconds since 1970 (RFC 9110 §6.6.1)."""
        try:
            return parsedate_to_datetime(self.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError):
            return None

    def came(self, mark: bytes) -> float | None:
        """When these bytes were there; None if they never came."""
        seen = b""
        for moment, piece in self.pieces:
            seen += piece
            if mark in seen:
                return moment
        return None


async def get(
    base: BaseUrl, path: str, tls: ssl.SSLContext | None = None, *, at: tuple[str, int] | None = None
) -> Answer | Finding:
    """The answer to one request, or what kept it from coming.

    at  where to connect to instead of where the name leads
    """
    host, port = place(base)
    address = at or (host, port)
    writer: asyncio.StreamWriter | None = None
    answer = Answer()
    context = (tls or ssl.create_default_context()) if base.secure else None
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(
                *address, ssl=context, limit=LARGEST, server_hostname=host if context else None
            )
            head = (
                f"GET {base.prefix}{path} HTTP/1.1\r\nHost: {base.netloc}\r\nUser-Agent: webchat-doctor\r\n"
                "Accept: */*\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode())
            began = monotonic()
            _read_head(answer, await reader.readuntil(b"\r\n\r\n"))
            if found := writer.get_extra_info("peercert"):
                answer.not_after = ssl.cert_time_to_seconds(found["notAfter"])
            size = 0
            while size < LARGEST and (piece := await reader.read(4096)):
                answer.pieces.append((monotonic() - began, piece))
                size += len(piece)
    except ssl.SSLCertVerificationError as error:
        return certificate(ABOUT, str(base), host, error.verify_code, _AUTHORITY)
    except ssl.SSLError:
        return fault(ABOUT, f"{base} does not speak TLS.", "Look at the proxy's configuration for this port.")
    except TimeoutError:
        return fault(
            ABOUT, f"{base} does not answer in {PATIENCE:.0f} seconds.", "See that proxy and site run."
        )
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
        said = getattr(error, "strerror", None) or type(error).__name__
        sentence = f"{base} cannot be reached from here ({said})."
        remedy = "See that the site and the proxy before it run, and that the name leads to this machine."
        return fault(ABOUT, sentence, remedy)
    finally:
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await writer.wait_closed()
    return answer


def place(base: BaseUrl) -> tuple[str, int]:
    """Host and port to connect to."""
    host, colon, port = base.netloc.rpartition(":")
    if not colon or not port.isdecimal():
        host, port = base.netloc, "443" if base.secure else "80"
    return host.removeprefix("[").removesuffix("]"), int(port)


def _read_head(answer: Answer, head: bytes) -> None:
    first, *lines = head.split(b"\r\n")
    found = _STATUS.match(first)
    if found is None:
        raise ValueError("no HTTP")
    answer.status = int(found[1])
    for line in lines:
        name, _, value = line.decode("latin-1").partition(":")
        answer.headers[name.strip().lower()] = value.strip()
