"""This room holds the error family; `webchat.web.errors` is the only place that draws it.

WebchatError
├── NotFound            the thing named in the address does not exist for this account
├── Forbidden           the account may not do this
├── Invalid             a form that cannot be accepted; carries a sentence for each field
├── Conflict            somebody else changed the thing first
├── TooMany             a limit was reached; carries the seconds to wait
│   └── Full            the site holds as many sessions as its operator allows
└── XmppError           the network said no
    ├── TimedOut        the network said nothing
    ├── Offline         there is no stream to ask on
    └── LoginFailed     the stream could not be opened for this address
"""

from collections.abc import Mapping


class WebchatError(Exception):
    """Base of every error that a view may let through."""


class NotFound(WebchatError):
    """The thing named in the address does not exist for this account."""


class Forbidden(WebchatError):
    """The account may not do this."""


class Invalid(WebchatError):
    """A form that cannot be accepted.

    fields  field name → message id of the sentence to show beside it (translated when drawn)
    values  what the sentences speak of, by the names in them
    """

    def __init__(self, fields: dict[str, str], values: Mapping[str, str] | None = None) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields
        self.values = dict(values or {})


class Conflict(WebchatError):
    """Somebody else changed the thing first."""


class TooMany(WebchatError):
    """A limit was reached; `retry_after` is in seconds."""

    def __init__(self, retry_after: int = 60) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class Full(TooMany):
    """The site holds as many sessions as its operator allows."""


class XmppError(WebchatError):
    """A stanza error (RFC 6120 §8.3): `condition` is one of the defined conditions, `text` is foreign.

    specific  the condition that a protocol adds to it (§8.3.4), foreign, "" for none
    """

    def __init__(self, condition: str, text: str = "", specific: str = "") -> None:
        super().__init__(condition)
        self.condition = condition
        self.text = text
        self.specific = specific


class TimedOut(XmppError):
    """No answer came in time."""

    def __init__(self) -> None:
        super().__init__("remote-server-timeout")


class Offline(XmppError):
    """There is no stream to ask on."""

    def __init__(self) -> None:
        super().__init__("service-unavailable")


class LoginFailed(XmppError):
    """The stream could not be opened for this address.

    `condition` is one of: unknown-host, cannot-connect, not-secure, not-authorized, account-disabled,
    plain-only (only PLAIN is offered and the user has not agreed to it), wrong-address (the server signed us
    in as somebody else), blocked-here (the operator of this site says no).
    """
