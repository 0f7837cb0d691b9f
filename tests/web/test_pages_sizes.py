"""One pack and sixteen, fingers, large letters, and who wants nothing to move: every view stays usable."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from browsing import SIZES, VIEWS, Visit, visiting
from staging import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

ZOOMED = {"width": 720, "height": 450}  # a desktop's window, everything twice as large
PHONE = dict(zip(("width", "height"), SIZES["phone"], strict=True))


async def opened(visit: Visit, running: Stage, route: str) -> None:
    """Go to a view; the pack of it is the last one."""
    pack = running.line.packs[-1]
    await visit.go(route.replace("KEY", running.key(pack.address)))
    await visit.settled(VIEWS[route][1].replace("rs485-bms1", f"rs485-bms{pack.address}"))


@pytest.mark.parametrize("count", [1, 16])
async def test_one_pack_and_sixteen_fit_a_phone_a_desk_and_a_wall(
    browser: Browser, tmp_path: Path, count: int
) -> None:
    with stage(tmp_path, count, writes=True, past=1) as running:
        async with visiting(browser, running.url) as visit:
            for route in ("#/", "#/pack/KEY", "#/settings", "#/history"):
                await opened(visit, running, route)
                if route == "#/":
                    await expect(visit.page.locator("main .tile")).to_have_count(count)
                for size, scheme in (("phone", "light"), ("desktop", "dark"), ("wall", "light")):
                    await visit.size(size)
                    await visit.look(scheme)
                    assert await visit.everything() == [], f"{route}, {size}, {scheme}"


async def test_fingers_large_letters_and_no_motion(browser: Browser, tmp_path: Path) -> None:
    with stage(tmp_path, 3, writes=True, past=1) as running:
        running.alarm(2)
        await for_fingers(browser, running)
        await twice_as_large(browser, running)
        await moving(browser, running)


async def for_fingers(browser: Browser, running: Stage) -> None:
    """On a phone everything that is touched has room for a finger."""
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    async with visiting(browser, running.url, **options) as visit:
        wrong: list[str] = []
        for route in VIEWS:
            await opened(visit, running, route)
            wrong += [f"{route}: {each}" for each in await visit.audit("targets", "overflows")]
        assert [*wrong, *visit.faults] == []


async def twice_as_large(browser: Browser, running: Stage) -> None:
    """At a zoom of 200 % nothing is cut off or needs scrolling sideways."""
    async with visiting(browser, running.url, viewport=ZOOMED, device_scale_factor=2) as visit:
        wrong: list[str] = []
        for route in VIEWS:
            await opened(visit, running, route)
            wrong += [f"{route}: {each}" for each in await visit.everything()]
            visit.faults.clear()
        assert wrong == []


async def moving(browser: Browser, running: Stage) -> None:
    """Where motion is not wanted nothing moves when values, views and colours change."""
    async with visiting(browser, running.url) as visit:
        for route in ("#/", "#/pack/KEY", "#/bus"):
            await opened(visit, running, route)
            for scheme in ("dark", "light"):
                await visit.look(scheme)
                assert await visit.page.evaluate("document.getAnimations().length") == 0, route
