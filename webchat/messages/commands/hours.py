"""This room knows the hours one chooses from, by the reader's clock, and what a form says of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from webchat.errors import Invalid
from webchat.web.language import N_

MORNING, EVENING = time(9), time(18)
MONDAY = 0
LATEST = timedelta(days=366)
SOON = timedelta(minutes=15)
"""Somebody who chooses the evening means later than this."""

IN_AN_HOUR = "hour"
OWN = "at"

NO_TIME = N_("Say on which day and at what time.")
TOO_EARLY = N_("This time is over already.")
TOO_LATE = N_("At most a year ahead, please.")


@dataclass(frozen=True, slots=True)
class Hour:
    """One choice: what a form sends for it, what it is called (a message id), when that is."""

    value: str
    label: str
    at: datetime


def choices(moment: datetime, zone: tzinfo) -> list[Hour]:
    """What is offered now. All but the first name a moment: a page that stands open for days means what it
    showed."""
    today = moment.astimezone(zone).date()
    monday = today + timedelta(days=7 - (today.weekday() - MONDAY) % 7)
    tomorrow = today + timedelta(days=1)
    week = N_("Next Monday") if today.weekday() == MONDAY else N_("Monday")
    named = [
        (N_("This evening"), datetime.combine(today, EVENING, zone)),
        (N_("Tomorrow"), datetime.combine(tomorrow, MORNING, zone)),
        (week, datetime.combine(monday, MORNING, zone)),
    ]
    found = [Hour(IN_AN_HOUR, N_("In an hour"), moment + timedelta(hours=1))]
    for label, local in named:
        at = local.astimezone(UTC)
        if at > moment + SOON and all(at != other.at for other in found):
            found.append(Hour(at.strftime("%Y-%m-%dT%H:%M:%SZ"), label, at))
    return found


def chosen(choice: str, own: str, moment: datetime, zone: tzinfo) -> datetime:
    """The moment that a form names: one of `choices`, or what its own field says by the reader's clock.

    Of an hour that the clock shows twice the first is meant, one that it leaves out is what it shows instead.
    Raises Invalid with a sentence at "later" for none, the past, and more than a year ahead.
    """
    if choice == IN_AN_HOUR:
        return moment + timedelta(hours=1)
    at = _local(own, zone) if choice == OWN else _moment(choice)
    if at is None:
        raise Invalid({"later": NO_TIME})
    if at <= moment:
        raise Invalid({"later": TOO_EARLY})
    if at > moment + LATEST:
        raise Invalid({"later": TOO_LATE})
    return at


def _local(text: str, zone: tzinfo) -> datetime | None:
    """What a datetime-local field says."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=zone).astimezone(UTC) if found.tzinfo is None else None
    except (ValueError, OverflowError):
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
