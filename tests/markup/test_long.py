"""What a stranger writes at length must not hold up the others (security: D07, D08)."""

from webchat.markup.body import LIMIT, STYLED, render_body

DENSE = "*_~`a`~_* "


def test_d07_a_long_body_is_shown_as_it_is_and_cut() -> None:
    body = render_body(DENSE * 6000)
    assert "<strong>" not in body
    assert len(body) < 2 * LIMIT
    assert body.endswith("…")


def test_short_bodies_are_styled_up_to_the_limit() -> None:
    assert "<strong>" in render_body(DENSE * (STYLED // len(DENSE)))
