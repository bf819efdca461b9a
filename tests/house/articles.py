"""This room is the posts that the tests of forms are about: one of Romeo's own, where people talk."""

from webchat.posts import show
from webchat.session.registry import SignedIn
from webchat.xmpp.entries import COMMENTS, MICROBLOG, Entry, PostItem, PostReceived, Ref

TALK = Ref("comments.capulet.example", f"{COMMENTS}mine")
_ROUTE = "/posts/{service}/{node:path}/{item}"


def _path(jid: str) -> str:
    return show.path_of(Ref(jid, MICROBLOG, "mine"))


def forms(jid: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Route → an address of it and what a form would send, for the account with this bare JID."""
    path = _path(jid)
    return {
        f"{_ROUTE}/like": (f"{path}/like", {}),
        f"{_ROUTE}/like/delete": (f"{path}/like/delete", {}),
        f"{_ROUTE}/comments": (f"{path}/comments", {"text": "By any other name"}),
        f"{_ROUTE}/draft": (f"{path}/draft", {"text": "By any"}),
        f"{_ROUTE}/delete": (f"{path}/delete", {}),
        f"{_ROUTE}/delete/undo": (f"{path}/delete/undo", {}),
    }


async def published(me: SignedIn) -> None:
    """The post is there."""
    entry = Entry(title="Mine", text="*Mine*", comments=(TALK,))
    await me.session.inbox.handled(PostReceived(me.jid, MICROBLOG, PostItem("mine", me.jid, entry)))
