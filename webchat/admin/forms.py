"""This room holds the forms of the operator's page: whose logins end, who is blocked, what is closed."""

from dataclasses import dataclass

from webchat.session.blocks import ADDRESS, DOMAIN, LONGEST_REASON
from webchat.web.forms import Form, number, text, tick

LONGEST = 3071


@dataclass(frozen=True)
class EndForm(Form):
    """Ends all logins of an address, or (empty) of everybody."""

    jid: str = text("", limit=LONGEST)


@dataclass(frozen=True)
class BlockForm(Form):
    """An address or a domain that may not log in any more.

    hides   nor is read here what it publishes
    report  the report that is closed by it, 0 for none
    """

    who: str = text(limit=LONGEST)
    reason: str = text("", limit=LONGEST_REASON)
    hides: bool = tick()
    report: int = number(0)


@dataclass(frozen=True)
class UnblockForm(Form):
    """One line of the list of blocks."""

    kind: str = text(choices=(ADDRESS, DOMAIN))
    value: str = text(limit=LONGEST)


@dataclass(frozen=True)
class CloseForm(Form):
    """A report that was looked at."""

    id: int = number(least=1)
