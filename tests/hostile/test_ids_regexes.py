"""This room looks for expressions that a text can keep busy: the loop waits for every one of them (D16)."""

import re

import pytest

from tests.attack.regexes import Expression, TooLong, expressions, seconds, texts, worst

SIZE = 4000
"""Characters: enough to show what goes over a text again for each of them. `make attack` takes 100,000."""

YARDSTICK = Expression("here", re.compile("a+b"), False)
"""Goes over a text once more for each of its characters, with nothing else to do."""


def most() -> float:
    """Seconds that an expression may take: by what a bad one takes on this machine at this moment."""
    return 0.7 * min(seconds(YARDSTICK, "a" * SIZE, 1.0) for _ in range(5))


def slow(expression: Expression, allowed: float) -> bool:
    """Whether there is a text for which it takes too long, twice."""
    return worst(expression, SIZE, 1.0)[0] > allowed and worst(expression, SIZE, 1.0)[0] > most()


def test_d16_no_expression_goes_over_a_text_again_and_again() -> None:
    found, allowed = expressions(), most()
    assert len(found) > 100
    assert [(each.place, each.pattern.pattern) for each in found if slow(each, allowed)] == []


@pytest.mark.parametrize("bad", [r"\s+$", r"(a+)+b", r"[^@]+@", r"(\w+\s?)*;", r"/[\w-]+/[\w-]+.*"])
def test_d16_the_test_knows_a_bad_one(bad: str) -> None:
    """By the texts that it makes of the expression itself."""
    expression = Expression("here", re.compile(bad), bad.startswith("/"))
    allowed, taken = most(), 0.0
    for text in texts(expression.pattern, SIZE):
        try:
            taken = max(taken, seconds(expression, text, 0.1))
        except TooLong:
            taken = 0.1
        if taken > allowed:
            break
    assert taken > allowed
