"""This room reads the forms of communities."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from webchat.web import forms
from webchat.web.language import N_

LONGEST_TEXT = 2000
SHORTEST_NAME, LONGEST_NAME = 4, 80

MODELS = ("open", "subscribers", "publishers")
LAYOUTS = ("articles", "gallery")
ROLES = ("owner", "publisher", "member", "outcast", "none")

BAD_NAME = N_("A name has between 4 and 80 characters.")


@dataclass(frozen=True)
class CreateForm(forms.Form):
    """POST /communities/{service}."""

    name: str = forms.text("", limit=1000)
    description: str = forms.text("", limit=LONGEST_TEXT)
    model: str = forms.text("open", choices=MODELS)
    layout: str = forms.text("articles", choices=LAYOUTS)

    @classmethod
    def typed(cls, given: Mapping[str, Any]) -> Self:
        """What the form held, right or wrong, so that nothing has to be typed again."""

        def text(name: str, limit: int, *choices: str) -> str:
            value = given.get(name, "")
            found = value[:limit] if isinstance(value, str) else ""
            return found if not choices or found in choices else choices[0]

        return cls(
            name=text("name", 1000),
            description=text("description", 2 * LONGEST_TEXT),
            model=text("model", 20, *MODELS),
            layout=text("layout", 20, *LAYOUTS),
        )

    def check(self) -> dict[str, str]:
        """A community has a name that can be told from others."""
        return {} if SHORTEST_NAME <= len(self.name) <= LONGEST_NAME else {"name": BAD_NAME}


@dataclass(frozen=True)
class ConfigureForm(CreateForm):
    """POST /communities/{service}/{node}/configuration; room: address of its chat room, "" for none."""

    room: str = forms.text("", limit=3071)

    @classmethod
    def typed(cls, given: Mapping[str, Any]) -> Self:
        """What the form held, the address too."""
        room = given.get("room", "")
        return replace(super().typed(given), room=room[:3071] if isinstance(room, str) else "")

    def check(self) -> dict[str, str]:
        """Others may have given it a shorter name than we would."""
        return {} if 0 < len(self.name) <= LONGEST_NAME else {"name": BAD_NAME}


@dataclass(frozen=True)
class RoleForm(forms.Form):
    """POST /communities/{service}/{node}/roles."""

    jid: str = forms.text("", limit=3071)
    role: str = forms.text("publisher", choices=ROLES)


@dataclass(frozen=True)
class SubscriberForm(forms.Form):
    """POST /communities/{service}/{node}/subscribers: let somebody in who waits, or put somebody out."""

    jid: str = forms.text("", limit=3071)
    state: str = forms.text("none", choices=("subscribed", "none"))


@dataclass(frozen=True)
class DeleteForm(forms.Form):
    """POST /communities/{service}/{node}/delete: `sure` is the box that one ticks."""

    sure: bool = forms.tick()

    def check(self) -> dict[str, str]:
        """It cannot be undone, so one says it twice."""
        return {} if self.sure else {"sure": N_("Tick the box if you want this.")}
