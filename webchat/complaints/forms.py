"""This room holds the form that reports something."""

from dataclasses import dataclass

from webchat.session.complaints import LONGEST_WORDS
from webchat.web import forms
from webchat.web.language import N_

REASONS = {
    "spam": N_("Spam: advertising, fraud, the same to everybody"),
    "abuse": N_("Abuse: insults, threats, anything that hurts people"),
    "other": N_("Something else"),
}
"""What it can be, and how that is called."""


@dataclass(frozen=True)
class ComplaintForm(forms.Form):
    """POST /reports/{about}/{id}: what it is, in a word and in one's own words."""

    reason: str = forms.text("spam", choices=tuple(REASONS))
    text: str = forms.text("", limit=LONGEST_WORDS)
