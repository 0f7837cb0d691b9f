"""What happens while somebody looks: an alarm comes, a pack falls silent and returns, a recording is made."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from browsing import Visit, visiting
from shell import jkbus
from staging import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

SILENCE = 90_000  # ms until a pack that we ask in vain is called silent, on a busy machine


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Three packs that we ask ourselves; some days are behind them."""
    with stage(tmp_path_factory.mktemp("trouble"), 3, master=False, past=2) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, running: Stage) -> AsyncIterator[Visit]:
    """A window of an ordinary size."""
    async with visiting(browser, running.url, viewport={"width": 1280, "height": 900}) as found:
        yield found
        assert [*found.faults, *await found.violations()] == []


async def test_an_alarm_that_comes_is_shown_told_and_acknowledged(visit: Visit, running: Stage) -> None:
    await visit.go("#/alarms")
    await visit.settled("Alarms")
    page = visit.page
    entry = page.locator(".alarm-entry").filter(has=page.get_by_role("heading", name="rs485-bms2"))
    await expect(entry).to_have_count(0)
    running.alarm(2)
    await expect(entry).to_be_visible()
    await expect(page.locator("#said")).to_contain_text("rs485-bms2")
    await expect(page.get_by_role("link", name="Alarms 1 standing").first).to_be_visible()
    assert await visit.everything() == []
    await entry.get_by_role("button", name="Acknowledge").focus()
    await page.keyboard.press("Enter")
    await expect(entry).to_contain_text("Acknowledged ")
    await expect(entry.get_by_role("button", name="Acknowledge")).to_have_count(0)
    running.alarm(2, False)
    await expect(page.get_by_role("region", name="Now")).not_to_contain_text("rs485-bms2: ")
    await expect(page.get_by_role("region", name="Before")).to_contain_text("rs485-bms2: ")


async def test_a_pack_that_falls_silent_looks_old_and_fresh_again_when_it_returns(
    visit: Visit, running: Stage
) -> None:
    await visit.go()
    tile = visit.page.locator(".tile").filter(has=visit.page.get_by_role("link", name="rs485-bms3"))
    await expect(tile).to_be_visible()
    await expect(tile).not_to_contain_text("last known values")
    running.silence(3)
    await expect(tile).to_contain_text("last known values", timeout=SILENCE)
    await expect(tile).to_contain_text("silent for")
    assert "old" in str(await tile.get_attribute("class")).split()
    assert await visit.everything() == []
    running.silence(3, False)
    await expect(tile).not_to_contain_text("last known values")
    assert "old" not in str(await tile.get_attribute("class")).split()


async def test_a_recording_leaves_the_page_and_can_be_decoded(visit: Visit, tmp_path: Path) -> None:
    await visit.go("#/bus")
    await visit.settled("Bus")
    await visit.page.get_by_role("button", name="Record").click()
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_label("How long").select_option("10")
    assert await visit.everything() == []
    async with visit.page.expect_download() as coming:
        await dialog.get_by_role("button", name="Record").click()
    download = await coming.value
    assert download.suggested_filename.endswith(".jkc")
    await download.save_as(tmp_path / "bus.jkc")
    await expect(dialog).to_have_count(0)
    ended = jkbus("decode", str(tmp_path / "bus.jkc"))
    assert ended.code == 0, ended.err
    assert "status" in ended.out


async def test_the_folded_parts_of_health_open_with_the_keyboard(visit: Visit, running: Stage) -> None:
    await visit.go("#/health")
    await visit.settled("Health")
    outer = visit.page.locator("main .health-pack details.findings").first
    await outer.locator("> summary").focus()
    await visit.page.keyboard.press("Enter")
    await expect(outer).to_have_attribute("open", "")
    inner = outer.locator("li details").first
    await inner.locator("> summary").focus()
    await visit.page.keyboard.press("Enter")
    await expect(inner).to_have_attribute("open", "")
    await expect(inner.locator("figure.trend, p.muted")).not_to_have_count(0)
    await expect(inner.locator(".spinner")).to_have_count(0)
    for size, scheme in (("phone", "light"), ("desktop", "dark")):
        await visit.size(size)
        await visit.look(scheme)
        assert await visit.everything() == [], size


async def test_a_pack_shows_what_it_measures_as_it_changes(visit: Visit, running: Stage) -> None:
    await visit.go(f"#/pack/{running.key(1)}")
    await visit.settled("rs485-bms1")
    running.call(lambda: setattr(running.line, "world", None))
    pack = running.pack(1)

    def move() -> None:
        pack.step(40.0, 22.0, 10.0)

    running.call(move)
    await expect(visit.page.locator("main").get_by_text("40.0").first).to_be_visible()
