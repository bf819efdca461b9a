"""This room holds the forms of messages; field names are those of the composer and of static/js."""

from dataclasses import dataclass

from webchat.web import forms

LONGEST = 128 * 1024
"""Characters a form may bring; what can be sent is decided by the command, in bytes."""


@dataclass(frozen=True)
class MessageForm(forms.Form):
    """POST /conversations/{jid}/messages: `message_id` makes sending twice harmless.

    It is not called "id": a field of that name hides the form's own id from scripts. `later`: when it is to
    be sent (webchat.messages.commands.hours), `later_id`: what waits and is replaced by it.
    """

    message_id: str = forms.text()
    text: str = forms.text("", limit=LONGEST, strip=False)
    draft_version: int = forms.number(0)
    reply_id: int = forms.number(0)
    correct_id: int = forms.number(0)
    spoiler: bool = forms.tick()
    spoiler_hint: str = forms.text("", limit=200)
    later: str = forms.text("", limit=40)
    later_at: str = forms.text("", limit=40)
    later_id: int = forms.number(0)

    @property
    def cover(self) -> str | None:
        """The hint of a covered message, None for an open one."""
        return " ".join(self.spoiler_hint.split()) if self.spoiler else None


@dataclass(frozen=True)
class DraftForm(forms.Form):
    """POST /conversations/{jid}/draft: `draft_version` is what the device knew when it was typed."""

    text: str = forms.text("", limit=LONGEST, strip=False)
    draft_version: int = forms.number(0)


@dataclass(frozen=True)
class ChatStateForm(forms.Form):
    """POST /conversations/{jid}/chat-state."""

    state: str = forms.text(choices=("active", "composing", "paused", "inactive", "gone"))


@dataclass(frozen=True)
class DisplayedForm(forms.Form):
    """POST /conversations/{jid}/displayed: the newest message that was on the screen."""

    id: int = forms.number()


@dataclass(frozen=True)
class ReactionForm(forms.Form):
    """POST /messages/{id}/reactions: the same emoji again takes it back."""

    emoji: str = forms.text(limit=64)


@dataclass(frozen=True)
class ModerationForm(forms.Form):
    """POST /messages/{id}/moderation."""

    reason: str = forms.text("", limit=1000)


@dataclass(frozen=True)
class SaveForm(forms.Form):
    """POST /messages/{id}/save: words with commas, spaces or # between them."""

    tags: str = forms.text("", limit=500)


@dataclass(frozen=True)
class HourForm(forms.Form):
    """POST /later/{id}, /messages/{id}/remind: one of the hours that were offered, or "at" and one's own."""

    later: str = forms.text("at", limit=40)
    later_at: str = forms.text("", limit=40)
