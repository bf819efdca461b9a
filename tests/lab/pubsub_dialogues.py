"""This room holds dialogues about nodes with posts that are the same on every server (XEP-0060, XEP-0277)."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest

from tests.lab.insider import inside
from tests.lab.reader import Reader, reading
from tests.lab.server import Server
from webchat.contacts import slice as contacts
from webchat.errors import XmppError
from webchat.posts import commands, store
from webchat.posts import slice as own_posts
from webchat.xmpp.entries import (
    COMMENTS,
    LIKE,
    MICROBLOG,
    Entry,
    Followed,
    FollowedReceived,
    NodeChanged,
    NodeMember,
    PostReceived,
    PostsRetracted,
    Ref,
)
from webchat.xmpp.pubsub import following, nodes, posts
from webchat.xmpp.pubsub.services import pubsub_services

NOW = datetime(2026, 2, 1, 10, tzinfo=UTC)


def entry(title: str, *, age: int = 0, author: str = "", text: str = "") -> Entry:
    """A post of so many hours ago."""
    moment = NOW - timedelta(hours=age)
    return Entry(title=title, text=text, author=author, published=moment, updated=moment)


async def refused(reader: Reader, service: str, node: str) -> bool:
    """Whether they may not read a node."""
    try:
        return not (await posts.page(reader.stream, service, node)).items
    except XmppError:
        return True


async def test_a_post_reaches_a_contact_and_no_stranger(server: Server) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    (tybalt,) = server.add("tybalt")
    async with reading(romeo, server) as his, reading(juliet, server) as hers:
        assert await nodes.ensure(his.stream, MICROBLOG, "presence") == "presence"
        assert await following.subscribe(hers.stream, romeo.jid, MICROBLOG) == "subscribed"
        written = entry("A walk", text="We *walked*", author=romeo.jid)
        await posts.publish(his.stream, romeo.jid, MICROBLOG, "one", written, access="presence")
        heard = await hers.hears(PostReceived)
        assert (heard.service, heard.node, heard.post.item, heard.live) == (
            romeo.jid,
            MICROBLOG,
            "one",
            True,
        )
        assert heard.post.entry is not None
        assert heard.post.entry.title == "A walk"
        assert heard.post.entry.text == "We *walked*"
        assert "<em>" not in heard.post.entry.html
        changed = entry("A long walk", author=romeo.jid)
        await posts.publish(
            his.stream, romeo.jid, MICROBLOG, "one", changed, former=heard.post.xml, access="presence"
        )
        edited = await hers.hears(PostReceived, lambda event: event.post.entry.title == "A long walk")
        assert edited.post.entry is not None
        assert edited.post.entry.id == heard.post.entry.id
        assert (await posts.page(hers.stream, romeo.jid, MICROBLOG)).items[0].item == "one"
        async with reading(tybalt, server) as theirs:
            assert await refused(theirs, romeo.jid, MICROBLOG)
            assert await nodes.ensure(his.stream, MICROBLOG, "open") == "open"
            found = await posts.page(theirs.stream, romeo.jid, MICROBLOG)
            assert [post.item for post in found.items] == ["one"]
            assert await nodes.ensure(his.stream, MICROBLOG, "presence") == "presence"
            assert await refused(theirs, romeo.jid, MICROBLOG)
        # What the node is counts, not what it was: options that do not fit are mended, and read back.
        await posts.publish(his.stream, romeo.jid, MICROBLOG, "two", entry("Open"), access="open")
        assert nodes.access_of(await nodes.configuration(his.stream, romeo.jid, MICROBLOG)) == "open"
        await posts.retract(his.stream, romeo.jid, MICROBLOG, "one")
        assert (await hers.hears(PostsRetracted)).items == ("one",)


async def test_pages_lead_to_the_oldest_post(server: Server) -> None:
    (romeo,) = server.add("romeo")
    async with reading(romeo, server) as his:
        for age in range(7, 0, -1):
            await posts.publish(his.stream, romeo.jid, MICROBLOG, f"p{age}", entry(f"{age}", age=age))
        read: list[str] = []
        before = ""
        for _ in range(6):
            page = await posts.page(his.stream, romeo.jid, MICROBLOG, most=3, before=before)
            read += [post.item for post in page.items]
            before = page.more
            if not before:
                break
        assert read == [f"p{age}" for age in range(1, 8)]
        some = await posts.some(his.stream, romeo.jid, MICROBLOG, ["p3", "p5", "nothing"])
        assert [post.item for post in some] == ["p3", "p5"]


async def test_comments_and_a_like(server: Server) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    async with reading(romeo, server) as his, reading(juliet, server) as hers:
        services = await pubsub_services(his.stream, server.domain)
        assert services == (f"pubsub.{server.domain}", f"comments.{server.domain}")
        service, node = services[1], COMMENTS + secrets.token_hex(6)
        await nodes.create_comments(his.stream, service, node, "open")
        await nodes.create_comments(his.stream, service, node, "open")
        assert await following.subscribe(his.stream, service, node) == "subscribed"
        assert await following.subscriptions(hers.stream, service, node) == ()
        assert await following.subscriptions(his.stream, service, node) == (Ref(service, node),)
        assert Ref(service, node) in await following.subscriptions(his.stream, service)
        await posts.publish(hers.stream, service, node, "c1", entry("Nice place!", author=juliet.jid))
        await posts.publish(hers.stream, service, node, "c2", entry(LIKE, author=juliet.jid))
        await his.hears(PostReceived, lambda event: event.post.item == "c2")
        heard = [event for event in his.events if isinstance(event, PostReceived)]
        assert [(event.service, event.node) for event in heard] == [(service, node)] * 2
        # Not every server tells who published; none says that it was somebody else.
        assert {event.post.publisher for event in heard} <= {juliet.jid, ""}
        assert [event.post.entry and event.post.entry.title for event in heard] == ["Nice place!", LIKE]
        await posts.retract(hers.stream, service, node, "c2")
        assert (await his.hears(PostsRetracted)).items == ("c2",)
        await following.unsubscribe(his.stream, service, node)
        await following.unsubscribe(his.stream, service, node)
        assert Ref(service, node) not in await following.subscriptions(his.stream, service)


async def test_comments_of_what_few_may_read_are_hidden_from_all_others(server: Server) -> None:
    (romeo,), (tybalt,) = server.add("romeo"), server.add("tybalt")
    async with reading(romeo, server) as his, reading(tybalt, server) as theirs:
        service, node = f"comments.{server.domain}", COMMENTS + secrets.token_hex(6)
        await nodes.create_comments(his.stream, service, node, "presence")
        # Not every server lets an owner write who does not follow.
        await following.subscribe(his.stream, service, node)
        await posts.publish(his.stream, service, node, "c1", entry("Between us"))
        assert await refused(theirs, service, node)


async def test_contacts_talk_about_what_only_contacts_may_read(server: Server, tmp_path: Path) -> None:
    """By what pages do: a stranger who knows the names can neither read nor write, a follower can both."""
    romeo, juliet = server.add("romeo", "juliet")
    (tybalt,) = server.add("tybalt")
    slices = (contacts, own_posts)
    async with (
        inside(romeo, server, slices, tmp_path) as his,
        inside(juliet, server, slices, tmp_path) as hers,
        reading(tybalt, server) as theirs,
    ):
        ref = Ref(romeo.jid, MICROBLOG, "secret")
        await commands.publish_post(his.session, ref, entry("Hush"), access="presence", comments=True)
        post = await commands.fetch_post(hers.session, ref)
        assert post is not None
        assert post.comments is not None
        assert post.comments.service == romeo.jid
        await commands.comment(hers.session, post, "Between us")
        await commands.like(hers.session, post)

        async def heard() -> bool:
            async with his.session.read() as db:
                talk = await store.talk(db, post)
            return [each.title for each in talk.comments] == ["Between us"] and talk.likes == (juliet.jid,)

        await his.until(heard)
        node = post.comments.node
        for place in (MICROBLOG, node):
            assert await refused(theirs, romeo.jid, place)
            with pytest.raises(XmppError):
                await posts.some(theirs.stream, romeo.jid, place, ["secret"])
            with pytest.raises(XmppError):
                await following.subscribe(theirs.stream, romeo.jid, place)
            with pytest.raises(XmppError):
                await posts.publish(theirs.stream, romeo.jid, place, "mine", entry("I hate the word"))
        with pytest.raises(XmppError):
            await following.subscribe(theirs.stream, romeo.jid, node, jid=theirs.stream.full_jid)
        (said,) = [
            each.item
            for each in (await posts.page(his.session.client, romeo.jid, node)).items
            if each.entry and each.entry.title != LIKE
        ]
        await posts.retract(his.session.client, romeo.jid, node, said)
        await commands.fetch_talk(hers.session, post)
        async with hers.session.read() as db:
            assert not (await store.talk(db, post)).comments


async def test_a_community(server: Server) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    async with reading(romeo, server) as his, reading(juliet, server) as hers:
        service, node = f"pubsub.{server.domain}", f"cats-{secrets.token_hex(3)}"
        options = {"pubsub#title": "Cats", "pubsub#access_model": "open", "pubsub#publish_model": "open"}
        await nodes.create(his.stream, service, node, options)
        with pytest.raises(XmppError, match="conflict"):
            await nodes.create(his.stream, service, node, options)
        await nodes.configure(his.stream, service, node, {"pubsub#description": "All about *cats*"})
        info = await nodes.info(hers.stream, service, node)
        assert (info.title, info.description, info.publish_model) == ("Cats", "All about *cats*", "open"), (
            info
        )
        assert node in [each.node for each in await nodes.listing(hers.stream, service)]
        assert await following.subscribe(hers.stream, service, node) == "subscribed"
        assert NodeMember(juliet.jid, "subscribed") in await nodes.subscribers(his.stream, service, node)
        await posts.publish(hers.stream, service, node, "tom", entry("Tom", author=juliet.jid))
        heard = await hers.hears(PostReceived)
        assert (heard.service, heard.node, heard.post.item) == (service, node, "tom")
        await logo(his, service, node)
        page = await posts.page(his.stream, service, node)
        assert [post.item for post in page.items if post.entry] == ["tom"]
        await posts.retract(his.stream, service, node, "tom")
        await hers.hears(PostsRetracted)
        await nodes.set_affiliation(his.stream, service, node, juliet.jid, "publisher")
        assert NodeMember(juliet.jid, "publisher") in await nodes.affiliations(his.stream, service, node)
        await nodes.delete(his.stream, service, node)
        assert (await hers.hears(NodeChanged, lambda event: event.what == "deleted")).node == node
        assert "urn:xmpp:avatar:metadata" not in [
            event.post.item for event in hers.events if isinstance(event, PostReceived)
        ]


async def logo(reader: Reader, service: str, node: str) -> None:
    """The picture of a community is an item of it (W§6)."""
    metadata = Element("{urn:xmpp:avatar:metadata}metadata")
    SubElement(metadata, "{urn:xmpp:avatar:metadata}info", {"url": "https://up.example/1.png", "id": "1"})
    await posts.put(reader.stream, service, node, "urn:xmpp:avatar:metadata", metadata)


async def test_lists_of_what_is_followed(server: Server) -> None:
    romeo, juliet = server.add("romeo", "juliet")
    (tybalt,) = server.add("tybalt")
    async with (
        reading(romeo, server, f"{following.PRIVATE}+notify") as his,
        reading(juliet, server) as hers,
        reading(tybalt, server) as theirs,
    ):
        cats, dogs = Followed("pubsub.verona.example", "cats", "Cats"), Followed("a.example", "dogs", "Dogs")
        assert await following.lists(his.stream, public=True) == ()
        await following.put(his.stream, cats, public=True)
        await following.put(his.stream, cats, public=False)
        await following.put(his.stream, dogs, public=False)
        await his.hears(FollowedReceived, lambda event: not event.public and event.followed[0].node == "dogs")
        shared = await following.lists(hers.stream, romeo.jid, public=True)
        assert [(each.service, each.node, each.title) for each in shared] == [
            ("pubsub.verona.example", "cats", "Cats")
        ]
        assert {each.node for each in await following.lists(his.stream, public=False)} == {"cats", "dogs"}
        assert await refused(hers, romeo.jid, following.PRIVATE)
        assert await refused(theirs, romeo.jid, following.PRIVATE)
        assert await refused(theirs, romeo.jid, following.PUBLIC)
        await following.take(his.stream, "a.example", "dogs", public=False)
        assert [each.node for each in await following.lists(his.stream, public=False)] == ["cats"]
