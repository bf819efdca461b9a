"""Whom the forms of a post obey: readers who may see it, and nobody by an address that they guess."""

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.posts.service import Services, item
from webchat.posts import show, store
from webchat.xmpp.entries import COMMENTS, MICROBLOG_PRESENCE, PostItem, Ref

VIA = "montague.example"
CLOSED = Ref(MERCUTIO, MICROBLOG_PRESENCE, "mab")
TALK = Ref("comments.capulet.example", f"{COMMENTS}mab")


async def kept(romeo: Person, ref: Ref, said: PostItem) -> None:
    """Another account of this server received it."""
    async with romeo.session.work() as work:
        await store.record(work.db, VIA, ref.service, ref.node, said)


async def test_comments_lead_to_no_page_of_their_own(romeo: Person, tab: Browser) -> None:
    """What was said about a post for few is drawn by no form that is about posts."""
    await kept(romeo, CLOSED, item("mab", "Queen Mab", publisher=MERCUTIO, comments=TALK))
    await kept(romeo, TALK, item("c", "Hush, a secret", publisher=JULIET))
    said = show.path_of(Ref(TALK.service, TALK.node, "c"))
    for deed in ("comments", "like", "like/delete", "draft"):
        answer = await tab.client.post(f"{said}/{deed}", data={"text": ""})
        assert answer.status_code == 404
        assert "secret" not in answer.text


async def test_a_comment_goes_whose_post_is_not_here(romeo: Person, tab: Browser, services: Services) -> None:
    """It was taken back: that is no error."""
    services.put(TALK.service, TALK.node, item("c", "Mine", publisher=ROMEO))
    await kept(romeo, TALK, item("c", "Mine", publisher=ROMEO))
    answer = await tab.post(f"{show.path_of(Ref(TALK.service, TALK.node, 'c'))}/delete")
    assert answer.headers["location"] == "/news"
    assert services.items[TALK.service, TALK.node] == {}
