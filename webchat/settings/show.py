"""This room makes the values that Configuration draws."""

from dataclasses import dataclass

from webchat.posts.show.paths import public_path
from webchat.posts.store.public import PublicRow
from webchat.xmpp.entries import MICROBLOG, Ref


@dataclass(frozen=True, slots=True)
class PublicView:
    """The public page of an account; see templates/settings/_public.html.

    path        the page, `address` the same as one writes it down; `short` the one by nickname, "" for none
    beginning   what stands before the nickname
    error       message id of what is wrong with the nickname, "" for nothing
    """

    public: bool
    nickname: str
    path: str
    address: str
    short: str
    beginning: str
    error: str = ""


def public(row: PublicRow, site: str, *, wrong: str = "", typed: str = "") -> PublicView:
    """What the account chose, or what it `typed` where that was `wrong`."""
    path = public_path(Ref(row.jid, MICROBLOG))
    short = f"{site}/@{row.nickname}" if row.nickname else ""
    nickname = typed if wrong else row.nickname
    return PublicView(row.public, nickname, path, f"{site}{path}", short, f"{site}/@", wrong)
