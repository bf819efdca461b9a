"""This room proves that nothing of other sites is loaded before a click, and then of one site alone."""

import re

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, Person
from tests.posts.service import item
from webchat.posts import show
from webchat.posts.show.players import NOCOOKIE, player_of
from webchat.web.headers import PUBLIC
from webchat.xmpp.entries import MICROBLOG, EntryLink, PostReceived, Ref

PATH = show.path_of(Ref(JULIET, MICROBLOG, "rose"))
FILM = "9db9f3f1-9b54-44ed-9e91-461d262d2205"
TUBE = f"https://tube.example/videos/watch/{FILM}"
NOCOOKIE_FILM = f"https://{NOCOOKIE}/embed/dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("address", "src"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=x%22onload=", NOCOOKIE_FILM),
        ("https://m.youtube.com/watch?list=x&v=dQw4w9WgXcQ", NOCOOKIE_FILM),
        ("http://youtu.be/dQw4w9WgXcQ?t=4", NOCOOKIE_FILM),
        (TUBE, f"https://tube.example/videos/embed/{FILM}"),
        (
            "https://www.tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv",
            "https://www.tube.example/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv",
        ),
        ("https://vimeo.com/76979871", ""),
        (f"https://tube.example:8443/videos/watch/{FILM}", ""),
        (f"https://localhost/videos/watch/{FILM}", ""),
        (f"https://127.0.0.1/videos/watch/{FILM}", ""),
        (f"https://[::1]/videos/watch/{FILM}", ""),
        (f"https://tube.example;script-src/videos/watch/{FILM}", ""),
        (f"https://tube_x.example/videos/watch/{FILM}", ""),
        (f"https://a:b@{'x' * 300}.example/videos/watch/{FILM}", ""),
        (f"javascript://tube.example/videos/watch/{FILM}", ""),
        ("https://youtube.com/watch?v=аbcdefgh", ""),
        ("https://tube.example:99999/w/kkGMgK9ZtnKfYAgnEtQxbv", ""),
    ],
)
def test_m98_frames_are_made_from_ids_alone(address: str, src: str) -> None:
    """Whatever else stands in an address, and whoever it names."""
    player = player_of(address)
    assert (player.src if player else "") == src


async def test_m98_a_player_comes_after_a_click(romeo: Person, tab: Browser) -> None:
    """The page of the post holds words and a link; the player is alone on its own, which lets in one site."""
    links = (
        EntryLink("related", TUBE, "text/html", "A film"),
        EntryLink("related", "https://a.example/b.ogg"),
    )
    body = '<p><a href="https://youtu.be/dQw4w9WgXcQ">See</a> <a href="https://a.example/c.mp4">c</a></p>'
    await romeo.hears(
        PostReceived(JULIET, MICROBLOG, item("rose", "A rose", publisher=JULIET, links=links, html=body))
    )
    page = await tab.get(PATH)
    assert not page.cssselect("iframe")
    first, second = page.cssselect(".play a")
    assert "tube.example then learns" in page.cssselect(".play")[0].text_content()
    assert (first.get("hx-ignore"), second.get("hx-ignore")) == ("", "")
    assert page.cssselect("audio")[0].get("preload") == "none"
    assert all(each.get("src", "").startswith("/media/") for each in page.cssselect("audio, video"))
    assert len(page.cssselect("audio, video")) == 2
    answer = await tab.client.get(first.get("href", ""))
    assert answer.headers["content-security-policy"] == f"{PUBLIC}; frame-src https://tube.example"
    assert answer.headers["referrer-policy"] == "no-referrer"
    frame = re.findall(r"<iframe [^>]*>", answer.text)
    assert len(frame) == 1
    assert f'src="https://tube.example/videos/embed/{FILM}"' in frame[0]
    assert 'sandbox="allow-scripts allow-same-origin allow-presentation"' in frame[0]
    assert 'referrerpolicy="no-referrer"' in frame[0]
    assert "tube.example, which sees your network address" in answer.text
    assert "<script" not in answer.text
    assert "hx-" not in answer.text
    assert NOCOOKIE in (await tab.client.get(second.get("href", ""))).text
    await tab.get(f"{PATH}/players/0123456789abcdef", 404)
    assert "frame-src" not in (await tab.client.get(PATH)).headers["content-security-policy"]
