"""This room holds the form beside each picture: a favourite or not, and under which short name."""

from dataclasses import dataclass

from webchat.web.forms import Form, text


@dataclass(frozen=True)
class FavouriteForm(Form):
    """One picture, by its own name; `short` is the user's name for it, "" for that one.

    do  "keep" or "drop"
    """

    name: str = text(limit=40)
    do: str = text(choices=("keep", "drop"))
    short: str = text("", limit=60)
