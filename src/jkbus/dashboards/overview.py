"""The first view: the battery as a whole, and each pack in a few tiles."""

from collections.abc import Iterator

from .cards import (
    Card,
    View,
    days,
    filled,
    gauge,
    heading,
    history,
    listed,
    section,
    text,
    tile,
    today,
    unless,
    view,
)
from .home import Home, Owner

PATH = "overview"
_MANY = 8  # packs from which on a pack is told in two tiles instead of four


def overview(home: Home) -> View | None:
    """All packs at a glance."""
    packs = [_pack(pack, few=len(home.packs) > _MANY) for pack in home.packs]
    return view("Overview", PATH, "mdi:home-battery", *_whole(home), *packs, _buses(home))


def _whole(home: Home) -> Iterator[Card | None]:
    ids = home.battery.ids
    yield section(
        heading("Battery", "mdi:home-battery", home.battery.some("alarm_severity")),
        gauge(ids.get("state_of_charge"), "State of charge"),
        tile(ids.get("power"), "Power", "mdi:flash", color="amber"),
        tile(ids.get("remaining_capacity"), "Remaining", "mdi:battery-clock"),
        tile(ids.get("battery_voltage"), "Voltage", "mdi:sine-wave"),
        tile(ids.get("battery_current"), "Current", "mdi:current-dc"),
    )
    yield section(
        heading("Last 24 hours", "mdi:chart-line"),
        history(dict.fromkeys(home.battery.some("power"), "Power") or _of_packs(home, "power"), rows=4),
        history(
            dict.fromkeys(home.battery.some("state_of_charge"), "State of charge")
            or _of_packs(home, "state_of_charge"),
            rows=4,
        ),
        today(ids.get("energy_charged"), "Charged today", "mdi:battery-arrow-up"),
        today(ids.get("energy_discharged"), "Discharged today", "mdi:battery-arrow-down"),
    )
    yield section(heading("Alarms", "mdi:shield-alert"), *_alarms(home))
    yield section(
        heading("Energy by day", "mdi:chart-bar"),
        days(
            {id: name for name, key in _ENERGIES for id in home.battery.some(key)},
            "change",
            "kWh charged and discharged",
        ),
    )


_ENERGIES = (("Charged", "energy_charged"), ("Discharged", "energy_discharged"))


def _of_packs(home: Home, key: str) -> dict[str, str]:
    return {id: pack.name for pack in home.packs for id in pack.some(key)}


def _alarms(home: Home) -> Iterator[Card | None]:
    """How bad it is, the sentence of the worst, and whose they are."""
    severity = home.battery.ids.get("alarm_severity")
    yield tile(severity, "Worst of all", "mdi:shield-check")
    yield tile(home.battery.ids.get("alarm"), "Last alarm came or went", "mdi:bell")
    if severity is not None:
        yield unless(text(filled(_WORST, id=severity)), severity, "none")
    packs = ((pack, pack.ids.get("alarm_text")) for pack in home.packs)
    for pack, id in packs:
        shown = tile(id, pack.name, "mdi:alert", 12, color="red", tap_action=_to(pack))
        yield unless(shown, id, "none")
    yield tile(home.battery.ids.get("temperature_max"), "Hottest probe", "mdi:thermometer")
    yield tile(home.battery.ids.get("packs_heard"), f"Packs heard of {len(home.packs)}", "mdi:battery-check")
    yield tile(home.battery.ids.get("cell_voltage_min"), "Lowest cell", "mdi:arrow-collapse-down")
    yield tile(home.battery.ids.get("cell_voltage_max"), "Highest cell", "mdi:arrow-collapse-up")


_WORST = """\
<ha-alert alert-type="{{ 'warning' if is_state('<id>', 'warning') else 'error' }}">\
{{ state_attr('<id>', 'worst') or 'There is an alarm; the packs below tell which.' }}</ha-alert>
"""


def _pack(pack: Owner, few: bool) -> Card | None:
    """A pack in tiles; its heading leads to its view."""
    hottest = [*pack.numbered("battery_temperature_").values(), *pack.some("mosfet_temperature")]
    bar: Card = {"features": [{"type": "bar-gauge", "min": 0, "max": 100}], "features_position": "bottom"}
    more = (
        tile(pack.ids.get("cell_voltage_delta"), "Cell spread", "mdi:arrow-expand-vertical"),
        tile(hottest[0] if hottest else None, "Temperature", "mdi:thermometer"),
    )
    return section(
        heading(pack.name, "mdi:car-battery", pack.some("alarm_severity"), path=path_of(pack)),
        tile(pack.ids.get("state_of_charge"), "SoC", color="green", tap_action=_to(pack), **bar),
        tile(pack.ids.get("power"), "Power", "mdi:flash", color="amber", tap_action=_to(pack)),
        *(() if few else more),
    )


def _to(pack: Owner) -> Card:
    return {"action": "navigate", "navigation_path": path_of(pack)}


def path_of(pack: Owner) -> str:
    """Where the view of a pack is."""
    return f"pack-{pack.key}".replace("_", "-")


def _buses(home: Home) -> Card | None:
    rows: dict[str, str] = {}
    for bus in home.buses:
        if len(home.buses) > 1:
            rows[bus.name] = bus.name
        rows |= {
            id: name
            for key, name in (("role", "Role"), ("missing", "Missing"), ("load", "Load"))
            for id in bus.some(key)
        }
    return section(heading("Bus", "mdi:lan-connect"), listed(rows))
