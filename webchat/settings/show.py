"""This room makes the values that Configuration draws."""

from dataclasses import dataclass

from webchat.posts.show.paths import public_path
from webchat.posts.store.public import PublicRow
from webchat.settings.commands import NO_BLOG, AtServer
from webchat.settings.forms import READERS
from webchat.web.language import N_
from webchat.xmpp.entries import MICROBLOG, Ref

CHOICES = {
    "theme": (
        ("system", N_("As in my system")),
        ("light", N_("Light")),
        ("dark", N_("Dark")),
        ("contrast", N_("High contrast")),
    ),
    "accent": tuple(
        (str(number), name)
        for number, name in enumerate(
            (
                N_("Pine"),
                N_("Moss"),
                N_("Olive"),
                N_("Straw"),
                N_("Amber"),
                N_("Clay"),
                N_("Coral"),
                N_("Rose"),
                N_("Plum"),
                N_("Violet"),
                N_("Blue"),
                N_("Sky"),
            )
        )
    ),
    "density": (("comfortable", N_("Comfortable")), ("compact", N_("Compact: more on one screen"))),
    "size": (
        ("small", N_("Small")),
        ("normal", N_("Normal")),
        ("large", N_("Large")),
        ("larger", N_("Very large")),
    ),
    "landing": (("news", N_("News")), ("chats", N_("Chats"))),
    "archive": (
        ("always", N_("Everything")),
        ("roster", N_("What I and my contacts say")),
        ("never", N_("Nothing")),
    ),
    "readers": (("open", N_("Everybody")), ("presence", N_("People whom I let see my presence"))),
}
"""What can be chosen: setting → (value, message id)."""


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


@dataclass(frozen=True, slots=True)
class ServerView:
    """What the server lets one choose; see templates/settings/_server.html.

    archive        what it keeps, "" where nobody can choose; `always` and `never` are its exceptions
    readers        access model of the blog, "" where the server does not say
    other_readers  it is another one than those that are offered
    """

    archive: str = ""
    always: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    readers: str = ""
    other_readers: bool = False


def at_server(said: AtServer) -> ServerView:
    """What it said, for the page."""
    prefs = said.archive
    other = said.readers not in ("", NO_BLOG, *READERS)
    if prefs is None:
        return ServerView(readers=said.readers, other_readers=other)
    return ServerView(prefs.default, prefs.always, prefs.never, said.readers, other)
