"""This room looks at where the files of a domain go: whether there is such a service, and can be reached."""

from urllib.parse import urlsplit

from webchat.config import Settings
from webchat.egress import Guard
from webchat.media.fetch import Fetcher, FetchFailed
from webchat.operate import control
from webchat.operate.doctor.finding import Finding, fault, warning, well
from webchat.operate.trouble import Trouble
from webchat.xmpp.resolve import Lookup

UPLOAD = "upload"
PATIENCE = 10.0
_CLOSED = {
    "refused": (
        "where this site does not go",
        "It needs an https address outside your own network, or its network in WEBCHAT_ALLOW_PRIVATE.",
    ),
    "unreachable": (
        "which cannot be reached, or not with a certificate that is trusted here",
        "See that it runs, that its name leads there, and that its certificate is valid.",
    ),
    "too-slow": ("which does not answer in time", "See that it runs."),
}


async def look(settings: Settings, domain: str, lookup: Lookup) -> list[Finding]:
    """What the sessions of the running site know of the domain's upload service, and whether it answers."""
    try:
        found = (
            await control.do(settings, "uploads", domain=domain) if await control.running(settings) else None
        )
    except Trouble as trouble:
        return [warning(UPLOAD, str(trouble), "Look at the site's log.")]
    if found is None:
        return [well(UPLOAD, f"Nobody of {domain} is online here, so its upload service was not looked at.")]
    service, most = found["service"], found["most"]
    if not service:
        sentence = f"{domain} has no upload service, so its people can send no files."
        return [warning(UPLOAD, sentence, "Turn one on there (XEP-0363; Prosody: mod_http_file_share).")]
    if not found["slot"]:
        sentence = f"The upload service {service} gives no place for a file ({found['trouble']})."
        return [fault(UPLOAD, sentence, "Look at the log of the XMPP server.")]
    if (closed := await _closed(settings, found["slot"], lookup)) is not None:
        return [closed]
    sentence = f"Files of {domain} go to {service}{f', up to {most // 1_000_000} MB a file' if most else ''}."
    if most and most < settings.max_upload:
        remedy = "Raise the limit there, or set WEBCHAT_MAX_UPLOAD to it, so that nobody waits for nothing."
        return [warning(UPLOAD, f"{sentence} This site lets people choose larger ones.", remedy)]
    return [well(UPLOAD, sentence)]


async def _closed(settings: Settings, slot: str, lookup: Lookup) -> Finding | None:
    """Why nothing can be brought to the web address that the service gave; None when it answers."""
    ca_file = str(settings.xmpp_ca_file) if settings.xmpp_ca_file else None
    fetcher = Fetcher(Guard(settings.allow_private), lookup.addresses, ca_file)
    try:
        # Nothing is brought, so that nothing is left behind; that no such file is there is an answer, too.
        await fetcher.get(slot, most=1, deadline=PATIENCE, secure=True)
    except FetchFailed as failed:
        if failed.reason not in _CLOSED:
            return None
        words, remedy = _CLOSED[failed.reason]
        parts = urlsplit(slot)
        return fault(UPLOAD, f"Files are to be brought to {parts.scheme}://{parts.netloc}, {words}.", remedy)
    finally:
        await fetcher.close()
    return None
