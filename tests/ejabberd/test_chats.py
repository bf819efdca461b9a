"""This room holds a chat of two with ejabberd: words, receipts, the archive, and what is said about words."""

import secrets
from pathlib import Path

from tests.lab.fixtures import TALKING, OpenPeer
from tests.lab.insider import inside
from tests.lab.server import Server
from webchat.messages import commands as messages
from webchat.messages.commands import actions

REACTIONS = "{urn:xmpp:reactions:0}reactions"
REPLACE = "{urn:xmpp:message-correct:0}replace"


async def test_a_chat_of_two(server: Server, peer: OpenPeer, tmp_path: Path) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    hers = await peer(juliet)
    async with inside(romeo, server, TALKING, tmp_path) as his:
        await messages.send_message(his.session, juliet.jid, "But sooft!", id=secrets.token_hex(8))
        soft = await hers.hears_body("But sooft!")
        hers.confirm(romeo.jid, soft.id)
        (line,) = await his.reads(juliet.jid, "But sooft!")
        await his.until(lambda: his.has_state(juliet.jid, line.id, "received"))
        await actions.correct(
            his.session,
            juliet.jid,
            line.id,
            "But soft!",
            new_id=secrets.token_hex(8),
            draft_version=0,
            spoiler=None,
        )
        corrected = await hers.hears_body("But soft!")
        replace = corrected.xml.find(REPLACE)
        assert replace is not None
        assert replace.attrib == {"id": soft.id}
        asked = hers.send(romeo.jid, "Ay me!")
        await hers.hears_receipt(asked)
        _, hers_line = await his.reads(juliet.jid, "But soft!", "Ay me!")
        await actions.react(his.session, hers_line.id, "🌹")
        heard = await hers.hears(lambda one: one.xml.find(REACTIONS) is not None)
        reactions = heard.xml.find(REACTIONS)
        assert reactions is not None
        assert (reactions.get("id"), [each.text for each in reactions]) == (asked, ["🌹"])
    hers.send(romeo.jid, "Art thou gone so?")
    await hers.round_trip()
    # The same place to keep things, then a new one: what is missing there comes from the archive.
    (tmp_path / "new").mkdir()
    for folder in (tmp_path, tmp_path / "new"):
        async with inside(romeo, server, TALKING, folder) as his:
            lines = await his.reads(juliet.jid, "But soft!", "Ay me!", "Art thou gone so?")
            assert [line.mine for line in lines] == [True, False, False]
            assert lines[0].edited_at is not None
