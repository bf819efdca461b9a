"""Blocks and spans of message styling, with the examples of the standard (XEP-0393)."""

import time

import pytest

from webchat.markup.styling import MAX_DEPTH, Inline, Plain, Preformatted, Quote, Span, blocks, spans


def strong(*children: Inline) -> Span:
    return Span("*", children)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain span", ["plain span"]),
        ("*strong span*", [strong("strong span")]),
        ("_emphasized span_", [Span("_", ("emphasized span",))]),
        (
            "_emphasized span containing *strong span*_",
            [Span("_", ("emphasized span containing ", strong("strong span")))],
        ),
        ("span one *span two*", ["span one ", strong("span two")]),
        ("*strong*", [strong("strong")]),
        ("plain *strong* plain", ["plain ", strong("strong"), " plain"]),
        ("*strong* plain *strong*", [strong("strong"), " plain ", strong("strong")]),
        ("*strong*plain*", [strong("strong"), "plain*"]),
        ("* plain *strong*", ["* plain ", strong("strong")]),
        ("Everyone ~dis~likes cake.", ["Everyone ", Span("~", ("dis",)), "likes cake."]),
        ("This is `*monospace*`", ["This is ", Span("`", ("*monospace*",))]),
        ("This is *`both`*", ["This is ", strong(Span("`", ("both",)))]),
        ("_*~children~*_", [Span("_", (strong(Span("~", ("children",))),))]),
        ("*a *b c*", [strong("a *b c")]),
        ("*not closed _but this_", ["*not closed ", Span("_", ("but this",))]),
        ("a\u2003*wide space*", ["a\u2003", strong("wide space")]),
        ("*x\u00a0* y*", [strong("x\u00a0* y")]),
    ],
)
def test_spans_of_the_standard(line: str, expected: list[Inline]) -> None:
    assert spans(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        *("not strong*", "*not strong", "*not *strong", "**", "***", "****", "** not strong **", "x*y*"),
        *("2*3*4", "* list", "*not strong *", "**Markdown**", "~/bin and ~/lib", "` open", "snake_case_name"),
    ],
)
def test_nothing_is_styled(line: str) -> None:
    assert spans(line) == [line]


def test_a_span_does_not_leave_its_line() -> None:
    assert [spans(block.line) for block in blocks("*not \n strong*") if isinstance(block, Plain)] == [
        ["*not "],
        [" strong*"],
    ]


def test_preformatted_block() -> None:
    body = '```ignored\n(println "Hello, world!")\n```\n\nplain'
    assert blocks(body) == [
        Preformatted("```ignored", '(println "Hello, world!")', True),
        Plain(""),
        Plain("plain"),
    ]


def test_only_three_graves_alone_close_a_preformatted_block() -> None:
    assert blocks("```\n``` no\n ```\n````") == [Preformatted("```", "``` no\n ```\n````", False)]


def test_a_preformatted_block_ends_with_its_quotation() -> None:
    body = '> ```\n> (println "Hello, world!")\n\nThe quotation is preformatted, this is not.'
    assert blocks(body) == [
        Quote((Preformatted("```", '(println "Hello, world!")', False),)),
        Plain(""),
        Plain("The quotation is preformatted, this is not."),
    ]


def test_nested_quotation() -> None:
    body = ">> That that is, is.\n> Said the old hermit of Prague.\n\nWho?"
    assert blocks(body) == [
        Quote((Quote((Plain("That that is, is."),)), Plain("Said the old hermit of Prague."))),
        Plain(""),
        Plain("Who?"),
    ]


def test_one_leading_space_of_a_quoted_line_is_trimmed() -> None:
    assert blocks(">  two\n>none\n>") == [Quote((Plain(" two"), Plain("none"), Plain("")))]


def test_quotations_are_not_nested_without_end() -> None:
    block = blocks(">" * 60_000)[0]
    for _ in range(MAX_DEPTH):
        assert isinstance(block, Quote)
        block = block.blocks[0]
    assert isinstance(block, Plain)


@pytest.mark.parametrize(
    "line",
    ["*a _b ~c `d " * 5_000, "*a " * 20_000, "*a*" * 20_000, " *" * 30_000, "_*~" * 20_000, "`a`" * 20_000],
)
def test_time_grows_with_the_text_only(line: str) -> None:
    started = time.process_time()
    spans(line)
    assert time.process_time() - started < 1
