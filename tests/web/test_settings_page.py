"""Settings on the page: changed, refused, cut short and taken back, as safely as on the command line."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from browsing import Visit, visiting
from staging import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

START, OFF, SLEEP = "Balancing start cell voltage", "Power off cell voltage", "Smart sleep cell voltage"

SOMEBODY_ELSE = """async (key) => {
  const headers = { "Content-Type": "application/json" };
  const post = (path, body) => fetch(`api/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const wishes = { gps_heartbeat_enabled: true };
  const { plans } = await (await post("plan", { packs: [key], wishes })).json();
  await (await post("apply", { plans })).text();
}"""  # changes a switch that shares its register with others


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Four packs that may be written to."""
    with stage(tmp_path_factory.mktemp("settings"), 4, master=False, writes=True) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, running: Stage) -> AsyncIterator[Visit]:
    """A window of an ordinary size; that a plan is refused is no fault of the page."""
    async with visiting(browser, running.url, viewport={"width": 1280, "height": 900}) as found:
        found.forgiven = ["400 (Bad Request)", "409 (Conflict)"]
        yield found
        assert [*found.faults, *await found.violations()] == []


async def settings(visit: Visit, running: Stage, address: int) -> None:
    await visit.go(f"#/pack/{running.key(address)}/settings")
    await visit.settled(f"rs485-bms{address}")
    await expect(visit.page.get_by_label(START)).to_be_visible()


async def review(visit: Visit) -> Locator:
    """The dialog with the plan."""
    await visit.page.get_by_role("button", name="Review").click()
    dialog = visit.page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Write")).to_be_visible()
    return dialog


async def test_a_change_is_made_from_start_to_end_with_the_keyboard(visit: Visit, running: Stage) -> None:
    await settings(visit, running, 1)
    page = visit.page
    await page.get_by_label(START).focus()
    await page.keyboard.type("3,37")
    await expect(page.get_by_text("1 change")).to_be_visible()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    write = dialog.get_by_role("button", name="Write")
    await expect(write).to_be_visible()
    for _ in range(5):
        if await write.evaluate("el => el === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("read back as 3.370 V")
    await expect(dialog.get_by_role("button", name="Close").last).to_be_focused()
    assert running.call(lambda: running.pack(1).settings.balancing_start_cell_voltage) == 3.37
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_text("nothing is written yet")).to_have_count(0)


async def test_what_is_out_of_range_is_said_beside_the_field_and_refused_by_the_gateway(
    visit: Visit, running: Stage
) -> None:
    await settings(visit, running, 1)
    page = visit.page
    await page.get_by_label("Charge current limit", exact=True).fill("700")
    await expect(page.get_by_text("Allowed: 1 to 600\u202fA")).to_be_visible()
    await page.get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Nothing was written")
    await expect(dialog).to_contain_text("“Charge current limit”: 700 A is not within 1 A to 600 A")
    await expect(dialog.get_by_role("button", name="Write")).to_have_count(0)
    await dialog.get_by_role("button", name="Close").last.click()
    await page.get_by_role("button", name="Discard").click()
    await expect(page.get_by_label("Charge current limit", exact=True)).not_to_have_value("700")


async def test_what_cuts_power_needs_its_word_and_can_be_taken_back(visit: Visit, running: Stage) -> None:
    await settings(visit, running, 2)
    await visit.page.get_by_role("switch", name="Discharge enabled").click()
    dialog = await review(visit)
    await expect(dialog).to_contain_text("everything that lives on this pack goes dark at once")
    write = dialog.get_by_role("button", name="Write")
    await expect(write).to_be_disabled()
    await dialog.get_by_label("Type off to confirm").fill("of")
    await visit.page.keyboard.press("Enter")
    await expect(write).to_be_disabled()
    await dialog.get_by_label("Type off to confirm").fill("off")
    assert await visit.everything() == []
    await write.click()
    await expect(dialog).to_contain_text("All done")
    assert running.call(lambda: running.pack(2).settings.discharge_enabled) == 0
    await dialog.get_by_role("button", name="Take it back").click()
    await write.click()
    await expect(dialog).to_contain_text("read back as on")
    assert running.call(lambda: running.pack(2).settings.discharge_enabled) == 1


async def test_a_change_that_is_cut_short_says_what_was_done_and_what_is_not_known(
    visit: Visit, running: Stage
) -> None:
    await settings(visit, running, 3)
    for name, value in ((OFF, "2.58"), (SLEEP, "3.1"), (START, "3.41")):
        await visit.page.get_by_label(name).fill(value)
    dialog = await review(visit)
    listeners = running.gateway.desk.listeners
    listeners.append(lambda result, who: setattr(running.pack(3), "silent", True))
    try:
        await dialog.get_by_role("button", name="Write").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("not known what was done")
        await expect(dialog.get_by_role("alert")).to_contain_text("jkbus settings undo")
        steps = dialog.locator(".plan-step")
        for step, fate in zip(await steps.all(), ("read back as", "nobody knows", "not begun"), strict=True):
            await expect(step).to_contain_text(fate)
        await expect(dialog).not_to_contain_text("All done")
        await visit.size("phone")
        assert await visit.everything() == []
    finally:
        listeners.clear()
        running.silence(3, False)


async def test_a_plan_that_is_not_true_any_more_is_not_carried_out(visit: Visit, running: Stage) -> None:
    await settings(visit, running, 4)
    await visit.page.get_by_role("switch", name="Display always on").click()
    dialog = await review(visit)
    await visit.page.evaluate(SOMEBODY_ELSE, running.key(4))
    await dialog.get_by_role("button", name="Write").click()
    await expect(dialog).to_contain_text("its settings have changed since the plan was shown")
    await expect(dialog).to_contain_text("Nothing was changed")
    await dialog.get_by_role("button", name="Make a new plan").click()
    await dialog.get_by_role("button", name="Write").click()
    await expect(dialog).to_contain_text("All done")
    assert running.call(lambda: running.pack(4).settings.gps_heartbeat_enabled) == 1
