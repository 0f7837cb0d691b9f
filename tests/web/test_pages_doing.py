"""What one does with the page: watch values change, and take those of the past away."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from browsing import Visit, visiting
from staging import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Three packs that may be written to, and that we ask ourselves, so that nobody waits long."""
    with stage(tmp_path_factory.mktemp("doing"), 3, master=False, writes=True, past=3) as found:
        found.alarm(2)
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, running: Stage) -> AsyncIterator[Visit]:
    """A window of an ordinary size."""
    async with visiting(browser, running.url, viewport={"width": 1280, "height": 900}) as found:
        yield found
        assert [*found.faults, *await found.violations()] == []


async def test_a_pack_shows_what_it_measures_as_it_changes(visit: Visit, running: Stage) -> None:
    await visit.go(f"#/pack/{running.key(1)}")
    await visit.settled("rs485-bms1")
    running.call(lambda: setattr(running.line, "world", None))
    pack = running.pack(1)

    def move() -> None:
        pack.step(40.0, 22.0, 10.0)

    running.call(move)
    await expect(visit.page.locator("main").get_by_text("40.0").first).to_be_visible()


async def test_values_of_the_past_leave_as_csv(visit: Visit, running: Stage, tmp_path: Path) -> None:
    await visit.go("#/history")
    await visit.settled("History")
    async with visit.page.expect_download() as coming:
        await (
            visit.page.get_by_role("link", name="CSV")
            .or_(visit.page.get_by_role("button", name="CSV"))
            .first.click()
        )
    await (await coming.value).save_as(tmp_path / "values.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "values.csv").read_text())))
    assert len(rows) > 10
    assert {len(row) for row in rows} == {len(rows[0])}
