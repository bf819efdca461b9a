"""This room is what people do together at browsers: write, read, like, speak, share, found a community."""

import re
import secrets

from playwright.async_api import Locator, Page, expect

from tests.lab.browser import Person

BLOG = "urn:xmpp:microblog:0"


async def publishes(person: Person, title: str, *, at: str = "/publish") -> str:
    """Write something for everybody, or on the sheet that is open already; the address of its page."""
    page = person.page
    if at:
        await page.goto(at)
        await page.get_by_role("radio", name="Visible to everyone").check()
    await page.get_by_role("textbox", name="Title", exact=True).fill(title)
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page).to_have_url(re.compile("/posts/"))
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


async def follows(person: Person, service: str, node: str) -> None:
    """Follow it in the dialog that asks whether others may know."""
    page = person.page
    await page.goto(f"/nodes/{service}/{node}/subscription")
    await page.get_by_role("main").get_by_role("button", name="Follow", exact=True).click()
    await expect(page).not_to_have_url(re.compile("/subscription$"))


def titled(page: Page, title: str) -> Locator:
    """The way to a post with this title; what others of the site wrote stands beside."""
    return page.get_by_role("link", name=title, exact=True).and_(page.locator("a:not(.reading-aside a)"))


async def read_and_answer(writer: Person, *readers: Person) -> None:
    """A post reaches its readers while they look, is liked, spoken about, answered, edited and taken back."""
    first = await publishes(writer, "What light through yonder window breaks?")
    for reader in readers:
        await follows(reader, writer.account.jid, BLOG)
        await reader.page.goto("/news")
        await reader.settled()
        await _finds(reader, first, "What light through yonder window breaks?")
    address = await publishes(writer, "Arise, fair sun")
    for reader in readers:
        await reader.page.get_by_role("link", name="1 new post").click()
        await _at(reader.page, address, "Arise, fair sun").click()
        await expect(reader.page.get_by_role("heading", level=1)).to_have_text("Arise, fair sun")
    await writer.settled()
    await _liked(writer, readers)
    # What the writer changes stands before the readers' eyes without their doing.
    await writer.page.locator("article.post .deed-menu > summary").click()
    await writer.page.get_by_role("link", name="Edit", exact=True).click()
    await publishes(writer, "Arise, fair sun, and kill the envious moon", at="")
    for reader in readers:
        heading = reader.page.get_by_role("heading", level=1)
        await expect(heading).to_have_text("Arise, fair sun, and kill the envious moon")
    await _answered(*readers)
    for reader in readers:
        await reader.page.goto("/news")
        await reader.settled()
        await expect(titled(reader.page, "Arise, fair sun, and kill the envious moon")).not_to_have_count(0)
    await writer.page.goto(address)
    await writer.page.locator("article.post .deed-menu > summary").click()
    await writer.page.locator("article.post").get_by_role("link", name="Delete").click()
    await writer.page.get_by_role("button", name="Delete", exact=True).click()
    for reader in readers:
        await expect(titled(reader.page, "Arise, fair sun, and kill the envious moon")).to_have_count(0)


def _at(page: Page, address: str, title: str) -> Locator:
    """The way to the post of this address: others may have answered an earlier one under the same title."""
    this = page.locator(f"[href*='{address.rsplit('/', 1)[-1]}']")
    return titled(page, title).and_(this).first


async def _finds(reader: Person, address: str, title: str) -> None:
    """What was there before one followed comes soon after that: maybe later than the page."""
    post, pill = _at(reader.page, address, title), reader.page.get_by_role("link", name="1 new post")
    await expect(post.or_(pill).first).to_be_visible()
    if not await post.count():
        await pill.click()
    await expect(post).to_be_visible()


