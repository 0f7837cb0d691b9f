"""ESPHome's native API of a gateway with 16 packs at full rate: what clients cost, how long a listing takes.

The gateway is a process of its own, and only its CPU counts. Clients are those of ESPHome, encrypted.

Run: .venv/bin/python bench/esphome.py [seconds]
"""

import asyncio
import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aioesphomeapi.client import APIClient
from aioesphomeapi.core import APIConnectionError

WARM = 60.0  # s until every pack has told everything and nobody is sent away any more
TICKS = os.sysconf("SC_CLK_TCK")
HERE = Path(__file__).parent


class Running:
    """The gateway's process and how it is reached."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        self.key = base64.b64encode(secrets.token_bytes(32)).decode()
        command = [sys.executable, str(HERE / "support/node.py"), str(self.port), self.key, str(folder)]
        self.process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(HERE)})

    @property
    def cpu(self) -> float:
        """Seconds of a core it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> float:
        """MB it holds now."""
        fields = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1000 for line in fields if line.startswith("VmRSS"))

    async def share(self, seconds: float) -> float:
        """Its share of a core over that time, in per cent."""
        cpu, wall = self.cpu, time.perf_counter()
        await asyncio.sleep(seconds)
        return 100 * (self.cpu - cpu) / (time.perf_counter() - wall)

    def client(self) -> APIClient:
        """One more client."""
        return APIClient("127.0.0.1", self.port, "", noise_psk=self.key)


@contextmanager
def gateway(folder: Path) -> Iterator[Running]:
    running = Running(folder)
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(30)


async def until_it_answers(running: Running) -> None:
    for _ in range(60):
        client = running.client()
        try:
            await client.connect(login=True)
        except APIConnectionError:
            await asyncio.sleep(0.2)
        else:
            await client.disconnect()
            return
    raise SystemExit("the native API does not answer")


async def one_more(running: Running, told: Counter[str]) -> APIClient:
    """A client that hears everything."""
    client = running.client()
    begin = time.perf_counter()
    await client.connect(login=True)
    connected = time.perf_counter()
    entities, _ = await client.list_entities_services()
    listed = time.perf_counter()
    if not told:
        print(
            f"client   connects in {1000 * (connected - begin):.0f} ms,"
            f" has its list of {len(entities)} entities in {1000 * (listed - connected):.0f} ms"
        )
    client.subscribe_states(lambda state: told.update(["states"]))
    await asyncio.sleep(1)
    return client


async def measure(running: Running, seconds: float) -> None:
    await until_it_answers(running)
    await asyncio.sleep(WARM)
    print(f"gateway  no client: {await running.share(seconds):.1f} % of a core, {running.memory:.0f} MB")
    told: Counter[str] = Counter()
    clients = [await one_more(running, told)]
    told.clear()
    share = await running.share(seconds)
    print(f"         one client: {share:.1f} % of a core, {told['states'] / seconds:.0f} states a second")
    clients += [await one_more(running, told) for _ in range(7)]
    share = await running.share(seconds)
    print(f"         eight clients: {share:.1f} % of a core, {running.memory:.0f} MB")
    for client in clients:
        await client.disconnect()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    with TemporaryDirectory() as name, gateway(Path(name)) as running:
        asyncio.run(measure(running, seconds))


if __name__ == "__main__":
    main()
