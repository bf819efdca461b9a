"""This room sends files by hand: chosen, pasted, dropped, recorded, without scripts (hands 5-7, 15, 27)."""

from pathlib import Path

from playwright.async_api import FilePayload, Locator, expect

from tests.lab.browser import Person
from tests.lab.fixtures import OpenPeer, OpenPerson
from tests.lab.prosody import Lab
from tests.media import samples

PNG = FilePayload(name="wall.png", mimeType="image/png", buffer=samples.picture(size=(640, 480)))


def tray(his: Person) -> Locator:
    """What waits to be sent."""
    return his.page.locator(".tray")


async def choose(his: Person, file: FilePayload | Path) -> None:
    """Press the button, take the first entry, choose."""
    await his.page.locator("[data-attach]").click()
    async with his.page.expect_file_chooser() as chooser:
        await his.page.get_by_role("menuitem", name="Choose files").click()
    await (await chooser.value).set_files(file)


PASTE = """([bytes, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  if (text) data.setData("text/plain", text);
  const box = document.querySelector("[data-composer] textarea");
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  return box.dispatchEvent(paste);
}"""
DROP = """(type) => {
  const data = new DataTransfer();
  data.items.add(new File(["a rose"], "rose.txt", { type: "text/plain" }));
  document.querySelector("[data-timeline]").dispatchEvent(
    new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


async def test_5_a_picture_with_caption_and_description(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his, hers = await person(romeo, at=juliet), await person(juliet, at=romeo, width="phone")
    await choose(his, PNG)
    await tray(his).get_by_label("Caption").fill("What light?")
    await tray(his).get_by_label("Description").fill("A red wall")
    await tray(his).get_by_role("button", name="Send files").click()
    await expect(tray(his)).to_have_count(0)
    picture = hers.page.get_by_alt_text("A red wall")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("it => it.naturalWidth") == 640
    await hers.sees("What light?")
    await expect(his.page.get_by_alt_text("A red wall")).to_be_visible()
    # The lightbox opens, says what it shows, and gives the focus back.
    link = his.page.locator("a[data-lightbox]")
    await link.focus()
    await his.page.keyboard.press("Enter")
    box = his.page.locator("dialog.lightbox")
    await expect(box.get_by_role("img", name="A red wall")).to_be_visible()
    await his.page.keyboard.press("+")
    await expect(box).to_have_class("lightbox zoomed")
    await his.page.keyboard.press("Escape")
    await expect(box).to_be_hidden()
    await expect(link).to_be_focused()


async def test_5_6_pasted_and_dropped(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet)
    await his.page.wait_for_load_state("load")
    bytes_ = list(samples.picture())
    assert await his.page.evaluate(PASTE, [bytes_, "a\tb"])
    assert not await his.page.evaluate(PASTE, [bytes_, ""])
    await expect(tray(his).locator("img.preview")).to_have_count(1)
    await his.page.evaluate(DROP, "dragover")
    await expect(his.page.locator(".drop-target")).to_be_visible()
    await his.page.evaluate(DROP, "drop")
    await expect(his.page.locator(".drop-target")).to_have_count(0)
    rows = tray(his).locator("li")
    await expect(rows).to_have_count(2)
    await rows.first.get_by_role("button", name="Remove").click()
    await expect(rows).to_have_count(1)
    # One way to send for the words and for what lies above them.
    await his.composer.fill("By any other name")
    await his.page.locator("[data-composer]").get_by_role("button", name="Send", exact=True).click()
    await expect(his.composer).to_have_value("")
    heard = await hers.hears(lambda one: "rose.txt" in one.body)
    assert heard.body.startswith("http")
    await hers.hears(lambda one: one.body == "By any other name")
    await expect(his.page.get_by_role("link", name="Download")).to_be_visible()


async def test_7_too_large_is_said_and_what_was_typed_stays(
    prosody: Lab, person: OpenPerson, tmp_path: Path
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at=juliet)
    await his.composer.fill("Half a thought")
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    await choose(his, large)
    await expect(tray(his)).to_contain_text("This file is too large: at most 17 MB can be sent.")
    await expect(tray(his).get_by_role("button", name="Send files")).to_be_disabled()
    await tray(his).get_by_role("button", name="Remove").click()
    await expect(his.composer).to_have_value("Half a thought")


async def test_15_a_voice_message_is_recorded_heard_and_played(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his, hers = await person(romeo, at=juliet), await person(juliet, at=romeo)
    await his.page.get_by_role("button", name="Voice message").click()
    recorder = his.page.locator(".recorder")
    await expect(recorder).to_contain_text("0:01")
    await recorder.get_by_role("button", name="Pause").click()
    await expect(recorder.get_by_role("button", name="Go on recording")).to_be_visible()
    await recorder.get_by_role("button", name="Finish").click()
    await expect(tray(his).locator("audio")).to_be_visible()
    await tray(his).get_by_role("button", name="Send", exact=True).click()
    sound = hers.page.locator(".sound audio")
    await expect(sound).to_be_visible()
    await expect(hers.page.locator(".sound")).to_contain_text("Voice message")
    played = await sound.evaluate(
        """async (it) => {
          it.muted = true;
          await it.play();
          return [it.duration, await (await fetch(it.src)).text()];
        }"""
    )
    assert played[0] > 0.5
    assert played[1].startswith("OggS")


async def test_a_picture_of_the_camera_and_a_drawing(prosody: Lab, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    his = await person(romeo, at=juliet)
    await his.page.locator("[data-attach]").click()
    await his.page.get_by_role("menuitem", name="Take a picture").click()
    studio = his.page.locator("dialog.studio")
    film = studio.locator("video")
    await expect(film).to_have_js_property("readyState", 4)
    await studio.get_by_role("button", name="Take the picture").click()
    await studio.get_by_role("button", name="Use this").click()
    await expect(tray(his).locator("img.preview")).to_have_count(1)
    await his.page.locator("[data-attach]").click()
    await his.page.get_by_role("menuitem", name="Draw").click()
    place = await studio.locator("canvas").bounding_box()
    assert place is not None
    await his.page.mouse.move(place["x"] + 50, place["y"] + 50)
    await his.page.mouse.down()
    await his.page.mouse.move(place["x"] + 200, place["y"] + 150, steps=5)
    await his.page.mouse.up()
    await studio.get_by_role("button", name="Use this").click()
    await expect(tray(his).locator("img.preview")).to_have_count(2)
    await tray(his).get_by_role("button", name="Send files").click()
    await expect(his.page.locator(".files img")).to_have_count(2)


async def test_6_without_scripts(prosody: Lab, peer: OpenPeer, person: OpenPerson) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await person(romeo, at=juliet, scripts=False)
    await his.page.get_by_role("link", name="Attach").click()
    await his.page.get_by_label("Files", exact=True).set_input_files([PNG])
    await his.page.get_by_label("Description").fill("A red wall")
    await his.page.get_by_role("button", name="Send").click()
    await expect(his.page.get_by_alt_text("A red wall")).to_be_visible()
    await hers.hears(lambda one: "wall.png" in one.body)
