"""This room proves that no time from the network can hurt (XEP-0082)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webchat.xmpp import dates

MAY_DAY = datetime(2024, 5, 1, 10, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T10:20:30Z", MAY_DAY),
        ("2024-05-01T10:20:30.5Z", MAY_DAY.replace(microsecond=500000)),
        ("2024-05-01T10:20:30.123456789Z", MAY_DAY.replace(microsecond=123456)),
        ("2024-05-01T12:20:30+02:00", MAY_DAY),
        ("2024-05-01T04:50:30-05:30", MAY_DAY),
        ("20240501T10:20:30", MAY_DAY),
        ("2024-05-01T10:20:30", MAY_DAY),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1969-07-20T20:17:40Z", dates.EPOCH),
        ("1601-01-01T00:00:00Z", dates.EPOCH),
        ("1970-01-01T00:00:00Z", dates.EPOCH),
    ],
)
def test_moments(text: str, expected: datetime) -> None:
    assert dates.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "tomorrow",
        "0000-00-00T00:00:00Z",
        "9999-99-99T99:99:99Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "-0044-03-15T12:00:00Z",
        "10000-01-01T00:00:00Z",
        "2024-05-01T10:20:30+99:99",
        "2024-05-01T10:20:61Z",
        "2024-05-01T10:60:60Z",
        "2024-02-30T10:20:30Z",
        "2024-05-01T10:20:30Z" + "0" * 5000,
        "٢٠٢٤-٠٥-٠١T١٠:٢٠:٣٠Z",
        "1714557600",
        "NaN",
    ],
)
def test_D09_no_moments(text: str | None) -> None:
    assert dates.parse(text) is None


def test_A27_the_future_is_no_moment() -> None:
    now = datetime.now(UTC)
    assert dates.parse(dates.text(now + timedelta(hours=23))) is not None
    assert dates.parse(dates.text(now + timedelta(hours=25))) is None


@given(st.text(alphabet="0123456789-+:.TZW ", max_size=45) | st.text(max_size=45))
def test_D09_never_raises(text: str) -> None:
    moment = dates.parse(text)
    assert moment is None or (moment.tzinfo is UTC and moment >= dates.EPOCH)


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2024, 1, 1)))
def test_written_times_read_back(moment: datetime) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert dates.parse(dates.text(aware)) == aware
