"""This room makes of the files, pictures and pages of a post what templates draw, had through us."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from webchat.markup import html
from webchat.markup import names as safe
from webchat.media import sniff, tokens
from webchat.posts.show.paths import path_of, url
from webchat.posts.show.players import player_of, site_of
from webchat.posts.show.values import PageLink, Picture
from webchat.posts.store import Post
from webchat.session.session import Session
from webchat.uploads.show import FileView, file, shown_name, size_words
from webchat.web.dom import key
from webchat.xmpp.content import SharedFile

LONGEST = 500
MOST_LINKS = 50

Handed = Callable[[tokens.Link], str]
"""What is at a foreign address → where our pages have it."""


def handed(session: Session | None, post: Post) -> Handed:
    """How this reader gets the media of a post: by their login, or as long as the post is open."""
    if session is None:
        return lambda link: url(tokens.open_path(post.id, link))
    owner = session.jid
    return lambda link: url(tokens.path(owner, link))


def _is_picture(link: dict[str, Any]) -> bool:
    kind = sniff.plain(str(link.get("type", "")))
    ending = str(link.get("href", "")).rpartition(".")[2].lower()
    return kind in sniff.PICTURES or (not kind and ending in ("jpg", "jpeg", "png", "gif", "webp", "avif"))


def pictures(post: Post, hand: Handed) -> list[Picture]:
    """The pictures that are attached to a post."""
    found = []
    for link in post.links:
        if link["rel"] != "enclosure" or not _is_picture(link):
            continue
        name = shown_name(link["title"])
        said = safe.shown(link["description"], 1000)
        path = hand(tokens.Link("picture", link["href"], name))
        found.append(Picture(path, said or name, name, hand(tokens.Link("download", link["href"], name))))
    return found


def first(post: Post, hand: Handed) -> tuple[Picture | None, int]:
    """The picture that a card shows, attached or in the body (W§3), and how many more there are."""
    attached = pictures(post, hand)
    if attached:
        return attached[0], len(attached) - 1
    inside = html.pictures(post.body)
    if not inside:
        return None, 0
    return Picture(hand(tokens.Link("picture", inside[0])), ""), len(inside) - 1


def files(session: Session | None, post: Post, hand: Handed) -> list[FileView]:
    """The attached files that are no pictures."""
    given = [link for link in post.links if link["rel"] == "enclosure" and not _is_picture(link)]
    if session is not None:
        return [file(session.jid, _shared(link)) for link in given]
    # Readers without a login get no sound and film by us: that is a plain link to where it lies.
    names = [(shown_name(link["title"]), link) for link in given]
    return [
        FileView(
            "file", name, name.rpartition(".")[2].upper()[:8], size_words(link["size"]), "", link["href"]
        )
        for name, link in names
    ]


def _shared(link: dict[str, Any]) -> SharedFile:
    name = link["title"] or urlsplit(link["href"]).path.rpartition("/")[2]
    return SharedFile(
        link["href"], name, link["type"], link["size"], description=link["description"], inline=False
    )


def page_links(post: Post, hand: Handed, session: Session | None = None) -> Sequence[PageLink]:
    """The pages that a post points to, and films and sounds; who has a login can play these here."""
    made = []
    for link in post.links:
        if link["rel"] != "related":
            continue
        host = safe.shown_host((_host(link["href"])).removeprefix("www."))
        logo = link["logo"] if link["logo"].lower().startswith(("https://", "http://")) else ""
        picture = hand(tokens.Link("picture", logo)) if logo else ""
        title = safe.shown(link["title"], LONGEST) or host
        about = safe.shown(link["description"], LONGEST)
        found = PageLink(link["href"], host, title, about, picture, site_of(link["href"]))
        made.append(_played(found, post, session) if session else found)
    known = {link.url for link in made}
    for address in html.links(post.body):
        # What other sites play is a card, and loads nothing before it is opened.
        if address in known or len(known) >= MOST_LINKS:
            continue
        site = site_of(address)
        host = safe.shown_host(_host(address).removeprefix("www."))
        found = PageLink(address, host, site or host, "", "", site)
        found = _played(found, post, session) if session else found
        if site or found.sound:
            known.add(address)
            made.append(found)
    return made


def _played(link: PageLink, post: Post, session: Session) -> PageLink:
    """The link with the page of ours that shows its player, or with its very file."""
    player = player_of(link.url)
    if player is not None:
        name = key(link.url)[:16]
        watch = url(f"{path_of(post.ref)}/players/{name}")
        return replace(link, watch=watch, key=name, seen_by=player.host)
    path = _path(link.url)
    if "." not in path.rpartition("/")[2] or link.player:
        return link
    sound = file(session.jid, SharedFile(link.url, path.rpartition("/")[2], "", None, inline=False))
    return replace(link, sound=sound) if sound.kind in ("audio", "video") else link


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
