"""This room is the list of what is set beside Configuration: of a conversation, of a room, where one is."""

from xml.etree.ElementTree import tostring

from tests.lab.people import JULIET
from tests.settings.every import Look, Setting, no_notice
from tests.settings.scene import Scene
from webchat.xmpp import namespaces as ns

TOMB = "tomb@conference.capulet.example"
IN_TOMB = f"conversation/{TOMB}"
TALK = f"/conversations/{JULIET}/notifications"
PLACE = "/location"
WHERE = {"words": "The Arena", "latitude": "45.44", "longitude": "10.99"}

EXPLORE = "/explore"

PAGES = {
    EXPLORE: ".filter-form",
    f"/chats/{JULIET}": ".modes",
    f"/rooms/{TOMB}/about": "#room-keep",
    PLACE: "form",
}
"""Pages on which something is set, and the forms that do."""


def room(field: str, value: str, box: str, word: str) -> Setting:
    """One thing that he chose for a room; `box` and `word` are what the page and the bookmark have then."""
    path, seen = f"/rooms/{TOMB}", kept(box, word)
    about, action = f"{path}/about", f"{path}/keep"
    return Setting(f"room: {field}", about, action, {field: value}, seen, "members-stale", IN_TOMB)


def found_by(field: str, value: str) -> Setting:
    """What Explore leaves out."""

    async def seen(scene: Scene) -> bool:
        return await scene.shows(f"#filter-{field} option[value='{value}'][selected]", EXPLORE)

    key = f"explore_{field}"
    return Setting(key, EXPLORE, EXPLORE, {field: value}, seen, scope="explore/", keys=(key,))


async def muted(scene: Scene) -> bool:
    """Nothing of Juliet's makes itself noticed, and her page says that it is muted."""
    return await scene.shows(".modes .muted", f"/chats/{JULIET}") and await no_notice(scene)


async def never_told(scene: Scene) -> bool:
    """Her page says that it never does, muted or not."""
    return await scene.shows(".modes [value=never][aria-pressed=true]", f"/chats/{JULIET}")


def kept(box: str, word: str) -> Look:
    """The server keeps it with the room's bookmark, and the room's page shows it."""

    async def seen(scene: Scene) -> bool:
        (bookmark,) = scene.home.items[ns.BOOKMARKS].values()
        return word in tostring(bookmark, "unicode") and await scene.shows(box, f"/rooms/{TOMB}/about")

    return seen


async def located(scene: Scene) -> bool:
    """Contacts read where he is, and the sidebar says that they do."""
    place = "".join(scene.home.one(ns.GEOLOC).itertext())
    return "Arena" in place and await scene.shows("#own-sharing.on")


async def not_located(scene: Scene) -> bool:
    """Nobody does any more."""
    return not len(scene.home.one(ns.GEOLOC)) and not await scene.shows("#own-sharing.on")


SETTINGS = (
    Setting("mute", f"/chats/{JULIET}", TALK, {"mute": "always"}, muted, scope="settings/notifications"),
    Setting("mode", f"/chats/{JULIET}", TALK, {"mode": "never"}, never_told, scope="settings/notifications"),
    room("notify", "never", "#keep-notify [value=never][selected]", "never"),
    room("autojoin", "1", "#keep-autojoin[checked]", 'autojoin="true"'),
    room("pin", "1", "#keep-pin[checked]", "pinned"),
    room("name", "The vault", "#keep-name[value='The vault']", "The vault"),
    room("nick", "Night", "#keep-nick[value=Night]", "Night"),
    found_by("language", "fr"),
    found_by("server", "capulet.example"),
    Setting("location", PLACE, PLACE, WHERE, located, "own-place", "place/"),
    Setting("no location", PLACE, f"{PLACE}/delete", {}, not_located, "own-place", "place/", apart=True),
)
