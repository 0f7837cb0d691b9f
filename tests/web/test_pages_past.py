"""The past on the page: values are chosen, moved, zoomed, read as numbers and taken away as shown."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from browsing import Visit, visiting
from staging import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY = 86400.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Three packs with some days behind them."""
    with stage(tmp_path_factory.mktemp("past"), 3, master=False, past=5) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, running: Stage) -> AsyncIterator[Visit]:
    """A window of an ordinary size, in the history."""
    async with visiting(browser, running.url, viewport={"width": 1280, "height": 900}) as found:
        await found.go("#/history")
        await found.settled("History")
        yield found
        assert [*found.faults, *await found.violations()] == []


async def shown(visit: Visit, before: str = "") -> dict[str, str]:
    """What the address says that is shown, once it says something else than before."""
    told = "last => location.hash.includes('?') && location.hash !== last"
    await visit.page.wait_for_function(told, arg=before)
    return {key: value[0] for key, value in parse_qs(visit.page.url.partition("?")[2]).items()}


def legend(visit: Visit) -> Locator:
    """The lines of the chart."""
    return visit.page.locator(".legend-line")


async def test_values_are_chosen_by_whose_they_are_and_by_what_they_are_called(
    visit: Visit, running: Stage
) -> None:
    await visit.page.get_by_role("button", name="Choose values").click()
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Clear").click()
    for name in ("rs485-bms1", "rs485-bms2"):
        await dialog.get_by_role("button", name=name).click()
    await dialog.get_by_label("Find a value").fill("cell 7")
    await dialog.get_by_role("checkbox", name="Cell 7", exact=True).check()
    await expect(dialog.get_by_role("status")).to_have_text("2 chosen")
    assert await visit.everything() == []
    before = await visit.page.evaluate("location.hash")
    await dialog.get_by_role("button", name="Show").click()
    await expect(legend(visit).first).to_contain_text("Cell 7")
    await expect(legend(visit)).to_have_count(2)
    assert set((await shown(visit, before))["s"].split(",")) == {
        f"{running.key(n)}:cell_voltage_7" for n in (1, 2)
    }


async def test_the_keyboard_moves_and_zooms_and_reads_a_value(visit: Visit) -> None:
    first = await shown(visit)
    assert float(first["last"]) == DAY
    chart = visit.page.locator(".chart").first
    await chart.focus()
    before = await visit.page.evaluate("location.hash")
    await visit.page.keyboard.press("ArrowLeft")
    moved = await shown(visit, before)
    assert float(moved["to"]) - float(moved["from"]) == pytest.approx(DAY, abs=2)
    before = await visit.page.evaluate("location.hash")
    await visit.page.keyboard.press("+")
    zoomed = await shown(visit, before)
    assert float(zoomed["to"]) - float(zoomed["from"]) == pytest.approx(0.6 * DAY, abs=2)
    await expect(visit.page.locator(".spans .spinner")).to_have_count(0)
    await visit.page.keyboard.press("Shift+ArrowLeft")
    await expect(visit.page.locator("#said")).to_contain_text("Power, Battery")
    await visit.page.get_by_role("button", name="Now").click()
    await expect(visit.page.get_by_text("live", exact=True)).to_be_visible()


async def test_the_mouse_drags_and_its_wheel_zooms(visit: Visit) -> None:
    await shown(visit)
    over = visit.page.locator(".chart .u-over").first
    await expect(over).to_be_visible()
    box = await over.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = await visit.page.evaluate("location.hash")
    await visit.page.mouse.move(x, y)
    await visit.page.mouse.down()
    await visit.page.mouse.move(x + box["width"] / 4, y, steps=4)
    await visit.page.mouse.up()
    dragged = await shown(visit, before)
    assert float(dragged["to"]) - float(dragged["from"]) == pytest.approx(DAY, abs=2)
    before = await visit.page.evaluate("location.hash")
    await visit.page.mouse.wheel(0, -100)
    zoomed = await shown(visit, before)
    assert float(zoomed["to"]) - float(zoomed["from"]) < 0.9 * DAY


async def test_the_numbers_and_the_csv_are_those_of_the_chart(visit: Visit, tmp_path: Path) -> None:
    await visit.page.get_by_role("button", name="1 h", exact=True).click()
    await visit.page.get_by_role("button", name="Day", exact=True).click()
    before = await visit.page.evaluate("location.hash")
    await visit.page.get_by_role("button", name="Earlier").click()
    await shown(visit, before)
    await visit.page.locator(".history-numbers > summary").click()
    table = visit.page.locator(".history-numbers table")
    await expect(table).to_be_visible()
    await expect(visit.page.locator(".history .spinner")).to_have_count(0)
    newest = await table.locator("tbody tr").first.locator("th, td").all_inner_texts()
    assert await visit.everything() == []
    async with visit.page.expect_download() as coming:
        await visit.page.get_by_role("link", name="CSV").click()
    await (await coming.value).save_as(tmp_path / "values.csv")
    head, *rows = list(csv.reader(io.StringIO((tmp_path / "values.csv").read_text())))
    assert head[2:] == ["battery power (W)", "battery state_of_charge (%)"]
    assert {len(row) for row in rows} == {len(head)}
    written = [row[2:] for row in rows if all(row[2:])]
    assert len(written) > 10
    assert [rounded(text) for text in newest[1:]] in [
        [f"{float(power):.0f}", f"{float(charge):.1f}"] for power, charge in written
    ]


def rounded(text: str) -> str:
    """The mean of a cell of the table, as a program writes it."""
    found = re.match(r"[−-]?[\d.\s\u202f]+?(?= |$)", text.replace("\u202f", "").replace("\n", " "))
    assert found is not None, text
    return found[0].strip().replace("−", "-")
