"""This room makes of a sheet the entry that goes into a node (W§3)."""

from collections.abc import Sequence
from datetime import datetime

from webchat.markup import elsewhere, hashtags
from webchat.publish.forms import Attached, Sheet, tags_of
from webchat.xmpp.entries import Entry, EntryLink

MOST_BRIEF = 700
"""Characters of a post that is its title alone (W§3)."""

MOST_MADE_TITLE = 120
SLUG_FROM = 24
"""Characters from which a title gives the item its name."""

NSFW = "nsfw"


async def entry(sheet: Sheet, moment: datetime) -> Entry:
    """What the sheet says, as an entry without place: author, web address and comments are not in it."""
    title, text = await words(sheet)
    return Entry(
        title=title,
        text=text,
        html=(await elsewhere.written(text)).strip() if text else "",
        id=f"urn:uuid:{sheet.id}",
        published=moment,
        updated=moment,
        tags=tags(sheet),
        links=(*_related(sheet), *(_enclosure(file) for file in sheet.files)),
        language=sheet.language,
    )


async def words(sheet: Sheet) -> tuple[str, str]:
    """Title and Markdown. Without a title a short plain text is the title itself (a brief), a longer one
    lends its first line."""
    title, text = " ".join(sheet.title.split()), sheet.text.strip()
    if title:
        return title, text
    if not text:
        return next((file.alt or file.name for file in sheet.files if file.alt or file.name), "…"), ""
    plain = (await elsewhere.render(text)).text
    if plain == text and "\n" not in plain and len(plain) <= MOST_BRIEF:
        return plain, ""
    return _cut(plain.partition("\n")[0] or text.partition("\n")[0]), text


def _cut(line: str) -> str:
    if len(line) <= MOST_MADE_TITLE:
        return line
    kept = line[: MOST_MADE_TITLE - 1]
    return (kept.rpartition(" ")[0] or kept).rstrip() + "…"


def tags(sheet: Sheet) -> tuple[str, ...]:
    """Those of the field, the #hashtags of title and text, and the warning."""
    found = [*tags_of(sheet.tags), *hashtags.find(f"{sheet.title}\n{sheet.text}")]
    return tuple(hashtags.tags([*([NSFW] if sheet.nsfw else []), *found]))


def _related(sheet: Sheet) -> Sequence[EntryLink]:
    return [
        EntryLink(
            "related",
            one.url,
            type="text/html",
            title=one.title,
            description=one.description,
            logo=one.logo,
        )
        for one in sheet.links
        if one.keep
    ]


def _enclosure(file: Attached) -> EntryLink:
    return EntryLink(
        "enclosure",
        file.url,
        type=file.type,
        title=file.name,
        size=file.size or None,
        description=file.alt,
    )


def item_id(sheet: Sheet) -> str:
    """What a new post is called: by its title when that is long enough, and the same each time."""
    letters = "".join(char.lower() if char.isascii() and char.isalnum() else " " for char in sheet.title)
    slug = "-".join(letters.split())[:80].strip("-")
    if len(slug) <= SLUG_FROM:
        return sheet.id
    return f"{slug}-{sheet.id.replace('-', '')[:6]}"
