"""The gateway on a simulated bus, as a real Home Assistant sees it: by a real broker, and as an ESPHome node.

Run by `make acceptance`. One line per check; exit code 1 if one failed. With --stay, Home Assistant stays up
afterwards until Ctrl-C, to look at the packs in its own pages.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from aiomqtt import Client

from .client import PASSWORD, USER, HomeAssistant, Refused
from .dashboards import Dashboards
from .load import CPU_LIMIT, measure
from .native import Native
from .pack import Pack, is_health
from .servers import (
    Program,
    configure_home_assistant,
    port,
    start_broker,
    start_gateway,
    start_home_assistant,
)
from .settable import Settable

ROOT = Path(__file__).resolve().parent.parent
PACKS = 7  # what an ordinary owner has: a master and six slaves
MASTER = "rs485-bms0"  # a JK master does not tell its nameplate on the bus
NAMELESS = 6  # the address of the pack that has no name in the configuration
FULL = 16  # the most that one bus carries
ENTITIES_PER_PACK = 47  # enabled ones
ENTITIES_OF_ALL = 13  # of the battery as a whole
OURS = r"mqtt|jkbus|template|sensor"  # complaints in Home Assistant's log that we may have caused
SECRET = ("pin", "password", "passcode")
GATEWAY = """\
buses:
  - link: sim:{packs}
    writes: {writes}
    packs:
{names}
mqtt:
  url: mqtt://127.0.0.1:{port}
homeassistant:
  discovery_prefix: homeassistant
alarms:
  cell_spread: 0.001  # so that there is an alarm
