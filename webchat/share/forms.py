"""This room reads what other programs share, and the form that sends it on."""

from collections.abc import Mapping
from dataclasses import dataclass

from webchat.share.state import Shared
from webchat.web import forms

MOST_TEXT = 10_000
MOST_TITLE = 500
MOST_ADDRESS = 2048
MOST_FILES = 10


@dataclass(frozen=True)
class ShareForm(forms.Form):
    """POST /share: what to do with it.

    held        name of what is held, "" where only words were shared
    message_id  makes sending twice harmless
    to          the address of a conversation
    q           letters of the names that are looked for
    """

    do: str = forms.text("find", choices=("find", "send", "post"))
    held: str = forms.text("", limit=64)
    message_id: str = forms.text("", limit=60)
    text: str = forms.text("", limit=2 * MOST_TEXT)
    to: str = forms.text("", limit=3071)
    q: str = forms.text("", limit=100)


def shared(given: Mapping[str, object]) -> Shared:
    """The words of a share, as another program or page sends them: bounded, and nothing of them refused."""
    title, text, url = (_words(given.get(name)) for name in ("title", "text", "url"))
    web = url if url.startswith(("https://", "http://", "xmpp:")) and url.isprintable() else ""
    return Shared(
        " ".join(title.split())[:MOST_TITLE], text[:MOST_TEXT], web if len(web) <= MOST_ADDRESS else ""
    )


def _words(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
