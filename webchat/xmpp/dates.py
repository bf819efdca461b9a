"""This room reads and writes times as the network spells them (XEP-0082, and XEP-0091 for old archives)."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 40
AHEAD = timedelta(days=1)


def parse(text: str | None) -> datetime | None:
    """The moment in UTC; None for what is no moment or lies more than a day ahead of us. Never raises.

    A missing zone means UTC (XEP-0091), a leap second is the second before it, and years before 1970 become
    its first moment, so that a senseless clock cannot move a message before all others by centuries.
    """
    if not text or len(text) > LONGEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        if text[16:19] != ":60":
            return None
        try:
            moment = datetime.fromisoformat(f"{text[:17]}59{text[19:]}")
        except ValueError:
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elif moment.tzinfo is not UTC:
        try:
            moment = moment.astimezone(UTC)
        except (OverflowError, ValueError):
            return None
    if moment < EPOCH:
        return EPOCH
    if moment > datetime.now(UTC) + AHEAD:
        return None
    return moment


def text(moment: datetime) -> str:
    """An aware datetime as XEP-0082 wants it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
