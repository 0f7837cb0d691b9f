"""An ESP32 as the remote port, from the packs to a client of the native API, without an ESP32.

Virtual packs on a pseudo terminal, ESPHome's own program with serial_proxy behind it, the gateway with an
esphome:// link, and ESPHome's own client at the gateway's native API. Run by `make acceptance`, after
`acceptance/esphome.sh` has built the program. One line per check; exit code 1 if one failed.
"""

import argparse
import asyncio
import base64
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from typing import Any

from aioesphomeapi import EntityInfo, EntityState, NumberInfo
from aioesphomeapi.client import APIClient

from .servers import Program, port

PACKS = 6
SOON, LATER = 30.0, 90.0  # s
SETTING, VALUE = "Charge current limit", 61.0
GATEWAY = """\
buses:
  - link: esphome://127.0.0.1:{node}/{query}
    name: far
    writes: true
{packs}
esphome:
  name: barn
  listen: 127.0.0.1
  api_port: {api}
  encryption_key: {key}
web: {{enabled: false}}
"""
NAMED = "    packs:\n" + "".join(f"      - {{name: p{n}, address: {n}}}\n" for n in range(1, PACKS + 1))
SECRETS = 'wifi_ssid: barn\nwifi_password: "12345678"\nota_password: x\nport_key: "{key}"\n'


def a_key() -> str:
    """A new key of the native API."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


class Remote:
    """What was found, one line after the other, and how to start each program of the chain."""

    def __init__(self, cache: Path, stack: ExitStack) -> None:
        self.failed = 0
        self.program, self.uart, node = (cache / "esphome" / "node").read_text().split()
        self.node_port, self.api, self.key = int(node), port("API_PORT"), a_key()
        self.esphome = cache / "esphome" / "venv" / "bin" / "esphome"
        self.folder = cache / "remote"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self._stack = stack

    def tell(self, text: str, wrong: object = None) -> None:
        """Print how a check went; `wrong` is what is wrong."""
        self.failed += bool(wrong)
        print(f"{'FAILED' if wrong else 'ok':8}{text}{f': {wrong}' if wrong else ''}", flush=True)

    def start(self, name: str, *command: str) -> Program:
        """Start a program that ends with this acceptance at the latest."""
        program = Program(list(command), self.folder / f"{name}.log", {"HOME": str(self.folder)})
        self._stack.callback(program.stop)
        return program

    def node(self) -> Program:
        """ESPHome's own program with the line as its UART, listening."""
        return self.start("node", self.program)

    def gateway(self, name: str = "gateway", query: str = "") -> Program:
        """The gateway."""
        settings = self.folder / f"{name}.yaml"
        text = GATEWAY.format(node=self.node_port, query=query, api=self.api, key=self.key, packs=NAMED)
        settings.write_text(text + f"state: {self.folder / name}\n")
        return self.start(name, str(Path(sys.executable).parent / "jkbus"), "-v", "run", str(settings))

    def log(self, name: str = "gateway") -> str:
        """What a program has said."""
        return (self.folder / f"{name}.log").read_text()

    def says(self, text: str, name: str = "gateway", within: float = SOON, after: int = 0) -> None:
        """Check that a program says something in time."""
        found = wait(lambda: text in self.log(name)[after:], within)
        self.tell(f"{name} says: {text}", None if found else "it does not")


def wait(condition: Callable[[], object], within: float) -> bool:
    """Whether a condition holds in time."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


class Client:
    """ESPHome's own client at the gateway's native API, and what it was told."""

    def __init__(self, api: int, key: str) -> None:
        self.client = APIClient("127.0.0.1", api, "", noise_psk=key)
        self.entities: list[EntityInfo] = []
        self.states: dict[tuple[int, int], Any] = {}
        self.devices: dict[str, int] = {}
        self.at: list[float] = []

    async def connect(self, packs: int, within: float) -> bool:
        """Come (again) until so many packs are listed."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            try:
                await self.client.connect(login=True)
                self.devices = {one.name: one.device_id for one in (await self.client.device_info()).devices}
                self.entities, _ = await self.client.list_entities_services()
                if (
                    len([one for one in self.entities if isinstance(one, NumberInfo) and one.name == SETTING])
                    >= packs
                ):
                    self.client.subscribe_states(self._take)
                    return True
                await self.client.disconnect()
            except Exception as error:
                print(f"        not yet: {error}", file=sys.stderr)
            await asyncio.sleep(2)
        return False

    def _take(self, state: EntityState) -> None:
        self.states[state.device_id, state.key] = state
        self.at.append(time.monotonic())

    def find(self, name: str, device: str, kind: str = "") -> EntityInfo:
        """An entity of a device."""
        number = self.devices[device]
        return next(
            one
            for one in self.entities
            if (one.name, one.device_id) == (name, number) and kind in type(one).__name__
        )

    def value(self, one: EntityInfo) -> Any:
        """What it says, None if it says nothing."""
        state = self.states.get((one.device_id, one.key))
        return None if state is None or state.missing_state else state.state

    async def until(self, condition: Callable[[], object], within: float) -> float | None:
        """Seconds until a condition holds, None if it does not in time."""
        begun = time.monotonic()
        while not condition():
            if time.monotonic() - begun > within:
                return None
            await asyncio.sleep(0.02)
        return time.monotonic() - begun


