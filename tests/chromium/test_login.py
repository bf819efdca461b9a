"""This room logs in and out: what the page says, what it keeps, and how it tells errors apart."""

import re

import pytest
from playwright.async_api import expect

from tests.lab.browser import WIDTHS
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import PLAIN, Lab


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
async def test_68_the_address_is_trimmed_lowered_and_completed(
    prosody: Lab, person: OpenPerson, width: str, scripts: bool
) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, login=False, width=width, scripts=scripts)
    await his.page.goto("/")
    await expect(his.page).to_have_url(re.compile("/login"))
    await his.page.get_by_label("Address").fill(f"  {romeo.jid.partition('@')[0].upper()} ")
    await his.page.get_by_label("Password", exact=True).fill(romeo.password)
    await his.page.get_by_role("button", name="Log in").click()
    await expect(his.page.get_by_role("navigation", name="Main")).to_contain_text(romeo.jid.partition("@")[0])


async def test_68_a_password_manager_knows_the_fields(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, login=False)
    await his.page.goto("/login")
    password = his.page.get_by_label("Password", exact=True)
    await expect(his.page.get_by_label("Address")).to_have_attribute("autocomplete", "username")
    await expect(password).to_have_attribute("autocomplete", "current-password")
    await password.fill("visible")
    await his.page.get_by_role("button", name="Show password").click()
    await expect(password).to_have_attribute("type", "text")
    await his.page.get_by_role("button", name="Hide password").click()
    await expect(password).to_have_attribute("type", "password")


async def test_68_errors_are_told_apart_and_keep_the_address(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, login=False)
    told = []
    for jid in (romeo.jid, "romeo@nowhere.invalid", "@@"):
        await his.page.goto("/login")
        await his.page.get_by_label("Address").fill(jid)
        await his.page.get_by_label("Password", exact=True).fill("balcony")
        with his.refused():
            await his.page.get_by_role("button", name="Log in").click()
            alert = his.page.get_by_role("alert")
            await expect(alert).to_be_visible()
        await expect(his.page.get_by_label("Address")).to_have_value(jid)
        await expect(his.page.get_by_label("Password", exact=True)).to_have_value("")
        told.append(await alert.inner_text())
    assert len(set(told)) == 3
    assert "password" in told[0].lower()


async def test_a_server_that_wants_the_password_as_it_is(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo", domain=PLAIN)
    his = await person(romeo, login=False)
    await his.page.goto("/login")
    await his.page.get_by_label("Address").fill(romeo.jid)
    await his.page.get_by_label("Password", exact=True).fill(romeo.password)
    with his.refused():
        await his.page.get_by_role("button", name="Log in").click()
        await his.page.get_by_label("Send my password as it is").check()
    await his.page.get_by_label("Password", exact=True).fill(romeo.password)
    await his.page.get_by_role("button", name="Log in").click()
    await expect(his.page.get_by_role("navigation", name="Main")).to_be_visible()


# Whatever a script of somebody else could read on a page: names in the window, storage, cookies, workers.
WITHIN_REACH = """async () => {
    const bare = document.createElement("iframe");
    document.body.append(bare);
    const known = new Set(Object.getOwnPropertyNames(bare.contentWindow));
    bare.remove();
    const names = Object.getOwnPropertyNames(window);
    const ours = names.filter((name) => !known.has(name) && !/^\\d+$/.test(name));
    const kept = { ...localStorage, ...sessionStorage };
    const workers = await navigator.serviceWorker.getRegistrations();
    const found = { ours, kept: JSON.stringify(kept), cookie: document.cookie };
    return { ...found, workers: workers.length, caches: await caches.keys() };
}"""


async def test_70_w22_w23_logging_out_ends_every_tab_and_leaves_nothing(
    prosody: Lab, person: OpenPerson
) -> None:
    """Before it, no script could reach what opens the account; behind it, going back shows nobody's chats."""
    (romeo,) = prosody.add("romeo")
    his = await person(romeo)
    other = await his.tab()
    await other.page.goto("/chats")
    await his.page.goto("/chats")
    await his.page.evaluate("() => localStorage.setItem('recent', 'rose')")
    secrets = {str(cookie.get("value")) for cookie in await his.context.cookies() if cookie.get("httpOnly")}
    found = await his.page.evaluate(WITHIN_REACH)
    assert set(found["ours"]) <= {"htmx"}, found["ours"]
    assert (found["workers"], found["caches"]) == (0, [])
    assert secrets
    assert not [secret for secret in secrets if secret in found["kept"] + found["cookie"]]
    assert not [secret for secret in (*secrets, romeo.password) if secret in await his.page.content()]
    before = {cookie.get("name") for cookie in await his.context.cookies()}
    await his.page.locator("details.me summary").click()
    await his.page.get_by_role("button", name="Log out", exact=True).click()
    for tab in (his, other):
        await expect(tab.page.get_by_role("button", name="Log in")).to_be_visible()
    after = {cookie.get("name") for cookie in await his.context.cookies()}
    assert "s" in before
    assert "s" not in after
    await his.page.go_back()
    await expect(his.page.get_by_role("button", name="Log in")).to_be_visible()
    assert await his.page.evaluate("() => localStorage.length") == 0


async def test_70_log_out_everywhere(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    laptop, his = await person(romeo), await person(romeo, at="/configuration/account")
    await his.page.get_by_role("button", name="Log out everywhere").click()
    for one in (his, laptop):
        await expect(one.page.get_by_role("button", name="Log in")).to_be_visible()
