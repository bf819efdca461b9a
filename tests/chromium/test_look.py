"""This room looks: dark before the first paint, the language at once, dates and plurals of a language."""

import re
from typing import Any

from playwright.async_api import expect

from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab


async def test_66_dark_comes_with_the_first_byte(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, at="/configuration/preferences")
    for theme in ("light", "contrast", "dark"):
        await his.page.locator(f"#theme-{theme}").check()
        await his.page.get_by_role("button", name="Save").click()
        await expect(his.page.locator("html")).to_have_attribute("data-theme", theme)
    await expect(his.page.locator(".saved")).to_be_visible()
    answer = await his.page.goto("/chats")
    assert answer is not None
    html = await answer.text()
    assert 'data-theme="dark"' in html.partition("<head>")[0]
    assert re.search(r'<meta name="theme-color"\s+content="#[0-3]', html)


async def test_66_dark_follows_the_system(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    grounds = []
    for scheme in ("light", "dark"):
        his = await person(romeo, login=False, color_scheme=scheme)
        await his.page.goto("/login")
        grounds.append(await his.page.locator("html").evaluate("(html) => getComputedStyle(html).background"))
    assert grounds[0] != grounds[1]


async def test_65_the_language_changes_at_once(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at="/configuration/preferences")
    await his.page.get_by_label("Language", exact=True).select_option("fr")
    await his.page.get_by_role("button", name="Save").click()
    await expect(his.page.locator("html")).to_have_attribute("lang", "fr")
    await expect(his.page.locator("nav.nav")).to_contain_text("Discussions")
    await his.page.goto(juliet.path)
    # What the stream brings is in the same language.
    hers.compose(romeo.jid)
    await expect(his.page.locator(".typing")).to_contain_text(re.compile("écrit"))
    await expect(his.page.get_by_role("button", name="Envoyer")).to_be_visible()


async def test_65_the_browser_decides_before_the_login(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, login=False, locale="fr-FR")
    await his.page.goto("/login")
    await expect(his.page.get_by_role("button", name="Se connecter")).to_be_visible()
    await expect(his.page.locator("html")).to_have_attribute("lang", "fr-FR")


async def test_38_an_empty_list_invites(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo)
    await expect(his.page.locator("li.conversation")).to_have_count(0)
    await expect(his.page.get_by_role("button", name="Start a chat")).to_have_count(1)


async def test_67_a_page_that_is_not_there_says_so(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo)
    with his.refused():
        answer = await his.page.goto("/chats/not an address")
    assert answer is not None
    assert answer.status == 404
    await expect(his.page.get_by_role("heading", level=1)).to_be_visible()
    await his.page.get_by_role("link", name="Back to the start").click()
    await expect(his.page).to_have_url(re.compile("/news$"))


async def test_the_first_chat_is_light(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at="about:blank")
    devtools = await his.context.new_cdp_session(his.page)
    await devtools.send("Network.enable")
    await devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    names: dict[str, str] = {}
    weights: dict[str, int] = {}

    def begun(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["request"]["url"]

    def ended(event: dict[str, Any]) -> None:
        weights[names[event["requestId"]]] = int(event["encodedDataLength"])

    devtools.on("Network.requestWillBeSent", begun)
    devtools.on("Network.loadingFinished", ended)
    await his.page.goto(juliet.path)
    await expect(his.composer).to_be_visible()
    # What scripts ask for once the page stands there does not count, nor does what is within it.
    early = await his.page.evaluate(
        """() => {
            const [page] = performance.getEntriesByType("navigation");
            const asked = performance.getEntriesByType("resource");
            const early = asked.filter((it) => it.startTime < page.loadEventStart);
            return [page, ...early].map((it) => it.name);
        }"""
    )
    weights = {name: weight for name, weight in weights.items() if name in early}
    said = "\n".join(f"{weight:6} {name}" for name, weight in weights.items())
    assert sum(weights.values()) <= 60 * 1024, said
    assert len(weights) <= 8, said
    assert len([name for name in weights if "/static/" in name and "/js/" in name]) <= 3, said
