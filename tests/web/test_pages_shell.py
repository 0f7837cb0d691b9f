"""The page as an app: what it fetches and from whom, at home under any path, installed, gone and back."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from browsing import VIEWS, Visit, visiting
from prefixed import prefixed
from staging import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST = 150_000  # bytes on the wire for everything the page ever loads, its data left out
ROUTES = [route for route, (view, _) in VIEWS.items() if view != "pack"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Seven packs that are well."""
    with stage(tmp_path_factory.mktemp("shell"), 7) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, running: Stage) -> AsyncIterator[Visit]:
    """Somebody who comes for the first time."""
    async with visiting(browser, running.url) as found:
        yield found


def packs(visit: Visit) -> Any:
    """The tiles of the overview."""
    return visit.page.locator("main a[href^='#/pack/']")


async def test_everything_that_is_loaded_is_small_and_ours(visit: Visit, running: Stage) -> None:
    session = await visit.page.context.new_cdp_session(visit.page)
    await session.send("Network.enable")
    paths: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def received(event: Any) -> None:
        paths[event["requestId"]] = event["response"]["url"].removeprefix(running.url)

    def loaded(event: Any) -> None:
        sizes[paths.get(event["requestId"], "?")] = int(event["encodedDataLength"])

    session.on("Network.responseReceived", received)
    session.on("Network.loadingFinished", loaded)
    for route in (*ROUTES, f"#/pack/{running.key(1)}"):
        await visit.go(route)
        await expect(visit.page.locator("main h1")).to_be_visible()
        await expect(visit.page.locator("main .spinner")).to_have_count(0)
    fixed = {path: size for path, size in sizes.items() if not path.startswith("api/")}
    assert 30_000 < sum(fixed.values()) < MOST, sorted(fixed.items(), key=lambda one: -one[1])
    assert visit.faults == []


async def test_it_can_be_installed_on_a_phone(visit: Visit) -> None:
    await visit.go()
    await expect(packs(visit)).to_have_count(7)
    session = await visit.page.context.new_cdp_session(visit.page)
    found = await session.send("Page.getAppManifest")
    assert not found["errors"], found["errors"]
    manifest = json.loads(found["data"])
    assert manifest["display"] == "standalone"
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in manifest["icons"]:
        assert (await visit.page.request.get(f"{visit.url}{icon['src']}")).ok
    problems = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [each["errorId"] for each in problems] in ([], ["in-incognito"])  # as every window of a test is
    active = await visit.page.evaluate("navigator.serviceWorker.ready.then(it => it.active.scriptURL)")
    assert active == f"{visit.url}sw.js"


async def test_home_assistants_ingress_shows_all_of_it(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with stage(tmp_path_factory.mktemp("ingress"), 3, web={"trusted": ["127.0.0.1"]}) as running:
        await everything_under_a_path(browser, running)


async def everything_under_a_path(browser: Browser, running: Stage) -> None:
    async with prefixed(running.port) as url, visiting(browser, url) as visit:
        for route in (*ROUTES, f"#/pack/{running.key(1)}"):
            await visit.go(route)
            await expect(visit.page.locator("main h1")).to_be_visible()
            await expect(visit.page.locator("main .spinner")).to_have_count(0)
        await visit.go()
        await expect(packs(visit)).to_have_count(3)
        assert [*visit.faults, *await visit.violations()] == []


async def test_a_gateway_that_went_is_told_of_and_values_come_back_with_it(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with stage(tmp_path_factory.mktemp("gone"), 3, master=False) as running:
        async with visiting(browser, running.url) as visit:
            visit.forgiven = ["ERR_", "502", "fetch"]
            await visit.go()
            await expect(packs(visit)).to_have_count(3)
            running.stop()
            await expect(visit.page.get_by_text("No connection")).to_be_visible()
            for scheme in ("light", "dark"):
                await visit.look(scheme)
                assert await visit.audit("overflows", "contrasts") == []
            await visit.size("phone")
            assert await visit.audit("overflows") == []
            running.start()
            await expect(visit.page.get_by_text("No connection")).to_have_count(0)
            await expect(packs(visit)).to_have_count(3)
            assert visit.faults == []


async def test_where_nothing_was_heard_yet_the_page_says_so(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("nothing")
    with stage(folder, 1, master=False, before=0.0, mute=True) as running:
        async with visiting(browser, running.url) as visit:
            visit.forgiven = ["409"]  # there is nothing to judge wires by
            for size in ("phone", "desktop"):
                await visit.size(size)
                for route in ROUTES:
                    await visit.go(route)
                    await expect(visit.page.locator("main h1")).to_be_visible()
                    await expect(visit.page.locator("main .spinner")).to_have_count(0)
                    assert await visit.everything() == [], f"{route}, {size}"
