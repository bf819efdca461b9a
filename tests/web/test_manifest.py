"""The site as an app: what a browser needs to install it (hands 45)."""

from tests.web.site import Site


async def test_45_the_site_can_be_installed(site: Site) -> None:
    browser, _ = await site.signed_in()
    async with browser:
        answer = await browser.get("/manifest.webmanifest")
        assert answer.headers["content-type"].startswith("application/manifest+json")
        manifest = answer.json()
        assert (manifest["name"], manifest["display"]) == ("Webchat", "standalone")
        assert {sign["purpose"] for sign in manifest["icons"]} == {"any", "maskable"}
        assert (await browser.get(manifest["icons"][0]["src"])).status_code == 200
        assert manifest["protocol_handlers"] == [{"protocol": "xmpp", "url": "/open?uri=%s"}]
        target = manifest["share_target"]
        assert (target["action"], target["method"]) == ("/share/files", "POST")
        assert target["enctype"] == "multipart/form-data"
        assert target["params"]["files"][0]["name"] == "file"
        browser.cookies.clear()
        assert 'href="/manifest.webmanifest"' in (await browser.get("/login")).text
