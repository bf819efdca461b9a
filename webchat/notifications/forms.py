"""This room reads what browsers say about their push service."""

from dataclasses import dataclass

from webchat.notifications.jobs import sealed
from webchat.web import forms
from webchat.web.language import N_

NO_BROWSER = N_("This browser did not say where it can be reached.")


@dataclass(frozen=True)
class SubscribeForm(forms.Form):
    """PushSubscription.toJSON() of a browser (W3C Push API §8.4), base64url as it comes.

    renewed  the browser itself took another address; nobody clicked
    """

    endpoint: str = forms.text(limit=2000)
    p256dh: str = forms.text(limit=100)
    auth: str = forms.text(limit=40)
    renewed: bool = forms.tick()

    def check(self) -> dict[str, str]:
        """Keys that nothing can be sealed for are none."""
        try:
            sealed.check(self.shared, self.secret)
        except sealed.NotSealed:
            return {"p256dh": NO_BROWSER}
        return {}

    @property
    def shared(self) -> bytes:
        """The browser's public key. Raises webchat.notifications.jobs.sealed.NotSealed."""
        return sealed.read(self.p256dh, sealed.SHARED)

    @property
    def secret(self) -> bytes:
        """Its secret. Raises webchat.notifications.jobs.sealed.NotSealed."""
        return sealed.read(self.auth, sealed.SECRET)


@dataclass(frozen=True)
class SwitchForm(forms.Form):
    """Whether a browser is told."""

    active: bool = forms.tick()
