"""This room reads what somebody looks for: words, and filters written among them or chosen beside them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from webchat.web.language import N_

LONGEST = 200
TERMS = 8
"""Words that count; more narrow nothing that anybody looks for."""

KINDS = ("link", "image", "file")

SECTIONS = ("people", "communities", "posts", "messages")
"""What results are of; each has a page of its own with more of them."""

NO_DATE = N_("“%(text)s” is not a date. Write it like 2026-03-31.")
NO_KIND = N_("“%(text)s” is nothing that a message can have here: link, image and file are.")
NO_STATE = N_("“%(text)s” is nothing that a message can be here: only unread is.")
TOO_LONG = N_("This is long: only the first %(most)d characters are looked for.")

_FILTER = re.compile(r'(?<!\S)(from|in|before|after|has|is):(?:"([^"]*)"?|(\S*))', re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """What cannot be looked for: a message id and what it speaks of."""

    sentence: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Question:
    """What somebody looks for.

    typed         as it stands in the box
    words         what is left of it without filters
    from_, in_    names or addresses; "me" is oneself
    before, after days: said before this one, or from this one on
    has           link, image, file
    older         `moment` of the last result shown, 0 for the first page
    only          one of SECTIONS, "" for all of them
    """

    typed: str = ""
    words: str = ""
    from_: tuple[str, ...] = ()
    in_: tuple[str, ...] = ()
    before: date | None = None
    after: date | None = None
    has: tuple[str, ...] = ()
    unread: bool = False
    older: int = 0
    only: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether more than words was asked for."""
        return bool(self.from_ or self.in_ or self.before or self.after or self.has or self.unread)

    def field(self, name: str) -> str:
        """What was chosen beside the box."""
        return dict(self.fields).get(name, "")

    def wants(self, section: str) -> bool:
        """Whether results of this kind are looked for: filters and older results speak of messages."""
        if self.only:
            return self.only == section
        return section == "messages" or not (self.filtered or self.older)

    def path(self, older: int = 0, only: str | None = None) -> str:
        """Where this question is answered, from `older` on; `only`: of one section instead."""
        section = self.only if only is None else only
        given = [("q", self.typed), *self.fields, ("show", section), ("older", str(older) if older else "")]
        return f"/search?{urlencode([pair for pair in given if pair[1]])}"


def question(given: Mapping[str, str]) -> Question:
    """The question in an address; what is wrong in it is said, and the rest is looked for."""
    typed = given.get("q", "").replace("\0", "").strip()
    problems = [Problem(TOO_LONG, {"most": LONGEST})] if len(typed) > LONGEST else []
    typed = typed[:LONGEST]
    names = ("in", "from", "before", "after", "has", "unread")
    fields = tuple((name, value) for name in names if (value := given.get(name, "").strip()[:LONGEST]))
    filters = [(name.lower(), quoted or plain) for name, quoted, plain in _FILTER.findall(typed)]
    filters += [(name, value) for name, value in fields if name != "unread"]
    found: dict[str, list[str]] = {}
    for name, value in filters:
        if value and value not in found.setdefault(name, []):
            found[name].append(value)
    has = [kind.lower() for kind in found.get("has", [])]
    states = [state.lower() for state in found.get("is", [])]
    problems += [Problem(NO_KIND, {"text": kind}) for kind in has if kind not in KINDS]
    problems += [Problem(NO_STATE, {"text": state}) for state in states if state != "unread"]
    return Question(
        typed=typed,
        words=_FILTER.sub(" ", typed).strip(),
        from_=tuple(found.get("from", [])),
        in_=tuple(found.get("in", [])),
        before=_day(found.get("before", []), problems),
        after=_day(found.get("after", []), problems),
        has=tuple(kind for kind in has if kind in KINDS),
        unread="unread" in states or bool(given.get("unread")),
        older=_number(given.get("older", "")),
        only=section if (section := given.get("show", "")) in SECTIONS else "",
        fields=fields,
        problems=tuple(problems),
    )


def day(text: str) -> date | None:
    """A day as date fields write it; None for anything else."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    is_one = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if is_one and int(text) < 1 << 63 else 0


def _day(texts: list[str], problems: list[Problem]) -> date | None:
    if not texts:
        return None
    found = day(texts[-1])
    if found is None:
        problems.append(Problem(NO_DATE, {"text": texts[-1][:30]}))
    return found
