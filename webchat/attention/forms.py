"""This room reads the forms about notices."""

from dataclasses import dataclass

from webchat.notifications.show import MODES, MUTES, TONES
from webchat.web import forms


@dataclass(frozen=True)
class ModeForm(forms.Form):
    """What one conversation tells; a field that is not there leaves its side as it is.

    back  "configuration" when the form stands there and not in the conversation
    """

    mode: str = forms.text("", choices=("usual", *MODES))
    mute: str = forms.text("", choices=("off", "always", *MUTES))
    back: str = forms.text("", choices=("configuration",))


@dataclass(frozen=True)
class NoticesForm(forms.Form):
    """The choices of Configuration > Notifications; a check box that is not ticked is off."""

    notices: bool = forms.tick()
    sound: bool = forms.tick()
    text: bool = forms.tick()
    asks: bool = forms.tick()
    posts: bool = forms.tick()
    tone: str = forms.text("bright", choices=tuple(TONES))

    def preferences(self) -> dict[str, str]:
        """As they are kept with the account."""
        return {
            "notices": "on" if self.notices else "off",
            "notice_sound": "on" if self.sound else "off",
            "notice_text": "on" if self.text else "off",
            "notice_asks": "on" if self.asks else "off",
            "notice_posts": "on" if self.posts else "off",
            "notice_tone": self.tone,
        }
