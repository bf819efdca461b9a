"""Bodies as HTML: styled, linked, and nothing foreign alive in them (cases H01, H03, H05, H07, H10)."""

import time
from html.parser import HTMLParser

import bleach  # type: ignore[import-untyped]
import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webchat.markup.body import LIMIT, MOST_ELEMENTS, _remembered, action_text, is_action, render_body
from webchat.markup.characters import clean

LINK = 'rel="noopener noreferrer nofollow ugc" target="_blank" dir="ltr"'
TAGS = {"a", "strong", "em", "del", "code", "pre", "blockquote", "br", "span"}
ATTRIBUTES = {"a": {"class", "href", "rel", "target", "dir"}, "span": {"class", "aria-hidden"}}
SCHEMES = {"http", "https", "mailto", "xmpp", "geo"}


def mark(text: str) -> str:
    return f'<span class="mark" aria-hidden="true">{text}</span>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("hello", "hello"),
        ("two\nlines", "two<br>lines"),
        ("<b>&amp;</b> \"'", "&lt;b&gt;&amp;amp;&lt;/b&gt; &#34;&#39;"),
        ("*x*", f"<strong>{mark('*')}x{mark('*')}</strong>"),
        ("_x_ ~y~", f"<em>{mark('_')}x{mark('_')}</em> <del>{mark('~')}y{mark('~')}</del>"),
        ("`<*a*>`", f"<code>{mark('`')}&lt;*a*&gt;{mark('`')}</code>"),
        ("> a\nb", "<blockquote>a</blockquote>b"),
        ("a\n> b\n\nc", "a<blockquote>b</blockquote><br>c"),
        (
            "```x\n <i>\n```",
            f"<pre>{mark('```x' + chr(10))}<code> &lt;i&gt;</code>{mark(chr(10) + '```')}</pre>",
        ),
        ("`https://example.org`", f"<code>{mark('`')}https://example.org{mark('`')}</code>"),
        ("👍", '<span class="jumbo">👍</span>'),
        ("\u202eabc\x07", "abc"),
        ("a\r\nb\rc", "a<br>b<br>c"),
        (
            "see https://example.org/?a=1&b=2.",
            f'see <a class="link" href="https://example.org/?a=1&amp;b=2" {LINK}>https://example.org/?a=1&amp;b=2</a>.',
        ),
        (
            "https://disroot.org@evil.example",
            f'<a class="link" href="https://disroot.org@evil.example" {LINK}>https://disroot.org@evil.example</a>'
            '<span class="link-host"> (evil.example)</span>',
        ),
        (
            "xmpp:juliet@example.org",
            '<a class="link" href="/chats/juliet@example.org" rel="noopener noreferrer nofollow ugc" '
            'dir="ltr">xmpp:juliet@example.org</a>',
        ),
    ],
)
def test_render_body(text: str, html: str) -> None:
    assert str(render_body(text)) == html


def test_a_quote_ends_an_address_and_never_its_attribute() -> None:
    assert str(render_body("https://x\"onmouseover=alert(1)//'<svg>")) == (
        f'<a class="link" href="https://x" {LINK}>https://x</a>&#34;onmouseover=alert(1)//&#39;&lt;svg&gt;'
    )


def test_an_apostrophe_is_escaped_inside_the_attribute() -> None:
    assert 'href="https://x/a&#39;b"' in str(render_body("https://x/a'b"))


def test_links_to_pages_of_ours_carry_the_prefix_of_the_site() -> None:
    assert 'href="/chat/chats/a@b.example"' in str(render_body("xmpp:a@b.example", "/chat"))
    assert 'href="https://b.example"' in str(render_body("https://b.example", "/chat"))


def test_actions() -> None:
    """XEP-0245 §2."""
    assert is_action("/me waves")
    assert not is_action("/meow")
    assert not is_action(" /me waves")
    assert not is_action("/me")
    assert action_text("/me waves") == "waves"


