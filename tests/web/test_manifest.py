"""The site as an app: what a browser needs to install it (hands 45)."""

from io import BytesIO

from PIL import Image

from tests.web.site import Site


async def test_45_the_site_can_be_installed(site: Site) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        answer = await browser.get("/manifest.webmanifest")
        assert answer.headers["content-type"].startswith("application/manifest+json")
        manifest = answer.json()
        assert (manifest["name"], manifest["display"]) == ("Webchat", "standalone")
        assert {sign["purpose"] for sign in manifest["icons"]} == {"any", "maskable"}
        for sign in manifest["icons"]:
            drawn = await browser.get(sign["src"])
            assert drawn.headers["content-type"].partition(";")[0] == sign["type"]
            if sign["type"] == "image/png":
                picture = Image.open(BytesIO(drawn.content)).convert("RGB")
                width, height = picture.size
                assert sign["sizes"] == f"{width}x{height}"
                # Nothing but its ground where a mask may cut.
                edge = {picture.getpixel((x, y)) for x in (0, width - 1) for y in range(height)}
                assert edge == {(0x06, 0x6A, 0x5B)}
        assert manifest["protocol_handlers"] == [{"protocol": "xmpp", "url": "/open?uri=%s"}]
        target = manifest["share_target"]
        assert (target["action"], target["method"]) == ("/share/files", "POST")
        assert target["enctype"] == "multipart/form-data"
        assert target["params"]["files"][0]["name"] == "file"
        browser.cookies.clear()
        assert 'href="/manifest.webmanifest"' in (await browser.get("/login")).text
