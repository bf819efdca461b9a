"""This room is the list of all that can be set: where, to what, and where one sees that it holds."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.lab.people import JULIET
from tests.media import samples
from tests.settings.scene import Fields, Scene, until
from tests.web.site import ROMEO
from webchat.attention import jobs
from webchat.posts import show
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import MICROBLOG, Ref
from webchat.xmpp.events import ChatStateReceived, SubscriptionRequested
from webchat.xmpp.verbs import SendChatState, SendDisplayed, SendReceipt

CONFIGURATION = "/configuration"
PREFERENCES = f"{CONFIGURATION}/preferences"
NOTICES = f"{CONFIGURATION}/notifications"
PROFILE = f"{CONFIGURATION}/profile"
BLOCKED = f"{CONFIGURATION}/blocked"
EXCEPTIONS = f"{CONFIGURATION}/archive/exceptions"
TYBALT = "tybalt@capulet.example"
NURSE = "nurse@capulet.example"
ROSE = Ref(JULIET, MICROBLOG, "rose")
PLAY = "https://globe.example/play"

Look = Callable[[Scene], Awaitable[bool]]


@dataclass(frozen=True)
class Setting:
    """One thing that can be chosen.

    page, action  where its form stands, where that is sent to
    fields        what is filled in otherwise than it stands there; None is a box that is not ticked
    seen          whether it holds, looked at where the setting says that it shows
    scope, told   what another tab follows, and what it hears of the change
    keys          of the account's preferences that are kept for it
    apart         it would hide what another one of its page does, so it is tried alone
    """

    name: str
    page: str
    action: str
    fields: Fields
    seen: Look
    told: str = "event: resync"
    scope: str = "settings/preferences"
    keys: tuple[str, ...] = ()
    file: bytes = b""
    apart: bool = False


def frame(selector: str) -> Look:
    """It shows in the frame of every page."""
    return lambda scene: scene.shows(selector)


def preference(name: str, value: str | None, seen: Look, told: str = "event: resync") -> Setting:
    """One of the large form."""
    return Setting(name, PREFERENCES, PREFERENCES, {name: value}, seen, told, keys=(name,))


def notice(name: str, value: str | None, seen: Look, key: str, told: str = "event: resync") -> Setting:
    """One of those about notices."""
    scope = "settings/notifications"
    return Setting(name, NOTICES, NOTICES, {name: value}, seen, told, scope, (key,), apart=name == "notices")


def card(name: str, value: str) -> Setting:
    """One field of what he tells about himself."""

    async def seen(scene: Scene) -> bool:
        kept = scene.home.items.get(ns.VCARD4_NODE)
        told = "".join(scene.home.one(ns.VCARD4_NODE).itertext()) if kept else ""
        box = (await scene.page(PROFILE)).cssselect(f"#card-{name}")[0]
        return value in told and value == (box.get("value") or box.text or "").strip()

    return Setting(f"profile: {name}", PROFILE, PROFILE, {name: value}, seen, scope="card/")


# ---- where it shows


async def language(scene: Scene) -> bool:
    """The page is French, and says so."""
    page = await scene.page()
    return page.get("lang") == "fr" and "Discussions" in page.cssselect("nav")[0].text_content()


async def landing(scene: Scene) -> bool:
    """The site begins with the chats."""
    return await scene.leads() == "/chats"


async def held(scene: Scene) -> bool:
    """A message that was just written can be taken back."""
    scene.said += 1
    fields = {"message_id": f"00000000-0000-4000-8000-{scene.said:012}", "text": "Soft!"}
    await scene.browser.post(f"/conversations/{JULIET}/messages", data=fields)
    row = (await scene.page(f"/chats/{JULIET}")).cssselect(".message.mine")[-1]
    return bool(row.cssselect("button.undoes"))


async def no_receipt(scene: Scene) -> bool:
    """Juliet is told neither that it came nor that it was read."""
    id = await scene.hears()
    page = await scene.page(f"/chats/{JULIET}")
    last = page.cssselect(".timeline .message")[-1].get("id").removeprefix("message-")
    await scene.browser.post(f"/conversations/{JULIET}/displayed", data={"id": last})
    return not {SendReceipt(JULIET, id), SendDisplayed(JULIET, id)} & set(await scene.told())


async def no_typing(scene: Scene) -> bool:
    """Juliet is not told that he writes."""
    before = (await scene.told()).count(SendChatState(JULIET, "composing"))
    for state in ("composing", "active"):
        await scene.browser.post(f"/conversations/{JULIET}/chat-state", data={"state": state})
    return (await scene.told()).count(SendChatState(JULIET, "composing")) == before


async def list_is_silent(scene: Scene) -> bool:
    """The list does not say that Juliet writes."""
    await scene.me.session.inbox.handled(ChatStateReceived(JULIET, f"{JULIET}/balcony", "composing"))
    rows = (await scene.page("/chats")).cssselect(".conversation")
    return bool(rows) and not any(row.cssselect(".writes") for row in rows)


async def last_seen(scene: Scene) -> bool:
    """Who is away says since when."""
    scene.me.session._leave()
    idle = scene.me.session.presence().idle
    scene.me.session.glance()
    return bool(idle)


async def no_cards(scene: Scene) -> bool:
    """Nobody looks at the page that Juliet links to."""
    scene.asked.clear()
    await scene.hears(f"Read {PLAY}")
    return not scene.asked


async def uncovered(scene: Scene) -> bool:
    """Juliet's post for adults is read without a cover."""
    return not await scene.shows("details.veil", show.path_of(ROSE))


