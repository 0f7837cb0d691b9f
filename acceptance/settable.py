"""Packs that may be written, as a real Home Assistant sets them: what it shows is what the packs say."""

from typing import TYPE_CHECKING

from jkbus.control.settings import SETTINGS, Setting

if TYPE_CHECKING:
    from .check import Acceptance

OWNER = "rs485_bms1"
LIMIT = "number.charge_current_limit"
PROTECTION = "number.cell_overvoltage_protection_voltage"
BALANCING = "switch.balancing_enabled"
ALL_PACKS = "switch.jkbus_bus1_apply_to_all"


class Settable:
    """The checks of settings on the bus of an `Acceptance`; `master` is the pack that cannot be set."""

    def __init__(self, acceptance: "Acceptance", master: str) -> None:
        self._acceptance, self._master = acceptance, master
        self._home = acceptance.home

    def check(self, packs: int) -> None:
        """Controls come, are set, refused, pressed, set on all packs at once, and go."""
        acceptance, expect = self._acceptance, self._acceptance.expect
        with acceptance.gateway(packs, writes=True):
            expect(f"{packs} packs, all but the master with controls", lambda: acceptance.absent(packs), 180)
            expect("each has its range, step, unit and category", self._wrong)
            self._set()
            self._refuse()
            self._call("button.press", "button.set_clock")
            expect("a button is obeyed", lambda: self._untold("set_clock was acknowledged"), 30)
            self._set_all()
            expect("Home Assistant complains of nothing", acceptance.complaints)
        with acceptance.gateway(packs):
            expect("writes switched off: the controls are gone", lambda: acceptance.absent(packs), 120)
            expect("the switch of the bus is gone", lambda: self._differs(ALL_PACKS, None), 10)
            expect("Home Assistant complains of nothing", acceptance.complaints)

    def _set(self) -> None:
        expect = self._acceptance.expect
        self._call("number.set_value", LIMIT, value=44.5)
        expect("a number follows the pack", lambda: self._differs(own(LIMIT), "44.5"), 30)
        expect("the last change says so", lambda: self._untold("44.5 A was written and read back"), 10)
        self._call("switch.turn_off", BALANCING)
        expect("a switch follows the pack", lambda: self._differs(own(BALANCING), "off"), 30)

    def _refuse(self) -> None:
        before = self._state(own(PROTECTION))
        self._call("number.set_value", PROTECTION, value=1.3)
        self._acceptance.expect("a refused change is told", lambda: self._untold("must be below"), 30)
        self._acceptance.expect("and nothing has changed", lambda: self._differs(own(PROTECTION), before))

    def _set_all(self) -> None:
        expect = self._acceptance.expect
        expect("a change is for one pack at first", lambda: self._differs(ALL_PACKS, "off"))
        self._home.call("switch.turn_on", ALL_PACKS)
        expect("for all packs when it is wished", lambda: self._differs(ALL_PACKS, "on"), 10)
        self._call("number.set_value", LIMIT, value=33)
        expect("and it reaches them all", lambda: self._elsewhere("33.0"), 180)

    def _wrong(self) -> list[str]:
        """Controls that are not what their settings say."""
        rows = {row["entity_id"]: row for row in self._home.command("config/entity_registry/list")}
        faults = []
        for pack in self._acceptance.packs():
            for entity, state in pack.controls().items():
                platform = entity.split(".")[0]
                setting = SETTINGS.get(entity.removeprefix(pack.entity(f"{platform}.")))
                if rows[entity]["entity_category"] != "config":
                    faults.append(f"{entity}: category {rows[entity]['entity_category']}")
                if setting is None or state is None:
                    faults += [] if platform == "button" else [f"{entity}: is no setting or has no state"]
                elif platform != ("switch" if setting.switch else "number"):
                    faults.append(f"{entity}: has the wrong platform")
                elif platform == "number":
                    faults += range_faults(entity, setting, state["attributes"])
        return faults

    def _elsewhere(self, value: str) -> list[str]:
        """Packs that can be set and have another limit."""
        found = {pack.name: pack.states.get(pack.entity(LIMIT)) for pack in self._acceptance.packs()}
        found.pop(self._master)
        return [f"{name}: {state}" for name, state in found.items() if not state or state["state"] != value]

    def _call(self, service: str, short: str, **data: object) -> None:
        self._home.call(service, own(short), **data)

    def _state(self, entity: str) -> str | None:
        state = self._home.states().get(entity)
        return None if state is None else str(state["state"])

    def _differs(self, entity: str, value: str | None) -> list[str]:
        found = self._state(entity)
        return [] if found == value else [f"{entity} is {found}, not {value}"]

    def _untold(self, text: str) -> list[str]:
        told = self._state(f"sensor.{OWNER}_last_change") or ""
        return [] if text in told else [f"the last change is: {told}"]


def own(short: str) -> str:
    """The entity of the pack that is set here."""
    return short.replace(".", f".{OWNER}_")


def range_faults(entity: str, setting: Setting, marks: dict[str, object]) -> list[str]:
    """Where a number is not as its setting says; the board decides how much it can balance."""
    unit = setting.unit.replace("µ", "μ") or None
    wanted = {"min": setting.low, "max": setting.high, "step": setting.step, "unit_of_measurement": unit}
    if setting.name == "balancing_current_limit":
        del wanted["max"]
    return [
        f"{entity}: {key} is {marks.get(key)}, not {value}"
        for key, value in wanted.items()
        if marks.get(key) != value
    ]
