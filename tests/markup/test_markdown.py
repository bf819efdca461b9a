"""Markdown of posts: what stands for itself in the text."""

from webchat.markup.markdown import render


def test_an_address_in_the_text_is_a_link() -> None:
    text = "See https://example.org/a?b=1&c, and [there](https://example.net/) `https://no.example`."
    made = str(render(text))
    assert 'href="https://example.org/a?b=1&amp;c"' in made
    assert made.count("<a ") == 2
    assert "<code>https://no.example</code>" in made


def test_no_other_scheme_becomes_one() -> None:
    made = str(render("javascript:alert(1) data:text/html,x [x](javascript:alert(1)) vbscript:x"))
    assert "<a " not in made