async def rung(scene: Scene) -> list[str]:
    """The notices that an open tab is told of when Juliet writes."""
    tab = await scene.tab("chats/")
    await scene.hears("Wherefore art thou?")
    heard = await until(tab, "conversation-")
    await tab.close()
    return re.findall(r"event: notify\n(.*)", heard)


async def no_notice(scene: Scene) -> bool:
    """A message makes itself noticed nowhere."""
    return not await rung(scene)


async def no_words(scene: Scene) -> bool:
    """A notice says who, and not what."""
    (notice,) = await rung(scene)
    return "Wherefore" not in notice


async def no_posts(scene: Scene) -> bool:
    """What people say about his posts makes itself noticed nowhere."""
    return not await scene.shows("#notice-posts[checked]", NOTICES)


async def as_usual(scene: Scene) -> bool:
    """No conversation is set apart."""
    return not await scene.shows(".chosen li", NOTICES)


async def public(scene: Scene) -> bool:
    """A stranger reads the blog by its short name too."""
    return await scene.public(ROMEO) and await scene.public("montague")


async def readers(scene: Scene) -> bool:
    """The server lets in whom it shall."""
    ticked = await scene.shows("#access-presence[checked]", PREFERENCES)
    return ticked and scene.home.access[MICROBLOG] == "presence"


async def archive(scene: Scene) -> bool:
    """The server keeps nothing."""
    ticked = await scene.shows("#default-never[checked]", PREFERENCES)
    return ticked and scene.home.prefs.get("default") == "never"


async def excepted(scene: Scene) -> bool:
    """Tybalt's words are never kept."""
    listed = (await scene.page(PREFERENCES)).cssselect("#exceptions")[0].text_content()
    return scene.home.kept("never") == [TYBALT] and TYBALT in listed


async def not_excepted(scene: Scene) -> bool:
    """What Juliet says is kept as everything is."""
    return JULIET not in scene.home.kept("always")


async def open_card(scene: Scene) -> bool:
    """Everybody may read who he is."""
    return scene.home.access.get(ns.VCARD4_NODE) == "open"


async def portrait(scene: Scene) -> bool:
    """His picture stands in the frame, and others get it."""
    return bool(scene.home.items.get(ns.AVATAR_DATA)) and await scene.shows("#own-face img")


async def no_banner(scene: Scene) -> bool:
    """No banner is told of."""
    kept = scene.home.items.get(ns.BANNER) or {}
    return not any(
        "banner.example" in (info.get("url") or "") for one in kept.values() for info in one.iter()
    )


async def blocked(scene: Scene) -> bool:
    """The server knows, the page lists him."""
    listed = (await scene.page(BLOCKED)).cssselect("#blocked")[0].text_content()
    return TYBALT in scene.home.blocked and TYBALT in listed


async def unblocked(scene: Scene) -> bool:
    """The prince is heard again."""
    return "prince@verona.example" not in scene.home.blocked


async def busy(scene: Scene) -> bool:
    """What contacts are shown."""
    shown = scene.me.session.presence()
    return (shown.show, shown.status) == ("dnd", "Fencing")


async def no_offer(scene: Scene) -> bool:
    """The question above the list is gone."""
    return not await scene.shows("[data-offer]")


async def asked_quietly(scene: Scene) -> bool:
    """Who asks to be a contact is no news for a push service."""
    await scene.me.session.handled(SubscriptionRequested("count@capulet.example"))
    async with scene.me.session.read() as db:
        return await jobs.asked(db, scene.me.session, jobs.Asks(frozenset(), 0)) is None


