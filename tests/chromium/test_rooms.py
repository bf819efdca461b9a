"""This room lets people meet in rooms: made, invited to, talked in, left and found again."""

import re
import secrets

from playwright.async_api import expect

from tests.chromium.test_access import findings
from tests.lab.browser import Person
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab
from tests.lab.visitor import eventually


async def creates(person: Person, kind: str, *, pin: bool = False) -> str:
    """Make a room with the form of the guide; its name."""
    name = f"Orchard {secrets.token_hex(3)}"
    page = person.page
    await page.goto("/chats")
    await page.get_by_title("New chat or room").click()
    await page.get_by_role("link", name="Join a room").click()
    await page.get_by_role("link", name="Create a room", exact=True).click()
    await page.get_by_role("radio", name=kind).check()
    await page.get_by_role("textbox", name="Name", exact=True).fill(name)
    await page.get_by_role("textbox", name="Nickname").fill(person.account.name)
    await page.get_by_label("Notifications").last.select_option("always")
    await expect(page.get_by_role("checkbox", name="Join automatically")).to_be_checked()
    if pin:
        await page.get_by_role("checkbox", name="Pin").check()
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    await expect(person.composer).to_have_attribute("placeholder", f"Write to {name}")
    return name


async def opens_details(person: Person) -> None:
    """Press the room's name."""
    await person.page.locator("#conversation-title a").click()
    await expect(person.page.get_by_role("complementary", name="About this room")).to_be_visible()