def check_files(remote: Remote) -> None:
    """Every node file that we ship is what ESPHome takes."""
    folder = remote.folder / "files"
    folder.mkdir()
    (folder / "secrets.yaml").write_text(SECRETS.format(key=a_key()))
    shipped = [
        one for one in files("jkbus").joinpath("share/esphome").iterdir() if one.name.endswith(".yaml")
    ]
    remote.tell("there are three node files", None if len(shipped) == 3 else shipped)
    for one in shipped:
        (folder / one.name).write_text(one.read_text())
        command = [str(remote.esphome), "config", str(folder / one.name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = (done.stdout + done.stderr).strip()[-600:]
        bad = done.returncode or "WARNING" in said
        remote.tell(f"ESPHome takes {one.name}", said if bad else None)


async def check_chain(remote: Remote, node: Program, gateway: Program) -> None:
    """A value comes through the whole chain, a change goes through it and is proven."""
    client = Client(remote.api, remote.key)
    there = await client.connect(PACKS, LATER)
    remote.tell(
        f"{PACKS} packs through ESPHome's program, on the native API", None if there else "not in time"
    )
    if not there:
        return
    voltage = client.find("Voltage", "p2", "Sensor")
    came = await client.until(lambda: (client.value(voltage) or 0) > 40, SOON)
    remote.tell(f"a value is there: {client.value(voltage):.2f} V", None if came is not None else "none")
    limit = client.find(SETTING, "p2", "Number")
    await client.until(lambda: client.value(limit) is not None, SOON)
    before = client.value(limit)
    client.client.number_command(limit.key, VALUE, device_id=limit.device_id)
    took = await client.until(lambda: client.value(limit) == VALUE, SOON)
    told = f"a setting goes from {before} to {client.value(limit)}, read back"
    remote.tell(told, None if took is not None else "not in time")
    print(f"        {1000 * (took or 0):.0f} ms from the command to its proof")
    await measure(client, node, gateway)
    await client.client.disconnect()


async def measure(client: Client, node: Program, gateway: Program, seconds: float = 20.0) -> None:
    """What the chain costs."""
    before, first, count = gateway.usage(), node.usage(), len(client.at)
    await asyncio.sleep(seconds)
    cpu, far = gateway.usage().cpu - before.cpu, node.usage().cpu - first.cpu
    rate = (len(client.at) - count) / seconds
    print(
        f"        {rate:.1f} states/s to the client, gateway {cpu / seconds:.1%} of a core"
        f" and {gateway.usage().rss:.0f} MB, node {far / seconds:.1%} of a core"
    )


def check_faults(remote: Remote, node: Program) -> None:
    """A second client, a key that is not wanted, a node that restarts: told, and mended by itself."""
    far = f"link esphome://127.0.0.1:{remote.node_port}/"
    second = remote.start(
        "second",
        str(Path(sys.executable).parent / "jkbus"),
        "scan",
        f"esphome://127.0.0.1:{remote.node_port}",
    )
    remote.says("this port of the node is already in use; end its other user", "second")
    wait(lambda: not second.runs, SOON)
    keyed = f"esphome://127.0.0.1:{remote.node_port}/?key={a_key()}"
    remote.start("keyed", str(Path(sys.executable).parent / "jkbus"), "scan", keyed)
    remote.says("the node uses no encryption; leave the key away", "keyed")
    node.stop(signal.SIGKILL)
    remote.says(f"{far} is lost: the far end")
    remote.says("nothing listens on that port")
    said = len(remote.log())
    remote.node()
    remote.says(f"{far} is back", within=LATER, after=said)
    remote.says("master: nobody else polls the packs", after=said)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("cache", type=Path)
    cache = parser.parse_args().cache.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the programs end with us
    with ExitStack() as stack:
        remote = Remote(cache, stack)
        check_files(remote)
        jkbus = str(Path(sys.executable).parent / "jkbus")
        remote.start("packs", jkbus, "simulate", "--packs", str(PACKS), "--no-master", "--pty", remote.uart)
        if not wait(Path(remote.uart).exists, SOON):
            remote.tell("the virtual line", remote.log("packs"))
            return 1
        node = remote.node()
        wait(lambda: "API Server" in remote.log("node"), 3)
        gateway = remote.gateway()
        asyncio.run(check_chain(remote, node, gateway))
        check_faults(remote, node)
    return bool(remote.failed)


if __name__ == "__main__":
    sys.exit(main())