class Events(HTMLParser):
    """What a reader of the HTML sees, whatever way its characters were written."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[object, ...]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(("start", tag, tuple(sorted(attrs, key=str))))

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(("end", tag))

    def handle_data(self, data: str) -> None:
        if self.seen and self.seen[-1][0] == "text":
            data = str(self.seen.pop()[1]) + data
        self.seen.append(("text", data))

    def handle_comment(self, data: str) -> None:
        self.seen.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.seen.append(("declaration", decl))

    def text(self) -> str:
        shown: dict[tuple[object, ...], str] = {("start", "br", ()): "\n"}
        return "".join(str(event[1]) if event[0] == "text" else shown.get(event, "") for event in self.seen)


HOSTILE = st.text(
    alphabet=st.sampled_from("<>\"'&;=/ \n\t*_~`>:@.-ab)(?#\\\x00\u202e\u200b\u0301\ud800😀é"), max_size=60
)
PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "<script>alert(1)</script>",
                "<img src=x onerror=alert(1)>",
                "javascript:alert(1)",
                "&lt;script&gt;",
            ),
            *(
                '"><svg onload=1>',
                "hx-get=/x",
                "<hx-partial>",
                "<!--",
                "]]>",
                "</blockquote>",
                "</pre>",
                "<br>",
            ),
            *(
                "https://example.org/",
                "https://x\"onmouseover='",
                "mailto:a@b.example",
                "xmpp:a@b.example?remove",
            ),
            *(
                "geo:1,2",
                "https://a@b.example",
                "https://\u0430pple.com/",
                "```",
                "> ",
                ">>",
                "\n",
                " ",
                "*",
                "_",
            ),
            *("~", "`", "\x01", "\u202e", "&#x3c;", "data:text/html,<b>"),
        ]
    ),
    max_size=14,
).map("".join)


@given(st.one_of(st.text(), HOSTILE, PIECES))
@example('<a href="javascript:alert(1)">')
@example("```\n</pre><script>\n```")
@example("> <script>\n>> *</blockquote>*")
def test_nothing_foreign_is_alive_and_sanitisers_find_nothing_to_remove(text: str) -> None:
    html = str(render_body(text))
    seen = Events(html).seen
    for event in seen:
        assert event[0] in {"start", "end", "text"}
        if event[0] == "start":
            assert event[1] in TAGS
    nh3_html = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None, strip_comments=False
    )
    assert Events(nh3_html).seen == seen
    bleach_html = bleach.clean(
        html,
        tags=TAGS,
        attributes={tag: list(names) for tag, names in ATTRIBUTES.items()},
        protocols=SCHEMES,
        strip_comments=False,
    )
    assert Events(bleach_html).seen == seen


@given(st.one_of(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Cf", "M"))), HOSTILE))
def test_nothing_is_lost(text: str) -> None:
    # What is not seen is taken out first, and may have hidden a line's beginning.
    lines = [line for line in clean(text).split("\n") if not line.startswith((">", "```"))]
    visible = set("<>\"'&;=/*_~`:@.-ab)(?#\\")
    kept = [char for char in Events(str(render_body("\n".join(lines)))).text() if char in visible]
    expected = [char for char in "\n".join(lines) if char in visible]
    missing = iter(kept)
    assert all(char in missing for char in expected)


@given(st.one_of(HOSTILE, PIECES))
def test_the_same_text_gives_the_same_html(text: str) -> None:
    assert render_body(text) == render_body(text + "")


def test_a_body_is_cut_at_its_limit() -> None:
    html = str(render_body("a" * (LIMIT + 10)))
    assert html == "a" * LIMIT + " …"


@pytest.mark.parametrize(
    "piece",
    ["\n", "*a* ", "https://a.example ", "> a\n\n", ">\n", "```\n```\n", "*_~`a`~_* ", "\u0301", "<"],
)
def test_a_hostile_body_is_cheap(piece: str) -> None:
    text = piece * (LIMIT // len(piece))
    started = time.process_time()
    html = str(render_body(text))
    assert time.process_time() - started < 2
    assert html.count("<") <= 2 * (MOST_ELEMENTS + 50)


def test_bodies_of_any_length_are_remembered_by_what_is_shown_of_them() -> None:
    render_body("x" * (LIMIT + 1))
    before = _remembered.cache_info().currsize
    render_body("x" * (LIMIT + 1) + "y")
    assert _remembered.cache_info().currsize == before
