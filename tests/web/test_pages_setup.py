"""The wizard as a person meets it: through every step in a real browser, on a phone and a desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from browsing import Visit, chromium, visiting
from firststart import First
from jkbus.config import load


@pytest.fixture
def first(tmp_path: Path) -> Iterator[First]:
    """The wizard on loopback."""
    found = First(tmp_path)
    yield found
    found.end()


async def _seen(visit: Visit) -> None:
    """What is shown now is right at every size, light and dark."""
    for size, scheme in (("phone", "light"), ("desktop", "dark")):
        await visit.size(size)
        await visit.look(scheme)
        assert await visit.everything() == []


async def test_from_the_port_to_the_overview(first: First) -> None:
    async with chromium() as browser, visiting(browser, f"http://127.0.0.1:{first.port}/") as visit:
        page = visit.page
        visit.forgiven += ["api/me", "ERR_CONNECTION"]  # one server ends before the other begins
        await visit.go("")
        await expect(page.get_by_role("heading", name="Where is the bus?")).to_be_visible()
        await page.get_by_text("Another link").click()
        await page.get_by_label("Link", exact=False).last.fill("sim:2?master=no")
        await _seen(visit)
        await page.get_by_role("button", name="Listen").click()
        await page.get_by_role("button", name="Ask the packs").click()
        await page.get_by_role("button", name="These are my packs").wait_for()
        await _seen(visit)
        await page.get_by_role("button", name="These are my packs").click()
        await page.get_by_label("Address 1").fill("cellar")
        await page.get_by_label("Address 2").fill("Cellar")
        await expect(page.get_by_role("alert")).to_contain_text("Address 1 is called so already")
        await expect(page.get_by_role("button", name="Go on")).to_be_disabled()
        await _seen(visit)
        await page.get_by_label("Address 2").fill("garage")
        await page.get_by_role("button", name="Go on").click()
        await page.get_by_role("button", name="Back").click()
        await expect(page.get_by_label("Address 1")).to_have_value("cellar")
        await page.get_by_role("button", name="Go on").click()
        await page.get_by_role("button", name="A broker", exact=True).click()
        await page.get_by_label("Broker").first.fill("mqtt://127.0.0.1:1")
        await page.get_by_role("button", name="Try the broker").click()
        await expect(page.get_by_text("nobody listens there")).to_be_visible()
        await _seen(visit)
        await page.get_by_role("button", name="No broker").click()
        await page.get_by_role("button", name="Go on without").click()
        await _seen(visit)
        await page.get_by_role("button", name="Write it and start").click()
        await expect(page.get_by_role("heading", name="cellar")).to_be_visible()
        assert visit.faults == []
    assert [pack.name for pack in load(first.file).buses[0].packs] == ["cellar", "garage"]


async def test_a_mistake_is_explained_and_can_be_mended(first: First) -> None:
    async with chromium() as browser, visiting(browser, f"http://127.0.0.1:{first.port}/") as visit:
        page = visit.page
        visit.forgiven.append("409")
        await visit.go("")
        await page.get_by_text("Another link").click()
        await page.get_by_label("Link", exact=False).last.fill("/dev/ttyNOTHING")
        await page.get_by_role("button", name="Listen").click()
        await expect(page.get_by_role("alert")).to_contain_text("there is no such device")
        await _seen(visit)
        await page.get_by_role("button", name="Back").click()
        await expect(page.get_by_label("Link", exact=False).last).to_have_value("/dev/ttyNOTHING")


async def test_from_another_computer_the_code_comes_first(tmp_path: Path) -> None:
    first = First(tmp_path, "0.0.0.0")
    try:
        async with chromium() as browser, visiting(browser, f"http://127.0.0.1:{first.port}/") as visit:
            visit.forgiven.append("401")
            await visit.go("")
            await visit.page.get_by_label("Code").fill("0000 0000")
            await visit.page.get_by_role("button", name="Go on").click()
            await expect(visit.page.get_by_role("alert")).to_contain_text("This is not the code")
            await _seen(visit)
            await visit.page.get_by_label("Code").fill(first.said.rstrip()[-9:])
            await visit.page.get_by_role("button", name="Go on").click()
            await expect(visit.page.get_by_role("heading", name="Where is the bus?")).to_be_visible()
            await expect(visit.page.get_by_text("Access")).to_be_visible()
    finally:
        first.end()
