"""This room holds what the templates of posts draw: cards, articles, comments, files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from webchat.uploads.show import FileView


@dataclass(frozen=True, slots=True)
class Who:
    """A person beside their words.

    name       safe to show; `address` where it is not the name itself
    path       the page about them, "" where a reader has none
    picture    where their picture is, "" to draw the initial
    verified   the service vouches that it was they
    """

    jid: str
    name: str
    address: str
    path: str
    picture: str
    initial: str
    colour: int
    verified: bool = True
    own: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and where its page is, "" for none."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a post, had through us."""

    path: str
    description: str
    name: str = ""
    download: str = ""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page that a post points to; foreign text, drawn as text.

    player  the site that plays it, or ""; `seen_by`: the host that learns of a visit to `watch`
    watch   the page of ours that shows the player, "" for none; `key` names it among those of its post
    sound   a file that we hand out ourselves, to be played right here; None for a page
    """

    url: str
    host: str
    title: str
    description: str
    picture: str
    player: str = ""
    seen_by: str = ""
    watch: str = ""
    key: str = ""
    sound: FileView | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """What a post answers or shares; without a title it is not here."""

    path: str
    title: str
    excerpt: str
    who: str
    address: str


@dataclass(frozen=True, slots=True)
class Card:
    """A post in a list; see templates/posts/_card.html.

    key          what keeps lists in order: newest first
    path         its page
    title        "" where the excerpt says it all; `brief`: there is nothing but the title
    place        name of the community it stands in, "" for somebody's own posts; `place_path` its page
    audience     who can read it, in words (message id); `open`: everybody
    picture      the first one
    cut          there is more of its text than the excerpt
    send         where one sends it to a chat; `edit`, `delete`: where one does that to a post of one's own
    comments     how many, None where none are wanted
    likes        how many people like it; `liked`: the reader is one of them
    act          where the forms about it lead ("…/like"), "" for readers without a login
    share        where one answers or shares it
    editor       who looks after the place and changed what somebody else wrote
    named        address that the post itself names as its author, where its service tells of another one
    """

    id: int
    key: str
    path: str
    title: str
    excerpt: str
    brief: bool
    who: Who
    place: str
    place_path: str
    published: datetime
    edited: datetime | None
    audience: str
    open: bool
    language: str
    nsfw: bool
    picture: Picture | None
    more_pictures: int
    tags: Sequence[Tag]
    comments: int | None
    likes: int
    liked: bool
    act: str
    share: str
    parent: Parent | None = None
    editor: Who | None = None
    named: str = ""
    cut: bool = False
    send: str = ""
    edit: str = ""
    delete: str = ""


@dataclass(frozen=True, slots=True)
class CommentView:
    """What somebody said about a post.

    delete  where the form leads that takes it away, "" for none; `path` leads to this very comment
    answer  where one answers it, "" for readers without a login
    depth   0 for what is said about the post itself, 1 for an answer to that, and so on to a few
    to      the row of the comment that it answers, and who said that; None for none
    edited  when these words were last changed, None for never
    going   the reader has taken it back: seconds in which that can be undone, None for what stays
    """

    id: int
    who: Who
    text: Markup
    published: datetime
    delete: str = ""
    path: str = ""
    answer: str = ""
    depth: int = 0
    to: tuple[int, Who] | None = None
    edited: datetime | None = None
    going: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class GoingView:
    """A post that is just being taken back: for how many seconds that can be undone, and by which form."""

    seconds: int
    undo: str


@dataclass(frozen=True, slots=True)
class TalkView:
    """Hearts and comments of a post; see templates/posts/_talk.html.

    likers    names of those who like it, at most some; `likes` how many there are
    comments  answers below what they answer; `earlier`: so many of the first are folded away
    wanted    comments are wanted
    act       where its forms lead, "" for readers without a login
    share     where one answers or shares it
    send      where one sends it to a chat
    """

    id: int
    likes: int
    liked: bool
    likers: Sequence[Who]
    comments: Sequence[CommentView]
    wanted: bool
    act: str
    share: str
    send: str = ""
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Article:
    """A post as a whole; see templates/posts/_article.html. card: what it has in common with its card.

    body          cleaned, with pictures had through us
    edit, delete  where those pages are, "" for posts of others
    newer, older  (title, path) of the neighbours in the same node
    public        its page for everybody, "" for none; `uri` its XMPP address
    whole         the body is all there, in its form
    lent          the title is only the first line of the body
    minutes       that it takes to read; `readers`: how often accounts of this site opened it
    """

    card: Card
    body: Markup
    pictures: Sequence[Picture]
    files: Sequence[FileView]
    links: Sequence[PageLink]
    talk: TalkView
    edit: str = ""
    delete: str = ""
    newer: tuple[str, str] | None = None
    older: tuple[str, str] | None = None
    public: str = ""
    uri: str = ""
    whole: bool = True
    minutes: int = 0
    readers: int = 0
    shares: Sequence[Card] = field(default_factory=tuple)
    lent: bool = False
