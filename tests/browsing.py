"""Debian's chromium in the page of a real gateway, and everything that may be wrong with a page."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright, expect

import jkbus

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AUDIT = Path(__file__).with_name("audit.js").read_text()
SIZES = {"phone": (360, 780), "tablet": (820, 1180), "desktop": (1440, 900), "wall": (2560, 1440)}
STATIC = Path(jkbus.__file__).parent / "web" / "static"
# route: its module, and the title of its document; those that exist
VIEWS = {
    route: (view, title)
    for route, view, title in (
        ("#/", "overview", "Battery"),
        ("#/pack/KEY", "pack", "rs485-bms1"),
        ("#/pack/KEY/settings", "pack", "rs485-bms1"),
        ("#/pack/KEY/details", "pack", "rs485-bms1"),
        ("#/settings", "fleet", "Settings"),
        ("#/history", "history", "History"),
        ("#/health", "health", "Health"),
        ("#/alarms", "alarms", "Alarms"),
        ("#/bus", "bus", "Bus"),
        ("#/api", "api", "API"),
    )
    if (STATIC / f"js/views/{view}.js").exists()
}
NAMED = {"button", "link", "textbox", "combobox", "checkbox", "switch", "tab", "slider", "spinbutton", "img"}
PATIENCE = 30_000  # ms

expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser. Without one the test is skipped; in CI that is a failure."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing")
        pytest.skip("there is no chromium here; tools/setup.sh test installs it")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            await browser.close()


class Visit:
    """A page that is open, and everything that went wrong in it: `faults`.

    `forgiven` are parts of texts that are no faults, for instance of a gateway that was stopped on purpose.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        self.forgiven: list[str] = []
        self.bytes_by_path: dict[str, int] = {}
        page.on("console", lambda said: self._note("console", said.text, said.type in ("error", "warning")))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.on("request", self._requested)
        page.on("requestfailed", self._failed)
        page.on("crash", lambda page: self._note("page", "crashed"))

    def _note(self, kind: str, text: str, is_fault: bool = True) -> None:
        if is_fault and not any(part in text for part in self.forgiven):
            self.faults.append(f"{kind}: {text}")

    def _requested(self, request: Request) -> None:
        if request.url.startswith(("data:", "blob:")):
            return
        host, ours = urlsplit(request.url).netloc, urlsplit(self.url).netloc
        self._note("request to another host", request.url, host != ours)

    def _failed(self, request: Request) -> None:
        text = f"{request.url}: {request.failure}"
        self._note("failed", text, "ERR_ABORTED" not in text)  # a page that is left gives up its stream

    async def go(self, route: str = "#/") -> None:
        """Go to a view: by its hash alone if the page is open already."""
        if self.page.url.startswith(self.url):
            await self.page.evaluate("route => { location.hash = route }", route)
        else:
            await self.page.goto(f"{self.url}{route}")

    async def settled(self, title: str) -> None:
        """Wait until the view of that title is there and nothing in it is still being fetched."""
        await expect(self.page).to_have_title(re.compile(rf"^{title}\b.*jkbus"))
        await expect(self.page.locator("main .spinner, main [aria-busy=true]")).to_have_count(0)

    async def size(self, name: str) -> None:
        """Make the window a phone's or another one's."""
        width, height = SIZES[name]
        await self.page.set_viewport_size({"width": width, "height": height})

    async def look(self, scheme: str) -> None:
        """Let the owner like it light or dark."""
        wanted: Any = scheme
        await self.page.emulate_media(color_scheme=wanted, reduced_motion="reduce")
        await expect(self.page.locator(f"html[data-theme={scheme}]")).to_have_count(1)
        await self.page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    async def audit(self, *kinds: str) -> list[str]:
        """What is wrong with what is seen: overflows, contrasts, headings, targets, twice."""
        found: list[str] = []
        for kind in kinds:
            listed = await self.page.evaluate(f"window.audit.{kind}()")
            found += [f"{kind}: {each}" for each in listed]
        return found

    async def unnamed(self) -> list[str]:
        """What a screen reader would have to tell without a name, by chromium's own tree of accessibility."""
        session = await self.page.context.new_cdp_session(self.page)
        tree = await session.send("Accessibility.getFullAXTree")
        await session.detach()
        nodes = [node for node in tree["nodes"] if not node.get("ignored")]
        roles = [(node.get("role", {}).get("value"), node.get("name", {}).get("value")) for node in nodes]
        return [f"a {role} has no name" for role, name in roles if role in NAMED and not (name or "").strip()]

    async def violations(self) -> list[str]:
        """What the page's Content-Security-Policy forbade."""
        return [f"policy: {each}" for each in await self.page.evaluate("window.violations")]

    async def everything(self) -> list[str]:
        """All that is wrong with what is seen now and what happened until now."""
        seen = await self.audit("overflows", "contrasts", "headings", "twice")
        return [*self.faults, *seen, *await self.unnamed(), *await self.violations()]


@asynccontextmanager
async def visiting(browser: Browser, url: str, **options: Any) -> AsyncIterator[Visit]:
    """A new window for a page, with nothing kept from other visits."""
    context = await browser.new_context(**{"reduced_motion": "reduce", "locale": "en-GB", **options})
    try:
        yield await opened(context, url)
    finally:
        await context.close()


async def opened(context: BrowserContext, url: str) -> Visit:
    """A page in a context; the caller goes to a view."""
    context.set_default_timeout(PATIENCE)
    await context.add_init_script(AUDIT)
    return Visit(await context.new_page(), url)
