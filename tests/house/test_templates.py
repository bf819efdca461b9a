"""This room guards the page: one way to draw a thing, nothing active in it that a stranger wrote."""

import re

import pytest

from tests.house.markup import closure, each, markup, named_in_code, pushed, references, where
from tests.house.tree import (
    ROOT,
    is_vendored,
    lines_matching,
    name,
    sentence,
    template_name,
    templates,
    text,
    under,
)

FORBIDDEN = {
    r"\|\s*safe\b": "what is safe says so by its type, which only webchat.markup makes",
    r"autoescape\s+false": "everything is escaped, without exception",
    r"\sstyle\s*=": "the content policy allows no inline style: write a class",
    r"<style\b": "the content policy allows no inline style: write a class",
    r"\bhx-on\b": "it needs eval, which the content policy forbids",
    r"\son[a-z]+\s*=\s*[\"']": "the content policy allows no inline script",
    r"[\"'\s]js:": "it needs eval, which the content policy forbids",
    r"javascript:": "the content policy allows no inline script",
    r"\bhx-swap-oob\b": "partials say the same more plainly",
    r"https?://(?!www\.w3\.org/)": "nothing is loaded from or sent to other sites",
}
STANDALONE = (
    "layouts/",
    "shell/macros.html",
    "posts/macros.html",
    "settings/macros.html",
    "account/macros.html",
    "emoji/macros.html",
    "profile/macros.html",
    "account/exported.html",
)
"""What neither is a partial nor extends a layout."""
CONVERSATION = (
    *(f"messages/_{one}" for one in ("column", "composer", "conversation", "files", "message", "post")),
    *("messages/_said", "messages/_talk", "chats/_head", "rooms/_head", "rooms/_door"),
    *("notifications/_mode", "search/_ways", "shell/_nav", "shell/_toast", "uploads/_attach"),
)
"""Partials that stand on the page of a conversation and hold icons."""


@pytest.mark.parametrize(("pattern", "why"), FORBIDDEN.items(), ids=list(FORBIDDEN))
def test_forbidden_in_templates(pattern: str, why: str) -> None:
    """Each of these would open a door that the rest of the house keeps shut."""
    found = lines_matching(pattern, templates())
    assert not found, sentence(f"Not in a template: {why}:", found)


def test_scripts_are_files() -> None:
    """An inline script would need a hole in the content policy."""
    found = [
        where(path, element.line)
        for path in templates()
        for element in markup(path).elements
        if element.tag == "script" and "src" not in element.attributes
    ]
    assert not found, sentence("Every <script> has a src:", found)


def test_every_template_is_reachable() -> None:
    """A template that nobody draws is not kept up and misleads whoever searches."""
    used = closure(named_in_code())
    found = [name(path) for path in templates() if template_name(path) not in used]
    assert not found, sentence("No code and no other template names these:", found)


def test_every_reference_leads_somewhere() -> None:
    """A template that is named exists."""
    known = {template_name(path) for path in templates()}
    found = [f"{name(path)} names {one}" for path in templates() for one in sorted(references(path) - known)]
    assert not found, sentence("These templates do not exist:", found)


def is_partial(one: str) -> bool:
    """Whether a template is drawn inside others."""
    return one.rpartition("/")[2].startswith("_")


def test_pages_extend_a_layout() -> None:
    """A template without underscore is a page, whole or for #main only."""
    found = [
        name(path)
        for path in templates()
        if not is_partial(one := template_name(path))
        and not one.startswith(STANDALONE)
        and not re.search(r"\{%-?\s*extends\b", text(path))
    ]
    assert not found, sentence("A template without underscore extends a layout:", found)


def test_pages_have_titles_of_their_own() -> None:
    """Tabs of a browser, its history and screen readers tell pages apart by their titles."""
    titles: dict[str, list[str]] = {}
    for path in templates():
        one = template_name(path)
        if is_partial(one) or one.startswith(STANDALONE):
            continue
        found = re.search(r"\{% block title %\}(.*?)\{% endblock", text(path), re.DOTALL)
        titles.setdefault(found[1].strip() if found else "", []).append(name(path))
    assert not titles.get(""), sentence("A page fills the block title:", titles.get("", []))
    many = {title: pages for title, pages in titles.items() if len(pages) > 1 and "name" not in title}
    shared = [" and ".join(pages) for pages in many.values()]
    assert not shared, sentence("These pages have the same title:", shared)


