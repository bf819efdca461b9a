"""What the worker does with what a push service brings: shows it as text, leads to it, ends what is over."""

from typing import Any

from playwright.async_api import Browser

from tests.house.tree import ROOT

# A worker's surroundings: what it shows, opens and asks is written down.
AROUND = """() => {
  Object.assign(window, { log: [], pages: [], shown: new Map(), SITE: { sign: "/web/sign.png" } });
  const note = (...what) => { log.push(what); };
  window.registration = {
    scope: "https://chat.example/web/",
    showNotification: async (title, rest) => {
      note("show", title, rest.body, rest.tag, rest.silent);
      shown.set(rest.tag, { ...rest, close() { note("close", rest.tag); shown.delete(rest.tag); } });
    },
    getNotifications: async () => [...shown.values()],
    pushManager: { subscribe: async ({ applicationServerKey: key, userVisibleOnly }) => {
      note("subscribe", key, userVisibleOnly);
      return { toJSON: () => ({ endpoint: "https://push.example/2", keys: { p256dh: "P", auth: "A" } }) };
    } },
  };
  window.clients = { matchAll: async () => pages, openWindow: async (url) => note("open", url) };
  window.fetch = async (url, { body = "" }) => note("fetch", String(url), String(body));
  window.page = (url, focused, leads) => pages.push({
    url, focused, visibilityState: focused ? "visible" : "hidden",
    focus: async () => note("focus", url),
    navigate: async (to) => { if (!leads) throw new TypeError(); note("go", to); },
  });
  window.happen = async (type, fields) => {
    const event = Object.assign(new Event(type), fields);
    let work;
    event.waitUntil = (given) => { work = given; };
    dispatchEvent(event);
    await work;
    return log.splice(0);
  };
  window.pushed = (news) => happen("push", { data: { json: () => news } });
  window.clicked = (tag) => happen("notificationclick", { notification: shown.get(tag) });
}"""
SITE = "https://chat.example/web/"
SAID = {"tag": "chat:a", "title": "Juliet", "text": "<b>But, soft!</b>", "path": "/web/chats/a", "unread": 1}


async def test_44_what_is_pushed_is_shown_and_leads_to_its_conversation(browser: Browser) -> None:
    """Hands 44, H06: as plain text, never of what is in view, never off the site."""
    page = await browser.new_page()
    try:
        await page.evaluate(AROUND)
        await page.add_script_tag(content=(ROOT / "static/js/pushed.js").read_text(encoding="utf-8"))

        async def pushed(**values: Any) -> list[Any]:
            found: list[Any] = await page.evaluate("(news) => pushed(news)", {**SAID, **values})
            return found

        async def clicked(tag: str = "chat:a") -> list[Any]:
            found: list[Any] = await page.evaluate("(tag) => clicked(tag)", tag)
            return found

        there = f"{SITE}chats/a"
        assert await pushed() == [["show", "Juliet", "<b>But, soft!</b>", "chat:a", False]]
        assert await page.evaluate("shown.get('chat:a').icon") == "/web/sign.png"
        assert await clicked() == [["close", "chat:a"], ["open", there]]
        await pushed(tag="chat:b")
        told = await pushed(tag="asks", quiet=True, over=["chat:b"])
        assert told == [["close", "chat:b"], ["show", "Juliet", "<b>But, soft!</b>", "asks", True]]
        await pushed(path="https://evil.example/")
        assert (await clicked())[1] == ["open", SITE]
        await pushed(path="/elsewhere")
        assert (await clicked())[1] == ["open", SITE]
        woken = await pushed(tag="wake", wake=True, quiet=True, path="")
        assert woken[1] == ["fetch", f"{SITE}notices/waiting", ""]

        # Open pages: one that is from before the worker, one that shows it already.
        await page.evaluate("(url) => page(url, true, false)", f"{SITE}news")
        await pushed()
        assert (await clicked())[1:] == [["focus", f"{SITE}news"], ["open", there]]
        await page.evaluate("(url) => { pages.length = 0; page(url, true, true); }", f"{SITE}news")
        await pushed()
        assert (await clicked())[1:] == [["focus", f"{SITE}news"], ["go", there]]
        await page.evaluate("(url) => page(url, true, true)", there)
        assert await pushed() == []
        assert (await pushed(tag="test"))[0][0] == "show"
        assert (await clicked("test"))[1:] == [["focus", there]]

        old = {"oldSubscription": {"options": {"applicationServerKey": "K"}}}
        assert await page.evaluate("(old) => happen('pushsubscriptionchange', old)", old) == [
            ["subscribe", "K", True],
            ["fetch", f"{SITE}push", "endpoint=https%3A%2F%2Fpush.example%2F2&p256dh=P&auth=A&renewed=1"],
        ]
    finally:
        await page.close()
