"""This room looks at the XMPP server of a domain: what DNS says, what answers there, what it proves to be."""

import asyncio
import ssl
import time

from webchat.config import BaseUrl, Settings
from webchat.egress import Guard, ascii_domain
from webchat.errors import LoginFailed
from webchat.operate.doctor import http, site
from webchat.operate.doctor.finding import Finding, certificate, fault, lasting, warning, well
from webchat.xmpp import probe
from webchat.xmpp.resolve import DIRECT, STARTTLS, Lookup, Resolver

DNS, SERVER = "DNS", "XMPP server"

_AUTHORITY = "Get one that browsers trust too, or name the authority in WEBCHAT_XMPP_CA_FILE."
_PRIVATE = (
    "See that it runs; if it is in your own network, name it in WEBCHAT_XMPP_HOSTS or WEBCHAT_ALLOW_PRIVATE."
)
_PROBLEMS = {
    "unreachable": ("cannot be reached", "See that it runs and that no firewall is between."),
    "silent": ("accepts connections and then says nothing", "Look at its log."),
    "not-xmpp": ("does not speak XMPP", "See that SRV records or WEBCHAT_XMPP_HOSTS name the right port."),
    "no-starttls": ("offers no encryption", "Give it a certificate and turn TLS on."),
    "tls": ("and this machine find no common TLS", "It must offer TLS 1.2 or newer."),
}


async def look(settings: Settings, domain: str, tls: ssl.SSLContext, lookup: Lookup) -> list[Finding]:
    """All there is to see without an account."""
    resolver = Resolver(Guard(settings.allow_private), settings.xmpp_hosts, lookup=lookup)
    mapped = domain in settings.xmpp_hosts
    found = [] if mapped else await _records(lookup, domain)
    try:
        targets = await resolver.targets(domain)
    except LoginFailed as error:
        return [*found, _unknown(domain) if error.condition == "unknown-host" else _nowhere(domain)]
    seen = await asyncio.gather(*(probe.look(target, domain, tls) for target in targets))
    return found + _judged(domain, list(seen), mapped=mapped)


async def _records(lookup: Lookup, domain: str) -> list[Finding]:
    try:
        name = ascii_domain(domain)
    except ValueError:
        return []
    try:
        async with asyncio.timeout(8):
            answers = await asyncio.gather(*(lookup.services(prefix + name) for prefix in (DIRECT, STARTTLS)))
    except TimeoutError:
        answers = [None, None]
    records = [record for answer in answers for record in answer or ()]
    if records:
        hosts = ", ".join(sorted({f"{record.host}:{record.port}" for record in records})[:4])
        return [well(DNS, f"The SRV records of {domain} name {hosts}.")]
    if None in answers:
        return [
            fault(
                DNS, f"DNS gives no answer about {domain}.", "See that this machine can reach a name server."
            )
        ]
    sentence = f"{domain} has no SRV records, so its server is looked for at {domain}:5222."
    remedy = f"Publish _xmpps-client._tcp.{domain} and _xmpp-client._tcp.{domain}, or set WEBCHAT_XMPP_HOSTS."
    return [warning(DNS, sentence, remedy)]


def _unknown(domain: str) -> Finding:
    return fault(DNS, f"DNS knows no {domain}.", "Look for a typing error, or publish its records.")


def _nowhere(domain: str) -> Finding:
    return fault(SERVER, f"No server of {domain} has an address that this site may connect to.", _PRIVATE)


def _judged(domain: str, seen: list[probe.Seen], *, mapped: bool) -> list[Finding]:
    good = [each for each in seen if not each.problem]
    bad = [_problem(domain, each) for each in seen if each.problem]
    if not good:
        # A certificate says more than a closed port beside it.
        bad.sort(key=lambda finding: "certificate" not in finding.sentence)
        return bad[:1] if mapped else bad
    first = good[0]
    found = [] if mapped else [warning(each.about, each.sentence, each.remedy) for each in bad]
    found.append(lasting(SERVER, f"the XMPP server of {domain}", first.not_after, time.time()))
    if not any(name.startswith("SCRAM-") for name in first.mechanisms):
        sentence = f"The XMPP server of {domain} offers no SCRAM, so nobody stays signed in after a restart."
        found.append(warning(SERVER, sentence, "Turn SCRAM-SHA-1 or SCRAM-SHA-256 on there."))
    return found


def _problem(domain: str, seen: probe.Seen) -> Finding:
    if seen.problem == "certificate":
        return certificate(SERVER, f"the XMPP server of {domain}", domain, seen.verify, _AUTHORITY)
    words, remedy = _PROBLEMS[seen.problem]
    address = f"[{seen.target.host_ip}]" if ":" in seen.target.host_ip else seen.target.host_ip
    sentence = f"The XMPP server of {domain} at {address}:{seen.target.port} {words}."
    return fault(SERVER, sentence, remedy)


async def clock(domain: str, lookup: Lookup) -> list[Finding]:
    """Our clock beside that of the domain's web server; nothing where there is none.

    The site's own answers rarely tell: they mostly come from this machine.
    """
    try:
        async with asyncio.timeout(5):
            addresses = await lookup.addresses(ascii_domain(domain))
    except (TimeoutError, ValueError):
        return []
    if not addresses:
        return []
    place = BaseUrl("https", ascii_domain(domain), "")
    answer = await http.get(place, "/.well-known/host-meta", at=(addresses[0], 443))
    if isinstance(answer, Finding) or answer.date is None:
        return []
    return [site.clock(answer.date, f"the web server of {domain}")]
