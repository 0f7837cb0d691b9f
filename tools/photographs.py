"""The README's pictures of the web page: the running demo, seen with Debian's chromium.

Run with `make pictures`; needs chromium and, to look as on a phone, the font Inter (tools/setup.sh test).
"""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from playwright.async_api import Browser, ViewportSize, async_playwright, expect

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
WIDE, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
ENOUGH = 60.0  # s until the demo has heard everything, its trouble has come and its health is known
HOUR = 10  # o'clock where the pictures are taken: the sun charges the packs
PATIENCE = 60_000  # ms
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <match target="pattern">
    <test name="family" qual="all" compare="not_contains"><string>mono</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit>
  </match>
  <include>/etc/fonts/fonts.conf</include>
</fontconfig>
"""


class Shot(NamedTuple):
    """What is photographed: a view, in a window, by day or by night."""

    route: str
    scheme: Literal["light", "dark"] = "light"
    window: ViewportSize = WIDE


DESKTOP = {
    "page-overview": Shot("#/"),
    "page-pack": Shot("#/pack/rs485-bms6"),
    "page-history": Shot("#/history", "dark"),
    "page-health": Shot("#/health"),
}
PHONES = [
    Shot("#/", "dark", PHONE),
    Shot("#/pack/rs485-bms6", "light", PHONE),
    Shot("#/settings", "dark", PHONE),
]


def morning() -> str:
    """Where on earth it is morning now, as TZ says it: the demo lives by the clock on the wall there."""
    behind = (time.gmtime().tm_hour - HOUR) % 24
    return f"Etc/GMT{behind:+d}" if behind <= 12 else f"Etc/GMT{behind - 24:+d}"


@contextmanager
def demo() -> Iterator[str]:
    """Where the page of a demo is."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    jkbus = str(Path(sys.executable).with_name("jkbus"))
    command = [jkbus, "demo", "--no-view", "--trouble", "--listen", f"127.0.0.1:{port}"]
    place = {**os.environ, "TZ": morning()}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=place)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def until_it_answers(url: str) -> None:
    """Wait for the page."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}api/me", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


async def photograph(browser: Browser, url: str, shot: Shot) -> bytes:
    """A view, once nothing in it is still being fetched."""
    context = await browser.new_context(
        viewport=shot.window,
        device_scale_factor=1.5,
        color_scheme=shot.scheme,
        reduced_motion="reduce",
        timezone_id=morning(),
    )
    page = await context.new_page()
    await page.goto(f"{url}{shot.route}")
    await expect(page).to_have_title(re.compile(".+ · jkbus"), timeout=PATIENCE)
    await expect(page.locator("main .spinner")).to_have_count(0, timeout=PATIENCE)
    await page.wait_for_timeout(2000)
    taken = await page.screenshot()
    await context.close()
    return taken


async def side_by_side(browser: Browser, taken: list[bytes]) -> bytes:
    """Pictures of phones on one sheet."""
    context = await browser.new_context(device_scale_factor=1.25)
    page = await context.new_page()
    shown = "".join(f'<img src="data:image/png;base64,{b64encode(one).decode()}">' for one in taken)
    style = "body{margin:0;display:inline-flex;gap:24px;background:#fff0} img{width:300px;border-radius:22px}"
    await page.set_content(f"<style>{style}</style><body>{shown}</body>")
    sheet = await page.locator("body").screenshot(omit_background=True)
    await context.close()
    return sheet


async def take_all(url: str, fonts: Path) -> None:
    """All pictures."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"],
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        phones = [await photograph(browser, url, shot) for shot in PHONES]
        (PICTURES / "page-phone.png").write_bytes(await side_by_side(browser, phones))
        for name, shot in DESKTOP.items():
            (PICTURES / f"{name}.png").write_bytes(await photograph(browser, url, shot))
        await browser.close()


def main() -> None:
    """Run a demo and take its pictures."""
    with TemporaryDirectory() as folder, demo() as url:
        fonts = Path(folder, "fonts.conf")
        fonts.write_text(FONTS)
        until_it_answers(url)
        time.sleep(ENOUGH)
        asyncio.run(take_all(url, fonts))


if __name__ == "__main__":
    main()
