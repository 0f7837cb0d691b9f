"""The view of one pack: what it does, its cells, temperatures, switches and alarms."""

from collections.abc import Iterator

from .cards import (
    WHOLE,
    Card,
    View,
    filled,
    gauge,
    heading,
    history,
    section,
    switch,
    text,
    tile,
    today,
    unless,
    view,
)
from .cells import cells_of
from .home import Owner
from .overview import path_of
from .theirs import their_card

SWITCHES = {
    "charge_enabled": "Charging",
    "discharge_enabled": "Discharging",
    "balancing_enabled": "Balancing",
    "heating_enabled": "Heating",
}
_ON = {
    "charge_mosfet_on": "Charge MOSFET",
    "discharge_mosfet_on": "Discharge MOSFET",
    "balancing_active": "Balancing",
    "heating_active": "Heating",
    "online": "Heard on the bus",
}


def one_pack(pack: Owner, their: bool) -> View | None:
    """A view for a pack; `their`: with jk-bms-card in place of our own cards for its state and cells."""
    first = (their_card(pack),) if their else (_state(pack), _cells(pack))
    others = _temperatures(pack), _switches(pack), _alarms(pack), _long(pack)
    return view(pack.name, path_of(pack), *first, _lines(pack), *others)


def _state(pack: Owner) -> Card | None:
    ids = pack.ids
    return section(
        heading(pack.name, "mdi:car-battery", ids.get("alarm_severity")),
        gauge(ids.get("state_of_charge"), "State of charge"),
        tile(ids.get("battery_voltage"), "Voltage", "mdi:sine-wave"),
        tile(ids.get("battery_current"), "Current", "mdi:current-dc"),
        tile(ids.get("power"), "Power", "mdi:flash", color="amber"),
        tile(ids.get("operation"), "Operation", "mdi:battery-sync"),
        tile(ids.get("remaining_capacity"), "Remaining", "mdi:battery-clock"),
        tile(ids.get("full_charge_capacity"), "When full", "mdi:battery"),
    )


def _cells(pack: Owner) -> Card | None:
    cells = pack.numbered("cell_voltage_")
    return section(
        heading("Cells", "mdi:battery-outline"),
        tile(pack.ids.get("cell_voltage_delta"), "Spread", "mdi:arrow-expand-vertical", WHOLE),
        tile(pack.ids.get("cell_voltage_min"), "Lowest", "mdi:arrow-collapse-down"),
        tile(pack.ids.get("cell_voltage_max"), "Highest", "mdi:arrow-collapse-up"),
        text(cells_of(cells)) if cells else None,
    )


def _lines(pack: Owner) -> Card | None:
    voltages = {"cell_voltage_min": "Lowest cell", "cell_voltage_max": "Highest cell"}
    return section(
        heading("Last 24 hours", "mdi:chart-line"),
        history(dict.fromkeys(pack.some("state_of_charge"), "SoC"), rows=4),
        history(dict.fromkeys(pack.some("power"), "Power"), rows=4),
        history({id: name for key, name in voltages.items() for id in pack.some(key)}, rows=4),
    )


def _temperatures(pack: Owner) -> Card | None:
    probes = {id: f"Probe {number}" for number, id in pack.numbered("battery_temperature_").items()}
    probes |= dict.fromkeys(pack.some("mosfet_temperature"), "MOSFET")
    tiles = (tile(id, name, "mdi:thermometer") for id, name in probes.items())
    return section(heading("Temperatures", "mdi:thermometer"), *tiles, history(probes, rows=4))


def _switches(pack: Owner) -> Card | None:
    """What can be switched, where it can; and what the board does of it."""
    switches = (switch(pack.ids.get(f"set_{key}"), name) for key, name in SWITCHES.items())
    tiles = (tile(id, name) for key, name in _ON.items() for id in pack.some(key))
    return section(heading("Switches", "mdi:toggle-switch"), *switches, *tiles)


def _alarms(pack: Owner) -> Card | None:
    severity, changed = pack.ids.get("alarm_severity"), pack.ids.get("last_change")
    return section(
        heading("Alarms", "mdi:shield-alert"),
        tile(pack.ids.get("problem"), "Problem", "mdi:alert"),
        tile(severity, "Severity", "mdi:shield-check"),
        tile(pack.ids.get("alarm_text"), "Alarms", "mdi:alert-circle", 12),
        tile(pack.ids.get("alarm"), "Last alarm", "mdi:bell", 12),
        unless(text(filled(_WORST, id=severity)), severity, "none"),
        unless(tile(changed, "Last change", "mdi:pencil", WHOLE), changed, "none yet"),
    )


_WORST = "{{ state_attr('<id>', 'worst') or states('<id>') }}"


_LONG = (
    ("cycle_count", "Cycles"),
    ("state_of_health", "SoH"),
    ("energy_charged", "Charged so far"),
    ("energy_discharged", "Discharged so far"),
)


def _long(pack: Owner) -> Card | None:
    """Energy, age and health."""
    return section(
        heading("Energy today, and age", "mdi:battery-heart"),
        today(pack.ids.get("energy_charged"), "Charged", "mdi:battery-arrow-up"),
        today(pack.ids.get("energy_discharged"), "Discharged", "mdi:battery-arrow-down"),
        *(tile(pack.ids.get(key), name) for key, name in _LONG),
        *_health(pack),
    )


def _health(pack: Owner) -> Iterator[Card | None]:
    yield tile(pack.ids.get("health"), "Health", "mdi:heart-pulse", 12)
    yield tile(pack.ids.get("health_text"), "What it shows", "mdi:text", 12)