def test_partials_have_one_root_with_an_id() -> None:
    """Only what has one root and an id can be replaced where it stands."""
    found = []
    for one, drawn in each({template_name(path) for path in templates() if is_partial(template_name(path))}):
        roots = [element for element in drawn.elements if element.depth == 0]
        if len(roots) != 1 or "id" not in roots[0].attributes:
            found.append(f"{one}: {', '.join(f'<{root.tag}>' for root in roots) or 'no element'}")
    assert not found, sentence("A partial has one root element, and that has an id:", found)


def test_pushed_partials_carry_no_htmx() -> None:
    """Pushed rows are plain links and forms: the nonce gate needs nothing from the stream."""
    found = [
        f"{one}:{element.line} {attribute}"
        for one, drawn in each(pushed())
        for element in drawn.elements
        for attribute in element.attributes
        if attribute.startswith(("hx-", "data-hx-")) and attribute != "hx-ignore"
    ]
    assert pushed(), "No fragment names a template: this rule would check nothing."
    assert not found, sentence("A partial that a fragment pushes has no hx- attribute but hx-ignore:", found)


def test_every_form_that_changes_something_carries_the_token() -> None:
    """Browsers that say nothing of where a request comes from are believed by the token of their login."""
    found = []
    for path in templates():
        for form in re.findall(r"<form\b.*?</form>", text(path), re.DOTALL):
            if re.search(r"method=[\"']post[\"']", form, re.IGNORECASE) and "csrf()" not in form:
                found.append(f"{name(path)}: {form.splitlines()[0]}")
    assert not found, sentence("A form with method post contains {{ csrf() }}:", found)


def test_every_post_of_htmx_is_also_a_plain_form() -> None:
    """Scripts off is a supported way to use everything."""
    found = [
        where(path, element.line)
        for path in templates()
        for element in markup(path).elements
        if "hx-post" in element.attributes
        and not (element.tag == "form" and element.attributes.get("method", "").lower() == "post")
    ]
    assert not found, sentence("hx-post stands only on a <form method=post>:", found)


def test_ids_come_from_one_maker() -> None:
    """A fragment's target and the id in a template are made by the same function, or are one fixed word."""
    found = lines_matching(
        r"""\sid=["'][^"'{]*\{\{(?!-?\s*dom\.)""",
        [path for path in templates() if is_partial(template_name(path))],
    )
    assert not found, sentence("In a partial, an id with a value in it is made by dom:", found)


def test_icons_are_in_the_sprite() -> None:
    """A missing icon is an empty square that no other test sees."""
    sprite = next(path for path in under("static/vendor") if path.name == "sprite.svg")
    drawn = set(re.findall(r'<symbol[^>]*\bid="([\w-]+)"', text(sprite)))
    used = {one for path in templates() for one in re.findall(r"\bicon\(\s*[\"']([\w-]+)[\"']", text(path))}
    assert not used - drawn, f"Not in the sprite: {', '.join(sorted(used - drawn))}"


def test_the_icons_of_a_conversation_come_in_one_small_file() -> None:
    """One that is not in static/icons/FIRST would make the first view fetch the whole sprite as well."""
    first = set(text(ROOT / "static/icons/FIRST").splitlines())
    sources = [*under("static/js", ".js"), *(ROOT / "templates" / f"{one}.html" for one in CONVERSATION)]
    used = {one for path in sources for one in re.findall(r"\bicon\(\s*[\"']([\w-]+)[\"']", text(path))}
    navigation = [text(path) for path in under("webchat", ".py") if path.name == "__init__.py"]
    used |= {one for code in navigation for one in re.findall(r'NavEntry\([^,]+, [^,]+, "([\w-]+)"', code)}
    assert not used - first, f"Not in static/icons/FIRST: {', '.join(sorted(used - first))}"


def test_scripts_and_styles_are_all_used() -> None:
    """A file that no page loads is not kept up."""
    lists = [path for kind in ("ORDER", "LATER", "MODULES") for path in under("static", kind)]
    loaders = [*templates(), *under("static/js", ".js"), *lists, *under("webchat", ".py")]
    found = [
        name(path)
        for path in [*under("static/js", ".js"), *under("static/css", ".css")]
        if not is_vendored(path)
        and not any(path.name in text(loader) for loader in loaders if loader != path)
    ]
    assert not found, sentence("Nothing loads these files:", found)
    assert (ROOT / "static/css").is_dir()
