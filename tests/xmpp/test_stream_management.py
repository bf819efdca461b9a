"""Counting stanzas: handled means committed (XEP-0198 §4)."""

from webchat.xmpp.stream_management import Ledger


def test_what_waits_holds_back_everything_after_it() -> None:
    ledger = Ledger()
    ledger.arrived(waits=False)
    second = ledger.arrived(waits=True)
    third = ledger.arrived(waits=True)
    ledger.arrived(waits=False)
    assert ledger.handled == 1
    assert not ledger.settled
    ledger.commit(second)
    assert ledger.handled == 2
    ledger.commit(third)
    assert ledger.handled == 4
    assert ledger.settled


def test_what_is_done_early_does_not_settle_what_came_before_it() -> None:
    """A stanza of no interest is done with at once, while a message before it waits for its transaction."""
    ledger = Ledger(10)
    message = ledger.arrived(waits=True)
    ledger.commit(ledger.arrived(waits=True))
    assert ledger.handled == 10
    assert not ledger.settled
    ledger.commit(message)
    assert ledger.handled == 12
    assert ledger.settled
    ledger.commit(message)
    assert ledger.handled == 12
