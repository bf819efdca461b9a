"""This room reads the forms about posts."""

from dataclasses import dataclass

from webchat.posts.store.record import LONGEST_COMMENT
from webchat.web import forms


@dataclass(frozen=True)
class CommentForm(forms.Form):
    """What somebody says about a post; `answer`: the row of the comment that it answers, 0 for none."""

    text: str = forms.text(limit=LONGEST_COMMENT)
    answer: int = forms.number(0)


@dataclass(frozen=True)
class TypedForm(forms.Form):
    """The same as it was typed, whatever is wrong with it: nothing typed is lost."""

    text: str = forms.text("", strip=False)
    answer: str = forms.text("", limit=20)
