"""This room draws static/icons/app-*.png out of app.svg, for what takes no SVG: python -m tests.lab.icons."""

import asyncio

from playwright.async_api import async_playwright

from tests.lab.browser import LAUNCH
from webchat.config import root

ICONS = root() / "static" / "icons"
SIDES = (180, 192, 512)


async def main() -> None:
    """Draw them in each size."""
    drawing = (ICONS / "app.svg").read_text()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**LAUNCH)
        for side in SIDES:
            page = await browser.new_page(viewport={"width": side, "height": side})
            await page.set_content(f"<style>body{{margin:0}} svg{{display:block}}</style>{drawing}")
            await page.screenshot(path=ICONS / f"app-{side}.png")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
