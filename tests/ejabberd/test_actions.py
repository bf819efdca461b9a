"""This room asks ejabberd what it offers, for its commands, and has it block."""

from pathlib import Path

from tests.lab.fixtures import TALKING
from tests.lab.insider import inside
from tests.lab.server import Server
from webchat.actions import commands
from webchat.actions.show import server_view
from webchat.contacts.state import Blocklist
from webchat.errors import XmppError
from webchat.xmpp import blocking
from webchat.xmpp import server as servers


async def test_what_it_offers_and_whom_it_blocks(server: Server, tmp_path: Path) -> None:
    (romeo,) = server.add("romeo")
    async with inside(romeo, server, TALKING, tmp_path) as his:
        view = server_view(his.session, await servers.look(his.session.client))
        assert view.up is not None
        has = {each.name: each for _, group in view.groups for each in group}
        for name in (
            *("Message archive", "All devices at once", "Safe over bad lines", "Quiet while nobody looks"),
            *("Messages wait", "Files and pictures", "Blocking", "Profiles and posts of your own"),
            *("Last activity", "Rooms", "Communities"),
        ):
            assert has[name].has, name
        assert not has["Waking telephones"].has
        assert "mod_push: {}" in view.ejabberd
        assert "mod_mam" not in view.ejabberd
        offered = await commands.offered(his.session, server.domain)
        assert offered.commands == ()
        assert offered.trouble is None or isinstance(offered.trouble, XmppError)
        await commands.block(his.session, "evil.example")
        await commands.block(his.session, "tybalt@evil.example")
        await commands.unblock(his.session, "evil.example")
        assert (await blocking.fetch(his.session.client)).jids == ("tybalt@evil.example",)
        assert his.session[Blocklist].jids == {"tybalt@evil.example"}
