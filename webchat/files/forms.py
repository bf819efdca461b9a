"""This room holds the form that sends files."""

from dataclasses import dataclass

from webchat.web import forms

MOST_FILES = 10
"""Files of one form."""


@dataclass(frozen=True)
class FileForm(forms.Form):
    """POST /conversations/{jid}/files: what is said beside the `file` fields.

    message_id   makes sending twice harmless
    description  what a picture shows, for those who do not see it
    voice        it was recorded in the browser
    """

    message_id: str = forms.text(limit=60)
    caption: str = forms.text("", limit=20_000, strip=False)
    description: str = forms.text("", limit=1000)
    voice: bool = forms.tick()
