"""A full bus over ESPHome's native API, as a real Home Assistant's own integration takes it; no broker."""

import base64
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .client import Refused
from .dashboards import Dashboards
from .servers import Program, port, start_gateway

if TYPE_CHECKING:
    from .check import Acceptance

PACKS = 16
ENTITIES_PER_PACK = 40  # enabled sensors at least, beside what can be set
OURS = r"esphome|jkbus|native"
GATEWAY = """\
buses:
  - link: sim:{packs}
    writes: true
    packs:
{names}
esphome:
  name: native
  friendly_name: Native
  listen: 127.0.0.1
  api_port: {port}
  encryption_key: {key}
state: {state}
web: {{enabled: false}}
"""


class Native:
    """The checks of the native API; `measure` prints a load and gives what is too much of it."""

    def __init__(
        self,
        acceptance: "Acceptance",
        folder: Path,
        program: Path,
        measure: Callable[[Program, list[str]], list[str]],
    ) -> None:
        self._acceptance, self._home = acceptance, acceptance.home
        self._folder, self._program, self._measure = folder, program, measure
        self._port, self._key = port("API_PORT"), base64.b64encode(secrets.token_bytes(32)).decode()

    def check(self) -> None:
        """The node is added with its key, shows its packs, is set, comes and goes."""
        expect = self._acceptance.expect
        with self._gateway() as gateway:
            expect("a wrong key is refused, the right one makes an entry", self._add, 60)
            expect(f"{PACKS} packs and the battery are devices below one node", self._undone, 240)
            expect("every enabled entity has a value", self._unknown, 90)
            expect("no entity is lost or doubled", self._twins)
            dashboards = Dashboards(self._acceptance, self._program, self._folder / "config")
            dashboards.check(self._folder / "native" / "jkbus.yaml", "esphome")
            self._set()
            expect("Home Assistant complains of nothing", self._complaints)
            expect("Home Assistant has time left", lambda: self._measure(gateway, self._ids()))
            before = self._ids()
        expect("gateway ended: every entity is unavailable", self._still_there, 30)
        with self._gateway():
            expect("gateway started again: every entity is back", self._away, 120)
            expect("and they are the same", lambda: sorted(set(before) ^ set(self._ids())))
            expect("Home Assistant complains of nothing", self._complaints)

    @contextmanager
    def _gateway(self) -> Iterator[Program]:
        folder = self._folder / "native"
        folder.mkdir(exist_ok=True)
        names = "\n".join(f"      - {{name: native-bms{i}, address: {i}}}" for i in range(PACKS))
        said = {"packs": PACKS, "names": names, "port": self._port, "key": self._key}
        settings = folder / "jkbus.yaml"
        settings.write_text(GATEWAY.format(state=folder / "state", **said))
        gateway = start_gateway(self._program, settings)
        try:
            yield gateway
        finally:
            gateway.stop()

    def _add(self) -> list[str]:
        """Walk through the form by which a user adds a node."""
        wrong = base64.b64encode(bytes(32)).decode()
        try:
            step = self._home.rest("/api/config/config_entries/flow", {"handler": "esphome"})
            step = self._next(step, host="127.0.0.1", port=self._port)
            refused = self._next(step, noise_psk=wrong)
            if refused.get("errors") != {"base": "invalid_psk"}:
                return [f"a wrong key: {refused}"]
            step = self._next(refused, noise_psk=self._key)
        except Refused as error:
            return [str(error)]
        self._home.rest("/api/services/system_log/clear", {})  # of the wrong key, which we asked for
        return [] if step["type"] == "create_entry" else [str(step)]

    def _next(self, step: dict[str, Any], **answers: object) -> dict[str, Any]:
        answer: dict[str, Any] = self._home.rest(
            f"/api/config/config_entries/flow/{step['flow_id']}", answers
        )
        return answer

    def _set(self) -> None:
        expect, number = self._acceptance.expect, "number.native_bms1_charge_current_limit"
        self._home.call("number.set_value", number, value=44.5)
        expect("a number follows the pack", lambda: self._differs(number, "44.5"), 30)
        told = "sensor.native_bms1_last_change"
        expect("the last change is its proof", lambda: self._untold(told, "44.5"), 10)
        self._home.call("switch.turn_off", "switch.native_bms2_balancing_enabled")
        expect(
            "a switch follows the pack",
            lambda: self._differs("switch.native_bms2_balancing_enabled", "off"),
            30,
        )
        self._home.call(
            "number.set_value", "number.native_bms1_cell_overvoltage_protection_voltage", value=1.3
        )
        expect("a refused change is told", lambda: self._untold(told, "must be below"), 30)
        self._home.rest("/api/services/esphome/native_acknowledge_alarms", {"pack": ""})

    def _undone(self) -> list[str]:
        devices = self._home.command("config/device_registry/list")
        node = next((one for one in devices if one["name"] == "Native"), None)
        if node is None:
            return ["there is no node"]
        below = {one["name"] for one in devices if one["via_device_id"] == node["id"]}
        wanted = {"Battery", *(f"native-bms{i}" for i in range(PACKS))}
        faults = sorted(wanted ^ below)
        registry = self._rows()
        for one in devices:
            if one["name"] in wanted - {"Battery"} and one["via_device_id"] == node["id"]:
                here = [row for row in registry if row["device_id"] == one["id"] and not row["disabled_by"]]
                faults += [] if len(here) >= ENTITIES_PER_PACK else [f"{one['name']}: {len(here)} entities"]
        return faults

    def _rows(self) -> list[dict[str, Any]]:
        rows = self._home.command("config/entity_registry/list")
        return [row for row in rows if row["platform"] == "esphome"]

    def _ids(self) -> list[str]:
        return [row["entity_id"] for row in self._rows() if not row["disabled_by"]]

    def _unknown(self) -> list[str]:
        """Entities without a value, but for those that nothing was told of yet."""
        states = self._home.states()
        quiet = ("button.", "event.")
        dead = [
            one
            for one in self._ids()
            if (states.get(one) or {}).get("state") in (None, "unknown", "unavailable")
        ]
        return [one for one in dead if not one.startswith(quiet) and not one.endswith("_last_change")]

    def _still_there(self) -> list[str]:
        states = self._home.states()
        return [one for one in self._ids() if states[one]["state"] != "unavailable"]

    def _away(self) -> list[str]:
        states = self._home.states()
        return [one for one in self._ids() if states[one]["state"] == "unavailable"]

    def _twins(self) -> list[str]:
        return [one for one in self._ids() if one.endswith("_2") and not one.endswith("temperature_2")]

    def _differs(self, entity: str, value: str) -> list[str]:
        found = (self._home.states().get(entity) or {}).get("state")
        return [] if found == value else [f"{entity} is {found}, not {value}"]

    def _untold(self, entity: str, text: str) -> list[str]:
        told = (self._home.states().get(entity) or {}).get("state") or ""
        return [] if text in told else [f"the last change is: {told}"]

    def _complaints(self) -> list[str]:
        found = self._home.complaints(OURS)
        return [line for line in found if "Connect call failed" not in line]  # while the gateway is away
