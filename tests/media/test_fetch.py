"""Fetching from servers of strangers (P03, P04, P05, P07, P08, P09, P15; U09)."""

import asyncio
import io
from collections.abc import Sequence

import pytest

from tests.egress.spellings import INNER, INNER_IPV6, INNER_NAMES, of_ipv4, of_ipv6
from tests.media.host import Host, Page
from webchat.egress import Guard
from webchat.media.fetch import Fetcher, FetchFailed


async def fails(fetcher: Fetcher, url: str, reason: str, **options: float) -> None:
    with pytest.raises(FetchFailed) as caught:
        await fetcher.get(url, most=1000, **options)  # type: ignore[arg-type]
    assert caught.value.reason == reason


async def test_p15_nothing_of_ours_goes_along(fetcher: Fetcher, host: Host) -> None:
    url = host.put("/a.txt", b"text", Content_Type="text/plain", Set_Cookie="a=b")
    for _ in range(2):
        found = await fetcher.get(url, most=1000)
        assert (found.data, found.media_type, found.url) == (b"text", "text/plain", url)
    for _, _, headers in host.asked:
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
        assert headers["User-Agent"] == "Webchat"
        assert headers["Accept-Encoding"] == "identity"


async def test_p03_inner_addresses_in_no_spelling() -> None:
    """Whatever is looked up at all leads inwards here, so a request that left would show."""
    spelled = [one for text in INNER for one in of_ipv4(text)]
    spelled += [one for text in INNER_IPV6 for one in of_ipv6(text)]
    looked_up: list[str] = []

    async def lookup(name: str) -> list[str]:
        looked_up.append(name)
        return ["127.0.0.1"]

    fetcher = Fetcher(Guard(), lookup)
    for one in [*spelled, *INNER_NAMES]:
        for scheme in ("http", "https"):
            await fails(fetcher, f"{scheme}://{one}/", "refused")
    assert not [name for name in looked_up if name in INNER]
    await fetcher.close()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://upload.example/a", "file:///etc/passwd", "gopher://upload.example/", "dict://upload.example:11211/",
        "javascript:alert(1)", "https:///a", "https://upload.example:22/", "https://upload.example:25/",
        "https://romeo@upload.example/", "https://romeo:secret@upload.example/", "https://upload.example\\@evil.test/",
        "https://upload.example/a b", "https://upload.example/\r\nHost: b", "https://upload.example/\x00",
        " https://upload.example/", "https://upload.example/" + "a" * 5000, "https://[::1/", "https://a.example:99999/",
        "http://127.0.0.1:8080/", "https://2130706433/", "https://0x7f.1/", "https://localhost/", "https://[fe80::1]/",
    ],
)  # fmt: skip
async def test_p09_one_parser_says_no(url: str) -> None:
    async def lookup(_: str) -> list[str]:
        raise AssertionError("a refused address must not even be looked up")

    fetcher = Fetcher(Guard(), lookup)
    await fails(fetcher, url, "refused")


@pytest.mark.parametrize(
    "answers", [["203.0.114.9", "127.0.0.1"], ["10.0.0.1"], ["::1"], ["64:ff9b::7f00:1"]]
)
async def test_p04_every_answer_must_pass(answers: Sequence[str]) -> None:
    async def lookup(_: str) -> list[str]:
        return list(answers)

    fetcher = Fetcher(Guard(), lookup)
    await fails(fetcher, "https://rebind.example/", "refused")
    await fetcher.close()


async def test_p05_three_redirects_and_no_more(fetcher: Fetcher, host: Host) -> None:
    host.put("/0", b"there")
    for step in range(1, 5):
        host.pages[f"/{step}"] = Page(status=302, headers={"Location": f"/{step - 1}"})
    assert (await fetcher.get(f"{host.url}/3", most=10)).data == b"there"
    await fails(fetcher, f"{host.url}/4", "strange")
    host.pages["/loop"] = Page(status=302, headers={"Location": "/loop"})
    await fails(fetcher, f"{host.url}/loop", "strange")


@pytest.mark.parametrize(
    "to",
    ["http://10.0.0.1/", "file:///etc/passwd", "gopher://a.example/", "http://[::1]/", "//localhost/", ""],
)
async def test_p05_redirects_are_judged(fetcher: Fetcher, host: Host, to: str) -> None:
    host.pages["/"] = Page(status=301, headers={"Location": to})
    await fails(fetcher, f"{host.url}/", "refused")


async def test_p07_slow_and_silent_servers(fetcher: Fetcher, host: Host) -> None:
    host.pages["/drip"] = Page(b"x" * 50, drip=0.1)
    begun = asyncio.get_running_loop().time()
    await fails(fetcher, f"{host.url}/drip", "too-slow", deadline=0.5)
    assert asyncio.get_running_loop().time() - begun < 4


async def test_p08_cut_at_the_cap(fetcher: Fetcher, host: Host) -> None:
    await fails(fetcher, host.put("/large", b"x" * 1001), "too-large")
    host.pages["/endless"] = Page(b"x" * 5000, drip=0.0001)
    await fails(fetcher, f"{host.url}/endless", "too-large")
    await fails(fetcher, host.put("/bomb", b"x", Content_Encoding="gzip"), "strange")


@pytest.mark.parametrize("status", [201, 204, 304, 401, 404, 418, 500])
async def test_only_an_answer_counts(fetcher: Fetcher, host: Host, status: int) -> None:
    host.pages["/a"] = Page(status=status)
    await fails(fetcher, f"{host.url}/a", "refused-by-server")


async def test_nobody_there(fetcher: Fetcher) -> None:
    await fails(fetcher, "http://127.0.0.1:1999/", "unreachable")
    await fails(fetcher, "https://unknown.example/", "unreachable")


async def test_u09_put_only_by_https_and_once(fetcher: Fetcher, host: Host) -> None:
    with pytest.raises(FetchFailed, match="refused"):
        await fetcher.put("http://upload.example/a", {}, io.BytesIO(b"x"), 1, "text/plain")
    await fetcher.put(f"{host.url}/a", {"Authorization": "Basic x"}, io.BytesIO(b"abc"), 3, "text/plain")
    assert host.pages["/a"].body == b"abc"
    host.put_status = 302
    with pytest.raises(FetchFailed, match="refused-by-server"):
        await fetcher.put(f"{host.url}/b", {}, io.BytesIO(b"x"), 1, "text/plain")
    host.put_status = 413
    with pytest.raises(FetchFailed, match="too-large"):
        await fetcher.put(f"{host.url}/b", {}, io.BytesIO(b"x"), 1, "text/plain")
