"""The web page of a gateway with 16 packs at full rate: what it costs, how late it is, how fast it opens.

The gateway is a process of its own, and only its CPU counts. Pages are those of a real chromium; the
lateness is that of five programs that read the stream. A browser on a Raspberry Pi 4 is imitated by telling
chromium to be four and six times slower than it is here.

Run: .venv/bin/python bench/web.py [seconds]
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

WARM = 35.0  # s until every pack has told everything
TICKS = os.sysconf("SC_CLK_TCK")
HERE = Path(__file__).parent
VIEWS = ("#/", "#/settings", "#/history", "#/health", "#/alarms", "#/bus", "#/api")
FIRST_NUMBERS = """
new MutationObserver((_, watch) => {
  const text = document.querySelector("main, body")?.innerText || "";
  if (!/\\d\\s*%/.test(text)) return;
  window.firstNumbers = performance.now();
  watch.disconnect();
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


@dataclass(frozen=True)
class Running:
    """The gateway's process and where its page is."""

    pid: int
    url: str
    port: int

    @property
    def cpu(self) -> float:
        """Seconds of a core it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> float:
        """MB it holds now."""
        fields = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1000 for line in fields if line.startswith("VmRSS"))

    async def share(self, seconds: float) -> float:
        """Its share of a core over that time, in per cent."""
        cpu, wall = self.cpu, time.perf_counter()
        await asyncio.sleep(seconds)
        return 100 * (self.cpu - cpu) / (time.perf_counter() - wall)


@contextmanager
def gateway(folder: Path) -> Iterator[Running]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    command = [sys.executable, str(HERE / "support/page.py"), str(port), str(folder)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(HERE)})
    try:
        yield Running(process.pid, f"http://127.0.0.1:{port}/", port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def until_it_answers(url: str) -> None:
    """Wait until there is a page and a first report."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{url}api/packs", timeout=5) as answer:
                if json.load(answer)["packs"]:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the page does not answer")


async def listen(port: int, got: list[tuple[float, str]], seconds: float) -> None:
    """Read the stream as a program does, and note when which pack was told."""
    clock = asyncio.get_running_loop().time
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    event, end = b"", clock() + seconds
    while clock() < end and (line := await reader.readline()):
        if line.startswith(b"event:"):
            event = line.split(b":")[1].strip()
        elif line.startswith(b"data:") and event == b"pack":
            got.append((clock(), json.loads(line[5:])["key"]))
    writer.close()


def lateness(heard: list[tuple[float, str]], got: list[tuple[float, str]]) -> list[float]:
    """From each status that was heard to the next event of its pack, ms, sorted."""
    told: dict[str, list[float]] = {}
    for at, key in got:
        told.setdefault(key, []).append(at)
    first, last = got[0][0], got[-1][0]
    return sorted(
        1000 * min(at - then for at in told[key] if at >= then)
        for then, key in heard
        if first < then < last - 1 and told.get(key) and told[key][-1] >= then
    )


async def open_pages(browser: Browser, url: str, count: int) -> list[Page]:
    pages = [await browser.new_page() for _ in range(count)]
    for page in pages:
        await page.goto(url)
    return pages


async def first_numbers(browser: Browser, url: str, slower: float) -> float:
    """ms from the start of a cold load to the first percentage on the page."""
    context = await browser.new_context()
    await context.add_init_script(FIRST_NUMBERS)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    await page.goto(url)
    for _ in range(200):
        if found := await page.evaluate("window.firstNumbers"):
            break
        await asyncio.sleep(0.05)
    await context.close()
    return float(found)


async def transferred(browser: Browser, url: str) -> tuple[int, int]:
    """Bytes on the wire, headers and all: of the first view, and after every view; without the stream."""
    page = await browser.new_page()
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda done: sizes.append(int(done["encodedDataLength"])))
    await page.goto(url)
    await page.wait_for_timeout(1500)
    first = sum(sizes)
    for view in VIEWS:
        await page.evaluate("route => { location.hash = route }", view)
        await page.wait_for_timeout(700)
    await page.close()
    return first, sum(sizes)


async def streams(running: Running, seconds: float) -> list[tuple[float, str]]:
    got: list[list[tuple[float, str]]] = [[] for _ in range(5)]
    tasks = [asyncio.create_task(listen(running.port, each, seconds + 1)) for each in got]
    print(f"         with five streams: {await running.share(seconds):.1f} % of a core")
    await asyncio.gather(*tasks)
    return got[0]


async def measure(running: Running, seconds: float) -> list[tuple[float, str]]:
    await asyncio.sleep(WARM)
    print(f"gateway  no page open: {await running.share(seconds):.1f} % of a core, {running.memory:.0f} MB")
    got = await streams(running, seconds)
    async with async_playwright() as playwright:
        options: dict[str, Any] = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox"]}
        browser = await playwright.chromium.launch(**options)
        first, every = await transferred(browser, running.url)
        print(f"page     {first / 1000:.0f} kB for the first view, {every / 1000:.0f} kB after every view")
        for slower in (1, 4, 6):
            times = sorted([await first_numbers(browser, running.url, slower) for _ in range(5)])
            print(f"         first numbers after {times[2]:.0f} ms with a processor {slower} times slower")
        pages = await open_pages(browser, running.url, 5)
        await asyncio.sleep(3)
        share = await running.share(seconds)
        print(f"gateway  five pages open: {share:.1f} % of a core (at most 15), {running.memory:.0f} MB")
        for page in pages:
            await page.close()
        await browser.close()
    return got


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    with TemporaryDirectory() as name:
        folder = Path(name)
        with gateway(folder) as running:
            until_it_answers(running.url)
            got = asyncio.run(measure(running, seconds))
        heard = [(float(at), str(key)) for at, key in json.loads((folder / "heard.json").read_text())]
    late = lateness(heard, got)
    print(f"lateness {len(late)} statuses, from the last byte to the event in a client:")
    print(
        f"         median {late[len(late) // 2]:.0f} ms, 99th percentile {late[int(len(late) * 0.99)]:.0f} ms"
    )
    print(f"         at most {late[-1]:.0f} ms (at most 200)")


if __name__ == "__main__":
    main()
