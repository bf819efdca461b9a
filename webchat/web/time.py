"""This room writes times the way the reader's language and clock do."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, format_timedelta

from webchat.web.language import N_, translate

TODAY, YESTERDAY = N_("Today"), N_("Yesterday")

COOKIE = "tz"
"""Set by static/js/start.js: the browser's IANA zone name."""


@lru_cache(maxsize=512)
def zone(name: str) -> tzinfo:
    """The zone of this IANA name; UTC for anything else, since the name comes from a cookie."""
    if not name or len(name) > 64 or not all(c.isalnum() or c in "_+-/" for c in name) or not name.isascii():
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


@lru_cache(maxsize=8192)
def _minute(stamp: datetime, language: str) -> str:
    return format_time(stamp.time(), format="short", locale=language)


def clock(stamp: datetime, language: str, where: tzinfo) -> str:
    """ "14:02" or "2:02 PM", as the language has it."""
    return _minute(stamp.astimezone(where).replace(second=0, microsecond=0, tzinfo=None), language)


@lru_cache(maxsize=1024)
def _day(day: date, language: str) -> str:
    return format_date(day, format="full", locale=language)


def day(value: date, language: str, where: tzinfo) -> str:
    """ "Monday, 3 March 2025"; a datetime is first taken to the reader's zone."""
    return _day(value.astimezone(where).date() if isinstance(value, datetime) else value, language)


def written(value: date, language: str) -> str:
    """ "3 March 1980": a date that no clock is behind."""
    return format_date(value, format="long", locale=language)


def near(value: date, language: str, spoken: str, where: tzinfo, now: datetime | None = None) -> str:
    """ "Today", "Yesterday", or the day as `day` writes it; `spoken` is the language of the words."""
    ago = ((now or datetime.now(UTC)).astimezone(where).date() - value).days
    words = {0: TODAY, 1: YESTERDAY}.get(ago)
    return translate(words, spoken) if words else day(value, language, where)


def iso(stamp: datetime) -> str:
    """For the `datetime` attribute: RFC 3339 in UTC, to the second."""
    return stamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def relative(
    stamp: datetime, language: str, where: tzinfo, now: datetime | None = None, *, place: str = ""
) -> str:
    """ "5 minutes ago" within a day, then the date as `place` has it; the year when it is another one."""
    now = now or datetime.now(UTC)
    place = place or language
    age = now - stamp
    if timedelta(0) <= age < timedelta(days=1):
        if age < timedelta(minutes=1):
            return translate(N_("just now"), language)
        return format_timedelta(-age, granularity="minute", add_direction=True, format="short", locale=place)
    local = stamp.astimezone(where)
    if local.year == now.astimezone(where).year:
        return format_skeleton("MMMd", local.replace(tzinfo=None), locale=place)
    return format_date(local.date(), format="medium", locale=place)
