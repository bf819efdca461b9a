"""This room holds the dialogues about nodes with posts with Prosody (XEP-0060, 0277, 0330, 0472)."""

import secrets

import pytest

from tests.lab.prosody import Lab
from tests.lab.pubsub_dialogues import *  # noqa: F403
from tests.lab.pubsub_dialogues import entry
from tests.lab.reader import reading
from webchat.errors import XmppError
from webchat.xmpp import disco
from webchat.xmpp.entries import MICROBLOG, Followed, FollowedReceived, PostReceived
from webchat.xmpp.pubsub import following, nodes, posts


async def test_a_contact_hears_of_posts_by_announcing_it(prosody: Lab) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    async with (
        reading(romeo, prosody) as his,
        reading(juliet, prosody, f"{MICROBLOG}+notify", knows=romeo) as hers,
    ):
        # The server asks her what she wants to hear of; with the second answer it has hers.
        for _ in range(2):
            await disco.info(hers.stream, hers.stream.jid)
        await posts.publish(his.stream, romeo.jid, MICROBLOG, "one", entry("A walk"), access="presence")
        heard = await hers.hears(PostReceived)
        assert (heard.service, heard.node, heard.post.item, heard.live) == (romeo.jid, MICROBLOG, "one", True)
        # Who only announces it is no follower; who subscribes is.
        assert await nodes.followers(his.stream, MICROBLOG) == ()
        assert await following.subscribe(hers.stream, romeo.jid, MICROBLOG) == "subscribed"
        assert await nodes.followers(his.stream, MICROBLOG) == (juliet.jid,)


async def test_another_client_hears_what_leaves_the_list(prosody: Lab) -> None:
    (romeo,) = prosody.add("romeo")
    async with (
        reading(romeo, prosody) as his,
        reading(romeo, prosody, f"{following.PRIVATE}+notify") as phone,
    ):
        await following.put(his.stream, Followed("a.example", "dogs", "Dogs"), public=False)
        await phone.hears(FollowedReceived, lambda event: event.followed)
        await following.take(his.stream, "a.example", "dogs", public=False)
        gone = await phone.hears(FollowedReceived, lambda event: event.removed)
        assert gone.removed == (following.item_id(romeo.jid, "a.example", "dogs"),)


async def test_the_service_tells_who_published_and_guards_it(prosody: Lab) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    async with reading(romeo, prosody) as his, reading(juliet, prosody) as hers:
        service, node = f"pubsub.{prosody.domain}", f"dogs-{secrets.token_hex(3)}"
        options = {"pubsub#access_model": "open", "pubsub#publish_model": "open"}
        await nodes.create(hers.stream, service, node, options)
        await posts.publish(his.stream, service, node, "rex", entry("Rex"))
        assert [post.publisher for post in (await posts.page(hers.stream, service, node)).items] == [
            romeo.jid
        ]
        (tybalt,) = prosody.add("tybalt")
        async with reading(tybalt, prosody) as theirs:
            with pytest.raises(XmppError, match="forbidden"):
                await posts.publish(theirs.stream, service, node, "rex", entry("Mine"))
            with pytest.raises(XmppError, match="forbidden"):
                await posts.retract(theirs.stream, service, node, "rex")
        await posts.retract(his.stream, service, node, "rex")
        assert not (await posts.page(hers.stream, service, node)).items
