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


def test_a_later_commit_covers_the_earlier_ones() -> None:
    ledger = Ledger(10)
    ledger.arrived(waits=True)
    ledger.commit(ledger.arrived(waits=True))
    assert ledger.handled == 12
