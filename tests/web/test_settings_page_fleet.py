"""The settings of all packs on the page: what differs, made alike, profiles, and the log of changes."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

import jkbus.web
from browsing import SIZES, Visit, visiting
from jkbus.control.actions import ACTIONS
from staging import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = Path(jkbus.web.__file__).parent / "static" / "js" / "settings" / "words.js"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Four packs that may be written to; the second one has another limit."""
    found = Stage(tmp_path_factory.mktemp("fleet"), 4, master=False, writes=True)
    found.pack(2).settings.charge_current_limit = 80.0
    found.start()
    yield found
    found.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, running: Stage) -> AsyncIterator[Visit]:
    """A window of an ordinary size; that a plan is refused is no fault of the page."""
    async with visiting(browser, running.url, viewport={"width": 1280, "height": 900}) as found:
        found.forgiven = ["400 (Bad Request)", "409 (Conflict)"]
        yield found
        assert [*found.faults, *await found.violations()] == []


async def opened(visit: Visit, tab: str = "") -> None:
    await visit.go(f"#/settings{tab}")
    await visit.settled("Settings")


def limits(running: Stage) -> list[float]:
    return running.call(lambda: [pack.settings.charge_current_limit for pack in running.line.packs])


async def test_what_differs_is_marked_and_found(visit: Visit) -> None:
    await opened(visit)
    page = visit.page
    row = page.get_by_role("row").filter(has=page.get_by_text("Charge current limit", exact=True))
    await expect(row.locator(".differs")).to_have_text("≠80\u202fA")
    await page.get_by_role("button", name="Differences").click()
    await expect(row).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="Cell count")).to_have_count(0)
    await page.get_by_label("Search settings").fill("short circ")
    await expect(row).to_have_count(0)


async def test_a_setting_of_all_packs_is_made_alike(visit: Visit, running: Stage) -> None:
    await opened(visit)
    await visit.page.get_by_role("button", name="Charge current limit change", exact=True).click()
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="80\u202fA as rs485-bms2").click()
    assert await visit.everything() == []
    await dialog.get_by_role("button", name="Review").click()
    await expect(dialog).to_contain_text("As wished already: rs485-bms2")
    await dialog.get_by_role("button", name="Write").click()
    await expect(dialog).to_contain_text("3 of 3 writes are done")
    assert limits(running) == [80.0] * 4


async def test_packs_are_made_as_one_of_them_is(visit: Visit, running: Stage) -> None:
    await opened(visit)
    await visit.size("phone")
    await visit.page.get_by_role("button", name="Make all alike").click()
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_label("As this pack is set").select_option("rs485-bms2")
    await dialog.get_by_role("checkbox", name="rs485-bms4").uncheck()
    assert await visit.everything() == []
    await dialog.get_by_role("button", name="Review").click()
    await expect(dialog.get_by_role("button", name="Write")).to_be_visible()
    await expect(dialog).to_contain_text("rs485-bms3")
    await expect(dialog.locator(".plan-pack").filter(has_text="rs485-bms4")).to_have_count(0)
    assert await visit.everything() == []


async def test_a_profile_is_applied_as_a_plan(visit: Visit, running: Stage, tmp_path: Path) -> None:
    await opened(visit, "/profile")
    page = visit.page
    await page.get_by_label("Profile in YAML").fill("settings:\n  charge_curent_limit: 90 A\n")
    await page.get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("did you mean")
    await dialog.get_by_role("button", name="Close").last.click()
    file = tmp_path / "all.yaml"
    file.write_text("settings:\n  charge_current_limit: 90 A\n")
    await page.locator("input[type=file]").set_input_files(file)
    await page.get_by_role("button", name="Review").click()
    await dialog.get_by_role("button", name="Write").click()
    await expect(dialog).to_contain_text("4 of 4 writes are done")
    assert limits(running) == [90.0] * 4


async def test_a_profile_of_a_pack_leaves_as_a_file(visit: Visit, running: Stage, tmp_path: Path) -> None:
    await visit.go(f"#/pack/{running.key(1)}/settings")
    await visit.settled("rs485-bms1")
    async with visit.page.expect_download() as coming:
        await visit.page.get_by_role("button", name="Save as a file").click()
    await (await coming.value).save_as(tmp_path / "one.yaml")
    assert "charge_current_limit: " in (tmp_path / "one.yaml").read_text()


async def test_the_log_tells_every_change_and_takes_one_back(visit: Visit, running: Stage) -> None:
    await opened(visit, "/log")
    newest = visit.page.locator(".log-entry").first
    await expect(newest).to_contain_text("Charge current limit")
    await expect(newest).to_contain_text("80 A → 90 A")
    await expect(newest).to_contain_text("done")
    for size in SIZES:
        await visit.size(size)
        assert await visit.everything() == [], size
    await newest.get_by_role("button", name="Take it back").click()
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Write").click()
    await expect(dialog).to_contain_text("4 of 4 writes are done")
    assert limits(running) == [80.0] * 4


async def test_an_action_is_a_plan_too(visit: Visit) -> None:
    await opened(visit)
    await visit.page.get_by_role("button", name="Set clock").click()
    dialog = visit.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("the local time of the computer")
    await dialog.get_by_role("button", name="Set clock").click()
    await expect(dialog).to_contain_text("All done")
    await expect(dialog).to_contain_text("the pack has acknowledged it")


async def test_where_writes_are_off_it_says_what_to_change_and_offers_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    with stage(tmp_path, 2, master=False) as running:
        async with visiting(browser, running.url) as visit:
            for route, title in (
                (f"#/pack/{running.key(1)}/settings", "rs485-bms1"),
                ("#/settings", "Settings"),
            ):
                await visit.go(route)
                await visit.settled(title)
                await expect(visit.page.get_by_text("add writes: true to the bus bus1")).to_be_visible()
                changing = visit.page.locator("main input:not([type=search]), main [role=switch]")
                await expect(changing).to_have_count(0)
                assert await visit.everything() == []


async def test_the_page_knows_every_action_of_the_gateway() -> None:
    text = WORDS.read_text()
    for action in ACTIONS.values():
        name, title, told = map(json.dumps, (action.name, action.title, action.text))
        assert f"name: {name}, title: {title}, text: {told}" in text
    assert text.count("name: ") == len(ACTIONS)
