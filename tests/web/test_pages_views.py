"""Every view, on every window, by day and by night: nothing is cut off, unreadable, unnamed or forbidden."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from browsing import SIZES, VIEWS, Visit, visiting
from staging import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Seven packs: one has an alarm, one has fallen silent."""
    with stage(tmp_path_factory.mktemp("views"), 7, writes=True, past=3) as found:
        found.silence(5)
        found.alarm(2)
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visit(browser: Browser, running: Stage) -> AsyncIterator[Visit]:
    """A page that stays open from view to view."""
    async with visiting(browser, running.url) as found:
        yield found


@pytest.mark.parametrize("route", VIEWS)
async def test_a_view_is_right_in_every_window_by_day_and_by_night(
    running: Stage, visit: Visit, route: str
) -> None:
    await visit.go(route.replace("KEY", running.key(1)))
    await visit.settled(VIEWS[route][1])
    wrong: list[str] = []
    for size in SIZES:
        await visit.size(size)
        for scheme in ("light", "dark"):
            await visit.look(scheme)
            wrong += [f"{size}, {scheme}: {each}" for each in await visit.everything()]
            visit.faults.clear()
    assert not wrong, "\n".join(wrong)
