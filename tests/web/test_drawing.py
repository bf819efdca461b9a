"""Pages, partials, static files, answers and errors."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.web.site import ROMEO, Site, running
from webchat import account, errors
from webchat.slice import NavEntry, Slice
from webchat.web import answer, dom, templates
from webchat.web.errors import CONDITIONS, describe
from webchat.web.scope import Scope
from webchat.web.shell import navigation
from webchat.web.static import StaticFiles


async def fail(request: Request) -> Response:
    """Raise what the address names."""
    raise {
        "not-found": errors.NotFound(),
        "forbidden": errors.Forbidden(),
        "invalid": errors.Invalid({"text": "This field is needed."}),
        "conflict": errors.Conflict(),
        "too-many": errors.TooMany(7),
        "offline": errors.Offline(),
        "timed-out": errors.TimedOut(),
        "xmpp": errors.XmppError("item-not-found", "<script>alert(1)</script>"),
        "odd": errors.XmppError("never-heard-of"),
    }[request.path_params["how"]]


async def act(request: Request) -> Response:
    """An action whose effect comes by the stream."""
    return answer.done(request, "/here", by_stream=True)


async def say(request: Request) -> Response:
    """An action that says something."""
    return answer.toast(request, "Password")


FAILING = Slice(
    name="failing",
    routes=[
        Route("/fail/{how}", fail, methods=["GET", "POST"]),
        Route("/act", act, methods=["POST"]),
        Route("/say", say, methods=["POST"]),
    ],
    nav=[NavEntry("Chats", "/fail", "send", 1)],
)
ERRORS = {
    "not-found": 404,
    "forbidden": 403,
    "invalid": 422,
    "conflict": 409,
    "too-many": 429,
    "offline": 503,
    "timed-out": 504,
    "xmpp": 502,
    "odd": 502,
}
HTMX = {"hx-request": "true"}
VISIT = HTMX | {"hx-target": "main#main", "hx-boosted": "true"}


@pytest.fixture
async def site(tmp_path: Path):  # type: ignore[no-untyped-def]
    async with running(tmp_path, (account.slice, FAILING)) as made:
        yield made


@pytest.mark.parametrize(("how", "status"), ERRORS.items())
async def test_errors_are_pages_for_plain_visits(site: Site, how: str, status: int) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        page = await browser.get(f"/fail/{how}")
    assert page.status_code == status
    assert page.text.startswith("<!DOCTYPE html>")
    assert "<script>alert" not in page.text
    assert ("retry-after" in page.headers) == (how == "too-many")


@pytest.mark.parametrize(("how", "status"), ERRORS.items())
async def test_errors_are_toasts_where_htmx_would_lose_the_page(site: Site, how: str, status: int) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        toast = await browser.post(f"/fail/{how}", headers=HTMX)
        visit = await browser.get(f"/fail/{how}", headers=VISIT)
    assert toast.status_code == visit.status_code == status
    assert toast.text.startswith('<hx-partial hx-target="#toasts" hx-swap="innerHTML">')
    assert (toast.headers["hx-reswap"], toast.headers["hx-push-url"]) == ("none", "false")
    assert visit.text.startswith("<hx-partial" if status >= 500 else " <title>")


def test_every_condition_has_a_sentence_and_foreign_text_is_kept_apart() -> None:
    for condition, sentence in CONDITIONS.items():
        said = describe(errors.XmppError(condition, "their words"))
        assert (said.text, said.detail, said.code) == (sentence, "their words", f"XMPP: {condition}")
    assert "secret" not in repr(describe(RuntimeError("secret")))


async def test_the_layout_depends_on_who_asks(site: Site) -> None:
    browser, _ = await site.signed_in()
    async with browser, site.browser() as stranger:
        whole = await browser.get("/configuration/account")
        main = await browser.get("/configuration/account", headers=VISIT)
        back = await browser.get("/configuration/account", headers={"hx-history-restore-request": "true"})
        login = await stranger.get("/login")
    assert whole.text.startswith("<!DOCTYPE html>")
    assert back.text.startswith("<!DOCTYPE html>")
    assert "<nav" in whole.text
    assert "<html" not in main.text
    assert '<main id="main"' in main.text
    assert "<nav" not in login.text
    for page in (whole, main):
        assert {"HX-Target", "Cookie"} <= {name.strip() for name in page.headers["vary"].split(",")}
        assert page.headers["cache-control"] == "no-store"
        assert 'hx-sse:connect="/stream/plain/?after=' in page.text


async def test_a_page_is_drawn_in_the_readers_language(site: Site) -> None:
    async with site.browser(accept_language="fr") as browser:
        page = await browser.get("/login")
    assert re.search(r'<html lang="fr"\s+dir="ltr"', page.text)
    assert "Mot de passe" in page.text
    browser, me = await site.signed_in(accept_language="fr")
    await site.sessions.set_preferences(me.account_id, {"language": "en", "theme": "dark"})
    async with browser:
        page = await browser.get("/configuration/account")
    assert re.search(r'<html lang="en"\s+dir="ltr"\s+data-theme="dark"', page.text)


async def test_done_is_204_when_the_stream_shows_the_effect_else_back_to_the_page(site: Site) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        plain, scripted = await browser.post("/act"), await browser.post("/act", headers=HTMX)
        said = await browser.post("/say", headers=HTMX)
    assert (plain.status_code, plain.headers["location"]) == (303, "/here")
    assert (scripted.status_code, scripted.headers["hx-push-url"]) == (204, "false")
    assert "Password" in said.text


async def test_who_is_not_signed_in_is_led_to_the_login_and_back(site: Site) -> None:
    async with site.browser() as browser:
        plain = await browser.get("/configuration/account")
        scripted = await browser.get("/configuration/account", headers=VISIT)
        root = await browser.get("/")
    assert (plain.status_code, plain.headers["location"]) == (303, "/login?next=/configuration/account")
    assert (scripted.status_code, scripted.headers["hx-redirect"]) == (401, "/login")
    assert root.headers["location"] == "/login"


async def test_the_root_leads_to_the_landing_page(site: Site) -> None:
    """News, or what was chosen; a word that nobody can choose counts for nothing."""
    browser, me = await site.signed_in()
    async with browser:
        assert (await browser.get("/")).headers["location"] == "/news"
        for chosen, page in (("chats", "/chats"), ("news", "/news"), ("/evil", "/news")):
            await site.sessions.set_preferences(me.account_id, {"landing": chosen})
            assert (await browser.get("/")).headers["location"] == page


async def test_static_files_live_under_one_hash(site: Site) -> None:
    async with site.browser(accept_encoding="gzip") as browser:
        page = await browser.get("/login")
        paths = re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text)
        answers = [await browser.get(path) for path in paths]
        old = await browser.get("/static/0123456789abcdef/css/all.css")
        missing = await browser.get(paths[0].rpartition("/")[0] + "/../../webchat/config.py")
    assert len({path.split("/")[2] for path in paths}) == 1
    assert len(answers) >= 3
    for found in answers:
        assert found.status_code == 200
        assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
    assert missing.status_code == 404


def test_ordered_files_are_joined_and_any_change_changes_the_hash(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("a()\n//# sourceMappingURL=a.js.map")
    (tmp_path / "js" / "b.js").write_text("b()" + " " * 600)
    (tmp_path / "js" / "ORDER").write_text("# first things first\nb.js\n\na.js\n")
    files = StaticFiles(tmp_path)
    joined = files.files["js/all.js"].decode()
    assert re.fullmatch(r"b\(\)\s+;\s+a\(\)\s+", joined)
    answer = files.response(files.hash, "js/all.js", True)
    assert answer is not None
    assert gzip.decompress(bytes(answer.body)).decode() == joined
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    (tmp_path / "js" / "a.js").write_text("c()")
    assert StaticFiles(tmp_path).hash != files.hash
    with pytest.raises(KeyError):
        files.path("js/none.js")


def test_ids_are_selectors_whatever_the_address_holds() -> None:
    for make in (
        dom.timeline,
        dom.conversation,
        dom.typing,
        dom.state,
        dom.composer,
        dom.presence,
        dom.older,
    ):
        made = {make(jid) for jid in (ROMEO, 'a"b@example.org', "a.b#c@example.org/x y", "ü@example.org")}
        assert len(made) == 4
        assert all(re.fullmatch(r"[a-z]+-[0-9a-f]{16}", one) for one in made)
    assert (dom.message(7), dom.gap(7)) == ("message-7", "gap-7")


def test_the_address_of_a_stream_holds_scope_and_cursor() -> None:
    made = templates.stream_path(Scope("conversation", "a/b?c@example.org"), "ab.1")
    assert made == "/stream/conversation/a%2Fb%3Fc@example.org?after=ab.1"


def test_the_entry_of_a_page_is_marked() -> None:
    entries = [NavEntry("Chats", "/chats", "send", 1), NavEntry("News", "/news", "send", 2)]
    for path, current in (("/chats", 0), ("/chats/a@b", 0), ("/chatsx", None), ("/news", 1)):
        marked = [item.current for item in navigation(entries, path, "/talk")]
        assert marked == [current == 0, current == 1]
    assert navigation(entries, "/", "/talk")[0].path == "/talk/chats"


def test_a_form_token_looks_different_each_time() -> None:
    token = "t" * 43
    assert templates.mask(token) != templates.mask(token)
    assert templates.unmask(templates.mask(token)) == token
    for broken in ("", ".", "a.b", "00.0000", "ff.00", "00", "é.é"):
        assert templates.unmask(broken) in ("", "\x00")
