"""What the site says of itself: the page for everybody, figures only where the operator wants them told."""

import io
import json
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html
from lxml.html import HtmlElement
from sqlalchemy import update

from tests.web.site import Site, running
from webchat import about, account
from webchat.about.commands import files
from webchat.config import ConfigError, Settings
from webchat.db.base import now
from webchat.session.figures import rounded
from webchat.session.models import Account

SLICES = (account.slice, about.slice)
MACHINES = ("/.well-known/nodeinfo", "/nodeinfo/2.1", "/statistics.json")


def parsed(text: str) -> HtmlElement:
    """A page as a tree."""
    page: HtmlElement = html.document_fromstring(text)
    return page


async def people(site: Site, number: int) -> None:
    """So many accounts; the first was here last a hundred days ago."""
    moment = now()
    async with site.sessions.database.write() as db:
        for n in range(number):
            jid = f"montague{n}@example.org"
            db.add(Account(jid=jid, resource="x", created_at=moment, last_seen_at=moment))
        await db.flush()
        old = update(Account).where(Account.jid == "montague0@example.org")
        await db.execute(old.values(last_seen_at=moment - timedelta(days=100)))


async def test_without_the_operators_word_nobody_is_counted_for_the_world(tmp_path: Path) -> None:
    """O13: neither for machines nor on pages."""
    async with running(tmp_path, SLICES) as site, site.browser() as visitor:
        await people(site, 12)
        for path in MACHINES:
            assert (await visitor.get(path)).status_code == 404, path
        for path in ("/about", "/login"):
            page = await visitor.get(path)
            assert (page.status_code, "a month" in page.text, "Run by" in page.text) == (200, False, False)


async def test_exact_and_rounded_counts(tmp_path: Path) -> None:
    async with running(tmp_path / "exact", SLICES, statistics="exact", default_domain="example.org") as site:
        await people(site, 12)
        async with site.browser() as visitor:
            links = (await visitor.get("/.well-known/nodeinfo")).json()["links"]
            answer = await visitor.get(links[0]["href"])
            told = answer.json()
            assert (await visitor.get("/nodeinfo/2.0")).status_code == 404
            listed = (await visitor.get("/statistics.json")).json()
            login = await visitor.get("/login")
    assert 'profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"' in answer.headers["content-type"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert told["usage"] == {
        "users": {"total": 12, "activeHalfyear": 12, "activeMonth": 11},
        "localPosts": 0,
    }
    assert (told["version"], told["protocols"], told["openRegistrations"]) == ("2.1", ["xmpp"], False)
    assert told["software"]["repository"] == "http://localhost:8080/about/source.tar.gz"
    assert (listed["users"], listed["connected"], listed["domain"]) == (12, 0, "example.org")
    assert "montague" not in json.dumps([told, listed])
    assert "11 people seen within a month" in login.text
    async with running(tmp_path / "rounded", SLICES, statistics="rounded") as site, site.browser() as visitor:
        await people(site, 12)
        counted = (await visitor.get("/nodeinfo/2.1")).json()["usage"]["users"]
        assert counted == {"total": 10, "activeHalfyear": 10, "activeMonth": 10}
        await people_more(site)
        again = (await visitor.get("/nodeinfo/2.1")).json()["usage"]["users"]
        assert again == counted, "what was counted stays for an hour"


async def people_more(site: Site) -> None:
    """Many come at once."""
    moment = now()
    async with site.sessions.database.write() as db:
        for n in range(30):
            jid = f"capulet{n}@example.org"
            db.add(Account(jid=jid, resource="x", created_at=moment, last_seen_at=moment))


def test_rounding_tells_nothing_of_one_person() -> None:
    assert [rounded(number) for number in (0, 9, 10, 19, 37, 1204)] == [0, 0, 10, 10, 30, 1000]


async def test_the_figures_are_found_below_a_path_and_at_the_root_of_the_host(tmp_path: Path) -> None:
    base = "http://localhost:8080/chat"
    told = {"statistics": "exact", "base_url": base}
    async with running(tmp_path, SLICES, **told) as site, site.browser() as visitor:
        for path in ("http://localhost:8080/.well-known/nodeinfo", f"{base}/.well-known/nodeinfo"):
            assert (await visitor.get(path)).json()["links"][0]["href"] == f"{base}/nodeinfo/2.1"


async def test_the_page_says_who_runs_it_to_whom_it_may_concern(tmp_path: Path) -> None:
    told = {
        "contact": "xmpp:friar@example.org?message",
        "terms_url": "https://rules.example/",
        "instance_description": "For <friends>.",
        "secret_key": "k" * 40,
        "admins": "prince@example.org",
    }
    async with running(tmp_path, SLICES, **told) as site, site.browser(accept_language="fr") as visitor:
        french = (await visitor.get("/about")).text
        page = parsed((await visitor.get("/about", headers={"accept-language": "en"})).text)
        browser, _ = await site.signed_in()
        inside = parsed((await browser.get("/about")).text)
    links = {link.get("href"): link.text_content().strip() for link in page.cssselect(".about-site a")}
    assert links["xmpp:friar@example.org?message"] == "friar@example.org"
    assert links["https://rules.example/"] == "Read them"
    assert "/about/source.tar.gz" in links
    assert page.cssselect(".lead")[0].text_content() == "For <friends>."
    assert len(page.cssselect("kbd")) > 15
    assert not page.cssselect(".about-site form, .about-site script")
    assert "prince" not in french
    assert "kkkk" not in french
    assert "À propos de ce site" in french
    assert inside.cssselect('#nav a[href="/about"]')
    assert inside.cssselect('.about-site a[href="/open?uri=xmpp%3Afriar%40example.org%3Fmessage"]')


async def test_the_program_can_be_taken_along_and_nothing_else(tmp_path: Path) -> None:
    """O14: what lies beside it, or in its folders by accident, stays."""
    async with running(tmp_path, SLICES) as site, site.browser() as visitor:
        answer = await visitor.get("/about/source.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        names = [name.partition("/")[2] for name in tar.getnames()]
    assert {"webchat/app.py", "templates/about/index.html", "LICENSE", "migrations/env.py"} <= set(names)
    assert not [name for name in names if ".pyc" in name or "secret" in name or name.startswith("data")]
    for name in (
        "webchat/a.py",
        "webchat/secret.key",
        "webchat/.env",
        "static/backup.sqlite",
        "templates/x.html",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "webchat" / "away.py").symlink_to("/etc/passwd")
    assert [name for name, _ in files(tmp_path)] == ["webchat/a.py", "templates/x.html"]


async def test_the_source_may_lie_elsewhere(tmp_path: Path) -> None:
    where = "https://code.example/ours"
    told = {"source_url": where, "statistics": "exact"}
    async with running(tmp_path, SLICES, **told) as site, site.browser() as visitor:
        assert (await visitor.get("/about/source.tar.gz")).headers["location"] == where
        assert (await visitor.get("/nodeinfo/2.1")).json()["software"]["repository"] == where


@pytest.mark.parametrize(
    "wrong",
    [
        {"CONTACT": "javascript:alert(1)"},
        {"CONTACT": "mailto:nobody"},
        {"TERMS_URL": "javascript:alert(1)"},
        {"SOURCE_URL": "ftp://x"},
        {"STATISTICS": "yes"},
    ],
)
def test_what_the_operator_says_is_checked(wrong: dict[str, str], tmp_path: Path) -> None:
    given = {"WEBCHAT_DATA_DIR": str(tmp_path)} | {f"WEBCHAT_{name}": value for name, value in wrong.items()}
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Settings.from_env(given)
