"""The first view: the battery as a whole, and each pack in a few tiles."""

from .cards import (
    WHOLE,
    Card,
    View,
    days,
    filled,
    gauge,
    heading,
    history,
    section,
    text,
    tile,
    to,
    today,
    unless,
    view,
)
from .home import Home, Owner

PATH = "overview"
_MANY = 8  # packs from which on a pack is told in fewer tiles
_ENERGIES = (("Charged", "energy_charged"), ("Discharged", "energy_discharged"))
_WORST = """\
<ha-alert alert-type="{{ 'warning' if is_state('<id>', 'warning') else 'error' }}">\
{{ state_attr('<id>', 'worst') or 'There is an alarm; the packs below tell which.' }}</ha-alert>
"""


def overview(home: Home) -> View | None:
    """All packs at a glance."""
    whole = _battery(home), _lately(home), _energy(home), _alarms(home)
    packs = [_pack(pack, few=len(home.packs) > _MANY) for pack in home.packs]
    return view("Overview", PATH, *whole, *packs, _buses(home))


def _battery(home: Home) -> Card | None:
    ids = home.battery.ids
    return section(
        heading("Battery", "mdi:home-battery", ids.get("alarm_severity")),
        gauge(ids.get("state_of_charge"), "State of charge"),
        tile(ids.get("power"), "Power", "mdi:flash", color="amber"),
        tile(ids.get("remaining_capacity"), "Remaining", "mdi:battery-clock", color="green"),
        tile(ids.get("battery_voltage"), "Voltage", "mdi:sine-wave"),
        tile(ids.get("battery_current"), "Current", "mdi:current-dc"),
        tile(ids.get("cell_voltage_min"), "Lowest cell", "mdi:arrow-collapse-down"),
        tile(ids.get("cell_voltage_max"), "Highest cell", "mdi:arrow-collapse-up"),
        tile(ids.get("temperature_max"), "Hottest probe", "mdi:thermometer"),
        tile(ids.get("packs_heard"), f"Heard of {len(home.packs)} packs", "mdi:battery-check"),
    )


def _lately(home: Home) -> Card | None:
    """Power and charge of the last day; of each pack where the battery is not told."""
    lines = (_lines(home, "power", "Power"), _lines(home, "state_of_charge", "State of charge"))
    return section(heading("Last 24 hours", "mdi:chart-line"), *(history(line, rows=4) for line in lines))


def _lines(home: Home, key: str, name: str) -> dict[str, str]:
    packs = {id: pack.name for pack in home.packs for id in pack.some(key)}
    return dict.fromkeys(home.battery.some(key), name) or packs


def _energy(home: Home) -> Card | None:
    ids = home.battery.ids
    return section(
        heading("Energy today", "mdi:chart-bar"),
        today(ids.get("energy_charged"), "Charged", "mdi:battery-arrow-up"),
        today(ids.get("energy_discharged"), "Discharged", "mdi:battery-arrow-down"),
        days(
            {id: name for name, key in _ENERGIES for id in home.battery.some(key)}, "change", "By day, in kWh"
        ),
    )


def _alarms(home: Home) -> Card | None:
    """How bad it is, the sentence of the worst, and whose alarms there are."""
    severity = home.battery.ids.get("alarm_severity")
    worst = None if severity is None else text(filled(_WORST, id=severity))
    packs = (unless(_alarm(pack), pack.ids.get("alarm_text"), "none") for pack in home.packs)
    return section(
        heading("Alarms", "mdi:shield-alert"),
        tile(severity, "Worst", "mdi:shield-check"),
        tile(home.battery.ids.get("alarm"), "Changed", "mdi:bell"),
        unless(worst, severity, "none"),
        *packs,
    )


def _alarm(pack: Owner) -> Card | None:
    look: Card = {"color": "orange", "tap_action": to(path_of(pack))}
    return tile(pack.ids.get("alarm_text"), pack.name, "mdi:alert", WHOLE, **look)


def _pack(pack: Owner, few: bool) -> Card | None:
    """A pack in tiles; its heading leads to its view."""
    ids, probes = pack.ids, list(pack.numbered("battery_temperature_").values())
    bar: Card = {"features": [{"type": "bar-gauge", "min": 0, "max": 100}], "features_position": "inline"}
    bar |= {"color": "green", "tap_action": to(path_of(pack))}
    more = (
        tile(probes[0] if probes else ids.get("mosfet_temperature"), "Temperature", "mdi:thermometer"),
        tile(ids.get("battery_voltage"), "Voltage", "mdi:sine-wave"),
    )
    return section(
        heading(pack.name, "mdi:car-battery", ids.get("alarm_severity"), path_of(pack)),
        tile(ids.get("state_of_charge"), "SoC", "", WHOLE, **bar),
        tile(ids.get("power"), "Power", "mdi:flash", color="amber"),
        tile(ids.get("cell_voltage_delta"), "Cell spread", "mdi:arrow-expand-vertical"),
        *(() if few else more),
    )


def path_of(pack: Owner) -> str:
    """Where the view of a pack is."""
    return f"pack-{pack.key}".replace("_", "-")


def _buses(home: Home) -> Card | None:
    """How the buses do, and what they lack."""
    cards: list[Card | None] = []
    for bus in home.buses:
        cards += [
            tile(bus.ids.get("role"), f"Role on {bus.name}", "mdi:account-voice"),
            tile(bus.ids.get("load"), "Load", "mdi:gauge"),
        ]
        missing = bus.ids.get("missing", "")
        told = text(filled("**Missing on <name>:** {{ states('<id>') }}", name=bus.name, id=missing))
        cards.append(unless(told, missing or None, "nothing"))
    return section(heading("Bus", "mdi:lan-connect"), *cards)