async def _liked(writer: Person, readers: tuple[Person, ...]) -> None:
    for reader in readers:
        said = f"So {reader.account.name} says"
        await reader.page.get_by_role("button", name="Like").click()
        await expect(reader.page.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
        await reader.page.get_by_role("textbox", name="Comment").fill(said)
        await reader.page.get_by_role("button", name="Send comment").click()
        await expect(reader.page.locator(".comments")).to_contain_text(said)
        await expect(writer.page.locator(".comments")).to_contain_text(said)
    await expect(writer.page.locator(".post-talk .deed .count").first).to_have_text(str(len(readers)))


async def _answered(first: Person, second: Person) -> None:
    """The readers answer and share in their own blogs, with the original beside their words."""
    for one, words in ((first, "Arise, fair sun"), (second, "Hear, hear")):
        await one.page.locator(".post-talk").get_by_role("link", name="Share").click()
        await one.page.get_by_role("radio", name="Visible to everyone").check()
        await publishes(one, words, at="")
        original = one.page.locator("article.post").get_by_role("link", name=re.compile("Arise, fair sun"))
        await expect(original).to_be_visible()


async def found_a_community(owner: Person, *writers: Person, changes: bool = True) -> None:
    """Three write into a community that one of them opened; what does not belong there its owner removes.

    changes  its service lets the owner change what others wrote
    """
    address = await opens(owner)
    for writer in writers:
        service, node = address.rstrip("/").rsplit("/", 2)[-2:]
        await follows(writer, service, node)
        await writer.page.goto(address)
    for person in (owner, *writers):
        await person.page.locator(".community-head").get_by_role("link", name="Publish").click()
        await publishes(person, f"From {person.account.name}", at="")
        await person.page.goto(address)
        await expect(titled(person.page, f"From {person.account.name}")).to_be_visible()
        await person.settled()
    if changes:
        await _changed(owner, address, *writers)
    rude = f"From {writers[-1].account.name}"
    await owner.page.goto(address)
    await expect(owner.page.locator(".community-posts article h2")).to_have_count(1 + len(writers))
    await titled(owner.page, rude).click()
    await owner.page.locator("article.post .deed-menu > summary").click()
    await owner.page.locator("article.post").get_by_role("link", name="Delete").click()
    await owner.page.get_by_role("button", name="Delete", exact=True).click()
    await expect(owner.page.get_by_text("This post has been taken back.")).to_be_visible()
    await owner.page.get_by_role("link", name="Go on reading").click()
    await expect(owner.page).to_have_url(address)
    for person in (owner, *writers):
        await expect(titled(person.page, rude)).to_have_count(0)
        await expect(titled(person.page, f"From {owner.account.name}")).to_be_visible()


async def _changed(owner: Person, address: str, first: Person, *others: Person) -> None:
    """The owner changes what somebody wrote: they stay its author, and everybody reads who did it."""
    words = f"From {first.account.name}, in milder words"
    await owner.page.goto(address)
    await titled(owner.page, f"From {first.account.name}").click()
    await owner.page.locator("article.post .deed-menu > summary").click()
    await owner.page.locator("article.post").get_by_role("link", name="Edit", exact=True).click()
    await expect(owner.page.get_by_text(f"{first.account.jid} wrote this")).to_be_visible()
    await publishes(owner, words, at="")
    for reader in (first, *others):
        card = reader.page.locator("article.post-card").filter(has=titled(reader.page, words))
        # Whose server is not told who looks after the community only knows who published it.
        by, author = (re.escape(person.account.jid) for person in (owner, first))
        said = re.compile(f"changed by.*{by}|names as its author:.*{author}", re.DOTALL)
        await expect(card.locator("header")).to_have_text(said)


async def opens(person: Person) -> str:
    """Open a community with the form; the address of its page."""
    page, name = person.page, f"Roses {secrets.token_hex(3)}"
    await page.goto("/communities")
    await page.locator("#servers-home a").click()
    await page.get_by_text("New community").click()
    await page.get_by_role("textbox", name="Name").fill(name)
    await page.get_by_role("textbox", name="What it is about").fill("What's in a name?")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    await expect(page.locator(".ways-to-follow").get_by_text("Following", exact=True)).to_be_visible()
    return page.url
