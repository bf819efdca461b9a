"""The operator's commands beside a site that runs, with a real XMPP server."""

from tests.egress.nameserver import name_server
from tests.lab.fixtures import OpenVisitor
from tests.lab.prosody import Lab
from tests.lab.site import Site
from tests.lab.visitor import eventually
from webchat.config import Settings
from webchat.operate import control
from webchat.operate.doctor import examine
from webchat.xmpp.resolve import Dns


async def test_the_doctor_and_the_commands_about_people(
    prosody: Lab, site: Site, visitor: OpenVisitor
) -> None:
    (romeo,) = prosody.add("romeo")
    his = await visitor(romeo)
    settings = Settings.from_env(site.variables())

    async def session() -> object:
        found = await control.do(settings, "sessions")
        return next((one for one in found if one["jid"] == romeo.jid and one["state"] == "online"), None)

    async def upload() -> object:
        return await control.do(settings, "uploads", domain=prosody.domain)

    assert await eventually(session)
    assert await eventually(upload)
    async with name_server({}) as (nameserver, _):
        found = await examine(settings, prosody.domain, Dns([nameserver]))
    assert [finding.sentence for finding in found if finding.level == "fault"] == []
    said = " ".join(finding.sentence for finding in found)
    assert f"The certificate of the XMPP server of {prosody.domain} " in said
    assert f"Files of {prosody.domain} go to " in said
    assert "The stream comes at once, piece by piece." in said
    assert await control.do(settings, "end", jid=romeo.jid) == 1
    assert await session() is None
    assert (await his.http.get("/chats")).headers["location"].startswith("/login")