"""


class Acceptance:
    """The programs that run, and what was found about them."""

    def __init__(self, home: HomeAssistant, folder: Path, broker_port: int, program: Path) -> None:
        self.home = home
        self.failed = 0
        self.writes = False
        self._folder, self._broker_port, self._program = folder, broker_port, program

    def expect(self, what: str, faults: Callable[[], list[str]], within: float = 0) -> None:
        """Ask again and again until there is no fault, at most for `within` seconds; print the verdict."""
        start = time.monotonic()
        while (found := faults()) and time.monotonic() < start + within:
            time.sleep(0.5)
        self.failed += bool(found)
        print(f"{'FAILED' if found else 'ok    '} {what} ({time.monotonic() - start:.1f} s)", flush=True)
        for fault in found[:10]:
            print(f"         {fault}", flush=True)

    @contextmanager
    def gateway(self, packs: int, writes: bool = False) -> Iterator[Program]:
        """Our gateway on a simulated bus."""
        named = [i for i in range(packs) if i != NAMELESS]
        names = "\n".join(f"      - {{name: rs485-bms{i}, address: {i}}}" for i in named)
        said = {"packs": packs, "names": names, "port": self._broker_port, "writes": str(writes).lower()}
        self.settings.write_text(GATEWAY.format(**said))
        self.writes = writes
        self._gateway = start_gateway(self._program, self.settings)
        try:
            yield self._gateway
        finally:
            self._gateway.stop()

    @property
    def settings(self) -> Path:
        """The configuration of the gateway that runs, or ran last."""
        return self._folder / "jkbus.yaml"

    def packs(self) -> list[Pack]:
        """The devices that are tied to a bus, with what is enabled of them, without their health."""
        packs = [device for device in self._devices() if device.device["via_device_id"]]
        return sorted(packs, key=lambda pack: pack.name)

    def _devices(self) -> list[Pack]:
        registry = self.home.command("config/entity_registry/list")
        shown = [row for row in registry if not row["disabled_by"] and not is_health(row["unique_id"])]
        states = self.home.states()
        found = []
        for device in self.home.command("config/device_registry/list"):
            ids = [row["entity_id"] for row in shown if row["device_id"] == device["id"]]
            found.append(Pack(device, {entity: states.get(entity) for entity in ids}))
        return found

    def whole(self) -> list[str]:
        """What lacks of the battery as a whole: one device with all of its values."""
        found = [device for device in self._devices() if device.name == "Battery"]
        if [len(device.states) for device in found] != [ENTITIES_OF_ALL]:
            return [f"{[[*device.states] for device in found]}, not one device with {ENTITIES_OF_ALL}"]
        return [f"{entity} has no value" for entity in found[0].dead()]

    def untold(self) -> list[str]:
        """What lacks of the alarm that cells are far apart: as an event, in how bad things stand."""
        states = self.home.states()
        warned = [
            entity.split(".")[1].removesuffix("_alarm_severity")
            for entity, state in states.items()
            if entity.endswith("_alarm_severity") and state["state"] == "warning"
        ]
        faults = [] if "jkbus_battery" in warned and len(warned) > 1 else [f"warned are {warned}"]
        for name in warned:
            event, stands = states.get(f"event.{name}_alarm"), states[f"sensor.{name}_alarm_severity"]
            if not event or event["attributes"].get("event_type") not in ("came", "went"):
                faults.append(f"{name}: the last event is {event}")
            if "cells far apart" not in stands["attributes"].get("worst", ""):
                faults.append(f"{name}: {stands}")
        return faults

    def absent(self, count: int) -> list[str]:
        """What lacks of `count` packs, each known by its nameplate and live in all its entities."""
        if not self._gateway.runs:
            raise Refused(f"the gateway ended by itself; see {self._gateway.log}")
        packs = self.packs()
        wanted = {f"rs485-bms{i}" for i in range(count) if i != NAMELESS}
        faults = [f"no device {name}" for name in sorted(wanted - {pack.name for pack in packs})]
        if len(packs) != count:
            faults.append(f"{len(packs)} packs, not {count}: {', '.join(pack.name for pack in packs)}")
        for pack in packs:
            told = () if pack.name == MASTER else ("serial_number", "model", "sw_version")
            faults += [f"{pack.name}: no {key}" for key in told if not pack.device[key]]
            controls = len(pack.controls())
            if bool(controls) != (self.writes and pack.name != MASTER):
                faults.append(f"{pack.name}: {controls} controls")
            wanted_here = ENTITIES_PER_PACK + (controls + 1 if controls else 0)  # and the last change
            if len(pack.states) != wanted_here:
                faults.append(f"{pack.name}: {len(pack.states)} entities are enabled, not {wanted_here}")
            dead = pack.dead()
            faults += [f"{pack.name}: without a value: {', '.join(dead)}"] if dead else []
        return faults

    def still_there(self) -> list[str]:
        """Entities that are not shown as unavailable."""
        states = [state for pack in self.packs() for state in pack.states.values() if state]
        shown = [
            f"{state['entity_id']} is {state['state']}" for state in states if state["state"] != "unavailable"
        ]
        return shown if states else ["there are no entities"]

    def secrets(self) -> list[str]:
        """Entities, disabled ones included, whose name speaks of something nobody may read."""
        ids = [row["entity_id"] for row in self.home.command("config/entity_registry/list")]
        return [entity for entity in ids if set(SECRET) & set(entity.replace(".", "_").split("_"))]

    def uncounted(self) -> list[str]:
        """Energies of which Home Assistant keeps no long-term sum in kWh."""
        kept = {row["statistic_id"]: row for row in self.home.command("recorder/list_statistic_ids")}
        faults = []
        for pack in self.packs():
            if len(pack.energies()) < 2:
                faults.append(f"{pack.name}: charged and discharged energy are not both there")
            for entity in pack.energies():
                row = kept.get(entity, {})
                if not row.get("has_sum") or row.get("statistics_unit_of_measurement") != "kWh":
                    faults.append(f"{entity}: {row or 'no statistics'}")
        return faults

    def energy_issues(self) -> list[str]:
        """What the Energy dashboard finds wrong with a pack as a battery.

        That statistics are not defined yet is no fault: Home Assistant makes them every five minutes.
        """
        used, charged, *_ = [entity for pack in self.packs() for entity in pack.energies()] or ["", ""]
        battery = {"type": "battery", "stat_energy_from": used, "stat_energy_to": charged}
        self.home.command("energy/save_prefs", energy_sources=[battery])
        sources = self.home.command("energy/validate")["energy_sources"]
        issues = [issue for source in sources for issue in source]
        return [str(issue) for issue in issues if issue["type"] != "statistics_not_defined"]

    def complaints(self) -> list[str]:
        """Warnings and errors of Home Assistant about us."""
        return self.home.complaints(OURS)

    async def forget_a_discovery(self) -> None:
        """Take one retained discovery message from the broker: only the gateway can bring it back."""
        async with asyncio.timeout(10), Client("127.0.0.1", self._broker_port) as broker:
            await broker.subscribe("homeassistant/+/+/config")
            message = await anext(aiter(broker.messages))
            await broker.publish(str(message.topic), retain=True)


def ordinary(acceptance: Acceptance, venv: Path, settings: Path, server: Program) -> Program:
    """An ordinary bus through good and bad days; the Home Assistant that runs at the end."""
    expect, home = acceptance.expect, acceptance.home

    def all_there() -> list[str]:
        return acceptance.absent(PACKS)

    with acceptance.gateway(PACKS) as gateway:
        expect(f"{PACKS} packs appear with nameplates and values", all_there, 180)
        expect("the battery as a whole is there", acceptance.whole, 30)
        expect("no PIN, password or passcode is an entity", acceptance.secrets)
        expect("energy has long-term statistics", acceptance.uncounted, 20)
        expect("the Energy dashboard takes a pack as a battery", acceptance.energy_issues)
        gateway.stop(signal.SIGKILL)
        expect("gateway killed: every entity is unavailable", acceptance.still_there, 10)
    with acceptance.gateway(PACKS):
        expect("gateway started again: everything is back", all_there, 120)
        expect("Home Assistant complains of nothing", acceptance.complaints)
        server.stop()
        asyncio.run(acceptance.forget_a_discovery())
        server = start_home_assistant(venv, settings)
        home.wait_until_running()
        expect("Home Assistant started again, one discovery lost: everything is back", all_there, 60)
        expect("Home Assistant complains of nothing", acceptance.complaints)
    expect("gateway ended: every entity is unavailable", acceptance.still_there, 10)
    return server


def full(acceptance: Acceptance, dashboards: Dashboards, server: Program, seconds: float) -> None:
    """As many packs as a bus carries, with default settings: what it costs."""
    dashboards.watch(["event.jkbus_battery_alarm"])
    with acceptance.gateway(FULL) as gateway:
        acceptance.expect(
            f"{FULL} packs appear with nameplates and values", lambda: acceptance.absent(FULL), 300
        )
        acceptance.expect("alarms are events, and how bad things stand", acceptance.untold, 150)
        acceptance.expect("the blueprint tells of them", dashboards.told, 10)
        dashboards.check(acceptance.settings, "mqtt")
        what = f"Home Assistant spends less than {CPU_LIMIT:.0f} % of a core on them"
        entities = [entity for pack in acceptance.packs() for entity in pack.states]
        load = partial(measure, server, acceptance.home, seconds, gateway, entities)
        acceptance.expect(what, load)
        acceptance.expect("Home Assistant complains of nothing", acceptance.complaints)


def main() -> int:
    """Bring everything up, check, bring everything down; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where acceptance/install.sh put Home Assistant")
    parser.add_argument("--gateway", type=Path, default=ROOT / ".venv/bin/jkbus", help="the program to check")
    parser.add_argument("--seconds", type=float, default=30, help="how long the load is measured")
    parser.add_argument("--only", choices=("mqtt", "native"), help="one of the two ways alone")
    parser.add_argument("--stay", action="store_true", help="stay up with %(prog)s's last bus until Ctrl-C")
    options = parser.parse_args()
    venv, folder = options.folder.resolve() / "venv", options.folder.resolve() / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    home = HomeAssistant(port("HA_PORT"))
    broker_port = port("MQTT_PORT")
    settings = configure_home_assistant(folder, home.port)
    with ExitStack() as cleanup:
        cleanup.callback(start_broker(folder, broker_port).stop)
        server = start_home_assistant(venv, settings)
        cleanup.callback(lambda: server.stop())
        home.onboard()
        home.add_broker(broker_port)
        acceptance = Acceptance(home, folder, broker_port, options.gateway)
        if options.only != "native":
            server = ordinary(acceptance, venv, settings, server)
            Settable(acceptance, MASTER).check(PACKS)
            full(acceptance, Dashboards(acceptance, options.gateway, settings), server, options.seconds)
        if options.only != "mqtt":
            load = partial(measure, server, home, options.seconds)
            Native(acceptance, folder, options.gateway, load).check()
        if options.stay:
            with acceptance.gateway(PACKS):
                print(f"{home.url} (user {USER}, password {PASSWORD}); Ctrl-C ends it", flush=True)
                signal.pause()
    print(f"{acceptance.failed} failed" if acceptance.failed else "all passed")
    return 1 if acceptance.failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main())
    except Refused as error:
        sys.exit(f"acceptance: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
