"""What sending every value on costs: bytes of a sample on the wire, and CPU for 16 packs at 1 Hz.

The server is one that says yes to everything. First the parts on their own, then a whole Export in real time
against the same reports without one.

Run: .venv/bin/python bench/export.py [seconds]
"""

import asyncio
import gzip
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from jkbus.bus.events import Heard
from jkbus.config import BusConfig, ExportConfig, PackConfig, SecretUrl
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.outputs.exposition import Exposition
from jkbus.outputs.lineprotocol import Sampler
from jkbus.outputs.push import Export
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack

PACKS = 16
MINUTE = 60  # s of reports, made once and heard again and again


class Yes(BaseHTTPRequestHandler):
    """Takes everything and counts it."""

    protocol_version = "HTTP/1.1"
    taken = 0

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.rfile.read(length)
        Yes.taken += length
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def reports(virtual: VirtualPack, rng: random.Random) -> list[bytes]:
    """A minute of reports whose measurements move as they do in life: the last digit or two of most."""
    status, found, volts = virtual.status, [], [3300 + rng.randint(-5, 5) for _ in range(16)]
    for _ in range(MINUTE):
        volts = [volt + rng.choice((-1, 0, 0, 0, 1)) for volt in volts]
        status.cell_voltage = tuple(volt / 1000 for volt in volts)
        status.cell_voltage_average = round(sum(volts) / 16) / 1000
        status.cell_voltage_delta = (max(volts) - min(volts)) / 1000
        status.battery_voltage = sum(volts) / 1000
        status.battery_current = 20 + rng.randint(-500, 500) / 1000
        status.battery_temperature_1 = 21 + rng.randint(0, 3) / 10
        status.runtime += 1
        found.append(status.sealed())
    return found


class Stock:
    """Sixteen packs and what each says in a minute."""

    def __init__(self) -> None:
        rng = random.Random(4)
        names = tuple(PackConfig(name=f"pack{number}", address=number) for number in range(PACKS))
        self.config = BusConfig(link=SecretUrl("sim:1"), name="bus1", packs=names)
        self.virtual = [VirtualPack(number) for number in range(PACKS)]
        self.minute = [reports(virtual, rng) for virtual in self.virtual]

    def battery(self) -> Battery:
        battery = Battery(Identities([self.config], {}))
        for number, virtual in enumerate(self.virtual):
            for data in (virtual.settings.sealed(), virtual.about.sealed(), self.minute[number][0]):
                battery.apply("bus1", Heard(Report(data, number, "acknowledgement"), 0.0))
        return battery

    def hear(self, battery: Battery, second: int, at: float) -> None:
        for number in range(PACKS):
            report = Report(self.minute[number][second % MINUTE], number, "acknowledgement")
            battery.apply("bus1", Heard(report, at))


def parts(stock: Stock) -> None:
    battery, sampler, took = stock.battery(), Sampler([]), 0.0
    lines: list[str] = []
    for second in range(1, 601):
        stock.hear(battery, second, float(second))
        start = time.perf_counter()
        for pack in battery.packs:
            lines += sampler.pack(pack, float(second), 1.7e9 + second)
        took += time.perf_counter() - start
    samples = 600 * PACKS
    batches = ["\n".join(lines[start : start + 10 * PACKS]) for start in range(0, len(lines), 10 * PACKS)]
    start = time.perf_counter()
    packed = sum(len(gzip.compress(batch.encode(), 6)) for batch in batches)
    squeezing = time.perf_counter() - start
    print(f"line     {took / samples * 1e6:.0f} us and {sum(map(len, batches)) / samples:.0f} B a sample")
    print(f"batch    {squeezing / samples * 1e6:.0f} us and {packed / samples:.0f} B a sample, compressed")
    start = time.perf_counter()
    page = Exposition({})
    for pack in battery.packs:
        page.pack(pack, None, 0.0)
    print(f"scrape   {(time.perf_counter() - start) / PACKS * 1000:.1f} ms of the loop for a pack")


async def whole(stock: Stock, url: str | None, seconds: int, folder: str) -> float:
    """The share of a core that so many seconds take, with an export to a URL or without."""
    battery, clock = stock.battery(), asyncio.get_running_loop().time
    export = None
    if url:
        config = ExportConfig(url=SecretUrl(url), name="bench")
        export = asyncio.create_task(Export(config, Path(folder), battery).run())
    await asyncio.sleep(1)
    start, cpu = clock(), time.process_time()
    for second in range(seconds):
        stock.hear(battery, second, clock())
        await asyncio.sleep(max(0.0, start + second + 1 - clock()))
    used = (time.process_time() - cpu) / seconds
    if export:
        export.cancel()
        await asyncio.gather(export, return_exceptions=True)
    return used


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    stock = Stock()
    parts(stock)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Yes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with TemporaryDirectory() as folder:
        without = asyncio.run(whole(stock, None, seconds, folder))
        url = f"http://127.0.0.1:{server.server_address[1]}"
        used = asyncio.run(whole(stock, url, seconds, folder))
    server.shutdown()
    print(f"export   {PACKS} packs at 1 Hz: {used - without:.2%} of a core, the server's part included")
    print(f"         {Yes.taken / seconds / PACKS:.0f} B a sample on the wire, everything included")


if __name__ == "__main__":
    main()
