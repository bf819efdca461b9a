"""This room keeps how a browser has the columns beside a conversation: their widths, what the list shows."""

import re
from collections.abc import Mapping

from starlette.responses import Response

COOKIE = "columns"
"""Written by static/js/columns.js: "LIST-DETAILS" in sixteenths of the text's size, 0 for the usual one."""

SHOWN_COOKIE = "shown"
SHOWN = ("all", "unread", "people", "rooms")
"""What the list of chats can show."""

YEAR = 365 * 24 * 3600
LEAST, MOST = 160, 999
_WIDTHS = re.compile(r"(\d{1,3})-(\d{1,3})", re.ASCII)


def values(cookies: Mapping[str, str]) -> dict[str, str]:
    """What every page says of it: `columns`, see `chosen`, and `shown`, one of SHOWN."""
    shown = cookies.get(SHOWN_COOKIE, "")
    return {
        "columns": chosen(cookies.get(COOKIE, "")),
        "shown": shown if shown in SHOWN else SHOWN[0],
    }


def remember_shown(response: Response, shown: str, path: str, *, secure: bool) -> None:
    """Have the browser keep what the list shows; `path` is where the site begins. The unknown shows all."""
    kept = shown if shown in SHOWN else SHOWN[0]
    # static/js/columns.js writes it too, at the same place.
    below = path.rstrip("/") + "/"
    response.set_cookie(SHOWN_COOKIE, kept, max_age=YEAR, path=below, secure=secure, samesite="lax")


def chosen(cookie: str) -> str:
    """The widths as the address of their style sheet says them; "" where none was chosen or can be read."""
    found = _WIDTHS.fullmatch(cookie)
    widths = [_fitting(int(number)) for number in found.groups()] if found else []
    return "-".join(str(width) for width in widths) if any(widths) else ""


def _fitting(width: int) -> int:
    return width if LEAST <= width <= MOST else 0


def rules(**widths: int) -> str:
    """The style sheet of such widths, which is known before the first paint without a style in the page."""
    set_ = [f"--{name}: {width / 16:g}rem" for name, width in widths.items() if _fitting(width)]
    return f":root {{ {'; '.join(set_)} }}\n"