SETTINGS = (
    preference("language", "fr", language, "event: look"),
    preference("landing", "chats", landing),
    preference("theme", "dark", frame("html[data-theme=dark]"), "event: look"),
    preference("accent", "3", frame("html.accent-3"), "event: look"),
    preference("density", "compact", frame("html[data-density=compact]"), "event: look"),
    preference("size", "larger", frame("html[data-size=larger]"), "event: look"),
    preference("enter", "break", frame("body[data-enter=break]"), "event: look"),
    preference("undo_send", "10", held),
    preference("list_typing", None, list_is_silent),
    preference("keys", None, frame("body[data-keys=off]"), "event: look"),
    preference("receipts", None, no_receipt),
    preference("typing", None, no_typing),
    preference("last_seen", "1", last_seen),
    preference("link_cards", None, no_cards),
    preference("offline", None, frame("body:not([data-kept])"), "event: look"),
    preference("adult", "1", uncovered),
    notice("notices", None, no_notice, "notices"),
    notice("sound", None, frame("body[data-sound=off]"), "notice_sound", "event: look"),
    notice("tone", "falling", frame("body[data-tone=falling]"), "notice_tone", "event: look"),
    notice("text", None, no_words, "notice_text"),
    notice("asks", None, asked_quietly, "notice_asks"),
    notice("posts", None, no_posts, "notice_posts"),
    Setting(
        "a conversation set apart",
        NOTICES,
        f"/conversations/{NURSE}/notifications",
        {"mode": "usual", "mute": "off"},
        as_usual,
        scope="settings/notifications",
    ),
    Setting(
        "public blog and short name",
        PREFERENCES,
        f"{CONFIGURATION}/public",
        {"public": "1", "nickname": "montague"},
        public,
    ),
    Setting("readers", PREFERENCES, f"{CONFIGURATION}/readers", {"access": "presence"}, readers),
    Setting("archive", PREFERENCES, f"{CONFIGURATION}/archive", {"default": "never"}, archive),
    Setting("an exception", PREFERENCES, EXCEPTIONS, {"jid": TYBALT, "where": "never"}, excepted),
    Setting("no exception", PREFERENCES, EXCEPTIONS, {"jid": JULIET}, not_excepted),
    card("name", "Romeo Montague"),
    card("nickname", "Romy"),
    card("pronouns", "he/him"),
    card("email", "romeo@verona.example"),
    card("birthday", "1580-02-14"),
    card("website", "https://verona.example/"),
    card("note", "In fair Verona"),
    card("locality", "Verona"),
    card("country", "Italy"),
    Setting("who may see it", PROFILE, PROFILE, {"access": "open"}, open_card, scope="card/"),
    Setting(
        "picture",
        PROFILE,
        f"{PROFILE}/picture/files",
        {"picture": None},
        portrait,
        scope="card/",
        file=samples.picture(),
    ),
    Setting("banner", PROFILE, f"{PROFILE}/banner/files", {"remove": "1"}, no_banner, scope="card/"),
    Setting("blocked", BLOCKED, BLOCKED, {"jid": TYBALT}, blocked, TYBALT, "blocked/"),
    Setting(
        "unblocked",
        BLOCKED,
        f"{BLOCKED}/delete",
        {"jid": "prince@verona.example"},
        unblocked,
        'id="blocked"',
        "blocked/",
    ),
    Setting(
        "presence",
        f"/people/{ROMEO}",
        "/presence",
        {"show": "dnd", "status": "Fencing"},
        busy,
        "own-face",
        "chats/",
        ("show", "status"),
    ),
    Setting(
        "the offer of notices",
        "/chats",
        f"{NOTICES}/offer/delete",
        {},
        no_offer,
        scope="chats/",
        keys=("notice_offer",),
    ),
)

TABS = ("profile", "preferences", "account", "notifications", "media", "actions", "blocked")

DEEDS = {
    (f"{CONFIGURATION}/account", "everywhere"),
    (f"{CONFIGURATION}/account", "end"),
    (f"{CONFIGURATION}/account/password", "present"),
    (f"{CONFIGURATION}/account/password", "password"),
    (f"{CONFIGURATION}/account/password", "again"),
    (f"{CONFIGURATION}/account/password", "username"),
    (f"{CONFIGURATION}/account/leave", "confirm"),
    (f"{CONFIGURATION}/account/delete", "confirm"),
    (f"{CONFIGURATION}/account/delete", "proof"),
    (f"{CONFIGURATION}/account/delete", "username"),
    (f"{PROFILE}/picture/files", "remove"),
    (f"{PROFILE}/banner/files", "picture"),
}
"""Fields of forms that do something once and set nothing, or have tests of their own beside this list."""

DEVICES = ("audioinput", "videoinput", "audiooutput")
"""Chosen in the browser and kept there: tests/chromium/test_settings.py."""