async def test_a_private_group_from_the_form_to_the_last_word(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his, hers = await person(romeo), await person(juliet)
    name = await creates(his, "Private group", pin=True)
    await expect(his.page.locator("li.conversation.room").first).to_contain_text("Pinned")
    await opens_details(his)
    await his.page.locator(".details").get_by_role("link", name="Invite people").click()
    await his.page.get_by_role("textbox", name="Addresses").fill(juliet.jid)
    await his.page.get_by_role("button", name="Invite").click()
    await expect(his.page.get_by_role("status").filter(has_text="1 invitation sent")).to_be_visible()
    await his.page.get_by_role("link", name=re.compile("^Back to [^t]")).click()
    # Juliet is told while she looks at something else, and decides herself.
    await hers.page.get_by_role("link", name="Invitations to rooms").click()
    await expect(hers.page.get_by_role("list", name="Invitations to rooms")).to_contain_text(romeo.jid)
    await hers.page.get_by_role("link", name=re.compile("^Look at it")).click()
    await expect(hers.page.get_by_text("Only members may come in.")).to_be_visible()
    await hers.page.get_by_role("textbox", name="Nickname").fill("Juliet")
    await hers.page.get_by_role("button", name="Join").click()
    await expect(hers.composer).to_be_visible()
    await expect(his.page.locator("#room-head .meta")).to_contain_text("2 people")
    await his.say("With love's light wings did I o'erperch these walls")
    await hers.sees("With love's light wings did I o'erperch these walls")
    await hers.say("If they do see thee, they will murder thee")
    await his.sees("If they do see thee, they will murder thee")
    await his.say("Alack, there lies more peril in thine eye")
    await hers.sees("Alack, there lies more peril in thine eye")

    async def equal() -> bool:
        return await his.texts() == await hers.texts()

    await eventually(equal)
    # The subject reaches her head.
    await opens_details(his)
    await his.page.get_by_text("Change the subject").click()
    await his.page.get_by_role("textbox", name="Subject").fill("Walls and wings")
    await his.page.get_by_role("button", name="Save").first.click()
    await expect(hers.page.locator("#room-head")).to_contain_text("Walls and wings")
    await expect(his.page).to_have_url(re.compile("/about$"))
    # Put out, with a reason, and back in by one button.
    await his.page.locator(".people").get_by_role("link", name="Juliet").click()
    await his.page.get_by_role("radio", name="Put out of the room").check()
    await his.page.get_by_label("Reason").fill("It is not night")
    await his.page.get_by_role("button", name="Do it").click()
    door = hers.page.locator(".door")
    await expect(door).to_contain_text("You were put out of this room.")
    await expect(door).to_contain_text("It is not night")
    await expect(hers.composer).to_be_hidden()
    await hers.page.get_by_role("button", name="Join").click()
    await expect(hers.composer).to_be_visible()
    # Out by the three dots: said in words, and in the list too.
    await hers.page.locator("#room-head").get_by_text("More").click()
    await hers.page.get_by_role("button", name="Disconnect").click()
    await expect(hers.page.locator("#room-head")).to_contain_text("Not joined")
    await expect(hers.page.locator("li.conversation.room")).to_contain_text("Not joined")
    await hers.page.get_by_role("button", name="Join").click()
    await expect(hers.composer).to_be_visible()
    await expect(hers.page.get_by_role("heading", level=1)).to_have_text(name)


async def test_58_59_axe_finds_nothing_in_rooms(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo)
    found: list[str] = []
    for path in ("/rooms/join", "/rooms/join?find=1", "/rooms/create"):
        await his.page.goto(path)
        await expect(his.page.get_by_role("heading", level=1)).to_have_count(1)
        found += await findings(his)
    await creates(his, "Public channel")
    await his.say("Alone")
    await his.sees("Alone")
    found += await findings(his)
    await opens_details(his)
    found += await findings(his)
    for way in ("Configure the room", "Members and bans", "Invite people", "Close the room for good"):
        await his.page.get_by_role("link", name=way).click()
        await expect(his.page.get_by_role("heading", level=1, name=way)).to_be_visible()
        found += await findings(his)
        await his.page.go_back()
        await expect(his.page.locator("#conversation-title")).to_be_visible()
        if not await his.page.get_by_role("complementary", name="About this room").count():
            await opens_details(his)
    assert not found, "\n".join(found)


async def test_36_a_room_on_a_phone(prosody: Lab, person: OpenPerson) -> None:
    (romeo,) = prosody.add("romeo")
    his = await person(romeo, width="phone")
    await creates(his, "Public channel")
    await his.say("Small talk")
    await his.sees("Small talk")
    await opens_details(his)
    panel = await his.page.locator("#details").bounding_box()
    assert panel is not None
    assert (panel["x"], panel["width"]) == (0, 390)
    await his.page.get_by_role("link", name="Close", exact=True).click()
    await expect(his.page.locator("#details")).to_be_hidden()
    # What the way back of a telephone does, Escape does at a desk: the page stays.
    await opens_details(his)
    await his.page.keyboard.press("Escape")
    await expect(his.page.locator("#details")).to_be_hidden()
    await expect(his.composer).to_be_visible()
    await his.page.goto("/rooms/create")
    await his.page.goto("/rooms/join")
    assert await his.page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_a_room_without_scripts(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his, hers = await person(romeo, scripts=False), await person(juliet, scripts=False)
    name = await creates(his, "Public channel")
    await his.say("Plain speech")
    await hers.page.goto("/rooms/join?find=1")
    await hers.page.get_by_role("link", name=name).click()
    await expect(hers.page.get_by_text("Everybody may come in.")).to_be_visible()
    await hers.page.get_by_role("button", name="Join").click()
    await hers.reloads_until(hers.message("Plain speech"))
    await hers.say("Plainer still")
    await his.reloads_until(his.message("Plainer still"))
    await opens_details(his)
    await his.page.locator(".people").get_by_role("link", name=re.compile("juliet", re.IGNORECASE)).click()
    await his.page.get_by_role("link", name="Write privately, in this room").click()
    await expect(his.page.get_by_text(re.compile("Private, in the room"))).not_to_have_count(0)
    await his.say("For your ear only")
    await hers.page.goto("/chats")
    await hers.reloads_until(hers.page.locator("li.conversation.whisper"))


async def test_10_a_room_is_looked_after_by_commands_and_by_dialogs(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his, hers = await person(romeo), await person(juliet)
    name = await creates(his, "Public channel")
    path = his.page.url.partition("?")[0]
    await hers.page.goto(path)
    await hers.page.get_by_role("textbox", name="Nickname").fill("Juliet")
    await hers.page.get_by_role("button", name="Join").click()
    await expect(hers.composer).to_be_visible()
    # Who came stands under the talk until something is said.
    await expect(his.page.locator(".comings:not(.waiting)")).to_have_text("Juliet came")
    await hers.say("What's in a name?")
    row = await his.sees("What's in a name?")
    await expect(his.page.locator(".comings:not(.waiting)")).to_be_empty()
    await his.say("/topic Roses")
    await expect(hers.page.locator("#room-head")).to_contain_text("Roses")
    await his.say("/nick Montague")
    await his.say("By any other name")
    await expect((await hers.sees("By any other name")).locator(".by")).to_contain_text("Montague")
    # A dialog removes what she said, for everybody and with the reason.
    message = await row.get_attribute("data-id")
    await his.page.goto(f"/messages/{message}#forward")
    await his.page.locator("#forward").get_by_role("checkbox", name=name).check()
    await his.page.locator("#forward").get_by_role("button", name="Forward").click()
    await expect(hers.page.locator(".body", has_text="What's in a name?")).to_have_count(2)
    await his.page.goto(f"/messages/{message}#moderate")
    await his.page.get_by_role("textbox", name="Remove for everybody in the room").fill("Too many words")
    await his.page.locator("#moderate").get_by_role("button", name="Remove").click()
    await expect(hers.page.locator("article.retracted")).to_contain_text("Too many words")
    # The menu mutes the room, and the list says so.
    await his.page.goto(path)
    head = his.page.locator("#room-head")
    await head.locator("details.more > summary").click()
    await head.get_by_text("Notifications").click()
    await head.get_by_role("button", name="Mute for 1 hour").click()
    await expect(his.page.locator("li.conversation.room")).to_contain_text("Muted")
    await his.page.goto(path)
    await his.say("/kick Juliet It is late")
    door = hers.page.locator(".door")
    await expect(door).to_contain_text("It is late")
    # From now on the room asks for a password, and says so at the door.
    await his.page.goto(f"{path}/configuration")
    await his.page.locator("[name='field.muc#roomconfig_roomsecret']").fill("rosemary")
    await his.page.get_by_role("button", name="Save").click()
    await expect(his.page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    await hers.page.get_by_role("button", name="Join").click()
    await expect(door).to_contain_text("password")
    await hers.page.get_by_label("Password of the room").fill("rosemary")
    await hers.page.get_by_role("button", name="Join").click()
    await expect(hers.composer).to_be_visible()
    await his.page.goto(path)
    await his.say("/ban Juliet Parting")
    await expect(door).to_contain_text("You were banned from this room.")
    await expect(door).to_contain_text("Parting")
    await his.say(f"/invite {juliet.jid} Such sweet sorrow")
    await hers.page.get_by_role("link", name="Invitations to rooms").click()
    await expect(hers.page.get_by_role("list", name="Invitations to rooms")).to_contain_text("Such sweet")
    await his.say("/leave")
    await expect(his.page).to_have_url(re.compile("/chats$"))
    await expect(his.page.locator("li.conversation.room")).to_contain_text("Not joined")
