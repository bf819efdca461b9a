"""This room sets things in one tab and meets them in another; it tries microphone, camera and speaker."""

from playwright.async_api import Locator, Page, expect

from tests.chromium.test_access import findings
from tests.lab.fixtures import OpenPerson
from tests.lab.prosody import Lab

NOTE_DEVICES = """() => {
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    for (const track of stream.getTracks()) document.body.dataset[track.kind] = track.label;
    return stream;
  };
  const aim = AudioContext.prototype.setSinkId;
  AudioContext.prototype.setSinkId = async function (id) {
    const found = await mediaDevices.enumerateDevices();
    document.body.dataset.speaker = found.find((one) => one.deviceId === id).label;
    return aim.call(this, id);
  };
}"""
"""Which devices are really used, and where sound goes."""


async def choose_last(box: Locator) -> str:
    """Another device than the browser's own choice; its name."""
    await expect(box.locator("option:nth-child(2)")).to_be_attached()
    name = await box.locator("option").last.text_content()
    assert name
    await box.select_option(label=name)
    return name


async def tried(page: Page, kind: str, button: str, moves: str) -> None:
    """The test of a device shows what it hears or sees, then ends."""
    part = page.locator(f"[data-kind={kind}]")
    await part.get_by_role("button", name=button).click()
    shown = part.locator("meter, video")
    await expect(shown).to_be_visible()
    await expect(shown).not_to_have_js_property(moves, 0)
    await part.get_by_role("button", name="Stop").click()
    await expect(shown).to_be_hidden()


async def test_devices_are_tried_kept_and_used(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at="/configuration/media")
    page = his.page
    await tried(page, "audioinput", "Try the microphone", "value")
    await tried(page, "videoinput", "Try the camera", "videoWidth")
    assert await findings(his) == []
    microphone = await choose_last(page.get_by_label("For voice messages"))
    camera = await choose_last(page.get_by_label("For pictures"))
    speaker = await choose_last(page.get_by_label("For recordings, films and the sound of notices"))
    await page.reload()
    for label, chosen in (("For voice messages", microphone), ("For pictures", camera)):
        await expect(page.get_by_label(label).locator("option:checked")).to_have_text(chosen)
    await page.goto("/configuration/notifications")
    await page.evaluate(NOTE_DEVICES)
    await page.get_by_role("button", name="Play it").click()
    await expect(page.locator("body")).to_have_attribute("data-speaker", speaker)
    await page.goto(juliet.path)
    await page.evaluate(NOTE_DEVICES)
    await page.get_by_role("button", name="Voice message").click()
    await expect(page.locator("body")).to_have_attribute("data-audio", microphone)
    await page.locator(".recorder").get_by_role("button", name="Cancel").click()
    await page.locator("[data-attach]").click()
    await page.get_by_role("menuitem", name="Take a picture").click()
    await expect(page.locator("body")).to_have_attribute("data-video", camera)


async def test_tabs_are_equal_and_a_choice_outlives_the_login(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at="/configuration/preferences")
    same, other = await his.tab(), await his.tab()
    await same.page.goto("/configuration/preferences")
    await other.page.goto(juliet.path)
    for tab in (same, other):
        await tab.settled()
    # What was touched in the other tab and not saved there stays.
    await same.page.locator("#size-larger").check()
    await his.page.locator("#theme-dark").check()
    await his.page.locator("#enter-break").check()
    await his.page.get_by_role("button", name="Save").first.click()
    await expect(his.page.locator(".saved")).to_be_visible()
    for tab in (his, same, other):
        await expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
        await expect(tab.page.locator("body")).to_have_attribute("data-enter", "break")
    await expect(same.page.locator("#enter-break")).to_be_checked()
    await expect(same.page.locator("#size-larger")).to_be_checked()
    await other.page.get_by_label("Message", exact=True).fill("Soft!")
    await his.page.get_by_label("Language", exact=True).select_option("fr")
    await his.page.get_by_role("button", name="Save").first.click()
    await expect(his.page).to_have_title("Préférences – Webchat")
    # The page that holds words keeps them and its language; one that holds a choice does, too.
    await expect(other.page.get_by_label("Message", exact=True)).to_have_value("Soft!")
    await his.page.get_by_role("button", name="Annuler").click()
    await expect(his.page).to_have_title("Preferences – Webchat")
    await his.page.goto("/configuration/account")
    await his.page.get_by_role("button", name="Log out everywhere").click()
    await his.sign_in()
    await his.visit(juliet.path)
    await expect(his.page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(his.page.locator("body")).to_have_attribute("data-enter", "break")
