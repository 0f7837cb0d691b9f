"""Writes the dashboard for Grafana that comes with the package: what is shown is stated here, once.

Run: .venv/bin/python tools/dashboard.py, or with --check to see whether the file is up to date.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "src" / "jkbus" / "dashboards" / "jkbus.json"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24  # columns of Grafana's grid
OF = '{bus=~"$bus", pack=~"$pack"}'
RATE = "[$__rate_interval]"

Panel = dict[str, Any]


def target(query: str, legend: str = "", instant: bool = False) -> Panel:
    found: Panel = {"datasource": SOURCE, "expr": query, "legendFormat": legend or "__auto"}
    return found | ({"instant": True, "range": False} if instant else {})


def panel(
    kind: str, title: str, unit: str, *targets: Panel, width: int = 12, height: int = 8, **more: Any
) -> Panel:
    """A panel without its place; `more` goes to the defaults of its fields, `options` to the panel."""
    options = more.pop("options", {})
    extra: Panel = {
        name: more.pop(name) for name in ("transformations", "description", "interval") if name in more
    }
    return {
        "type": kind,
        "title": title,
        "datasource": SOURCE,
        "targets": [{**one, "refId": chr(65 + number)} for number, one in enumerate(targets)],
        "fieldConfig": {"defaults": {"unit": unit, **more}, "overrides": []},
        "options": options,
        "gridPos": {"w": width, "h": height},
        **extra,
    }


def stat(title: str, unit: str, query: str, **more: Any) -> Panel:
    options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value", "graphMode": "area"}
    return panel("stat", title, unit, target(query), width=4, height=5, options=options, **more)


def curves(title: str, unit: str, *targets: Panel, **more: Any) -> Panel:
    legend = {"displayMode": "list", "placement": "bottom"}
    style = {"lineWidth": 1, "fillOpacity": more.pop("fill", 0), "drawStyle": more.pop("draw", "line")}
    options = {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}
    return panel("timeseries", title, unit, *targets, options=options, custom=style, **more)


def states(title: str, *targets: Panel, **more: Any) -> Panel:
    options = {"showValue": "never", "legend": {"displayMode": "list", "placement": "bottom"}}
    return panel("state-timeline", title, "none", *targets, options=options, **more)


def steps(*values: tuple[float | None, str]) -> Panel:
    found = [{"value": value, "color": color} for value, color in values]
    return {"mode": "absolute", "steps": found}


def moved(how: str, within: str) -> str:
    """kWh charged or discharged within a time."""
    return f"sum(increase(jkbus_pack_energy_{how}_joules_total{OF}[{within}])) / 3.6e6"


def battery() -> Iterator[Panel]:
    soc = steps((None, "red"), (0.1, "orange"), (0.2, "green"))
    bad = steps((None, "green"), (1, "red"))
    yield stat(
        "State of charge", "percentunit", "jkbus_battery_state_of_charge_ratio", min=0, max=1, thresholds=soc
    )
    yield stat("Power", "watt", "jkbus_battery_power_watts")
    yield stat("Voltage", "volt", "jkbus_battery_voltage_volts", decimals=2)
    yield stat("Packs heard", "none", "jkbus_battery_packs_heard")
    yield stat("Packs silent", "none", "jkbus_battery_packs - jkbus_battery_packs_heard", thresholds=bad)
    yield stat(
        "Packs with a problem", "none", "sum(jkbus_pack_problem" + OF + ") or vector(0)", thresholds=bad
    )
    power = target("jkbus_battery_power_watts", "battery")
    yield curves("Power (positive: charging)", "watt", power, fill=20)
    yield curves(
        "State of charge",
        "percentunit",
        target("jkbus_battery_state_of_charge_ratio", "battery"),
        target("jkbus_pack_state_of_charge_ratio" + OF, "{{pack}}"),
        min=0,
        max=1,
    )
    yield curves(
        "Energy per hour",
        "kwatth",
        target(moved("charged", "1h"), "charged"),
        target("-" + moved("discharged", "1h"), "discharged"),
        draw="bars",
        fill=60,
        interval="1h",
        width=16,
    )
    yield stat("Charged in this time", "kwatth", moved("charged", "$__range"), decimals=1)
    yield stat("Discharged in this time", "kwatth", moved("discharged", "$__range"), decimals=1)


COLUMNS = (
    ("SoC", "jkbus_pack_state_of_charge_ratio" + OF, "percentunit"),
    ("Voltage", "jkbus_pack_voltage_volts" + OF, "volt"),
    ("Current", "jkbus_pack_current_amperes" + OF, "amp"),
    ("Power", "jkbus_pack_power_watts" + OF, "watt"),
    ("Remaining Ah", "jkbus_pack_remaining_capacity_coulombs" + OF + " / 3600", "none"),
    ("Full Ah", "jkbus_pack_full_charge_capacity_coulombs" + OF + " / 3600", "none"),
    ("Spread", "jkbus_pack_cell_voltage_delta_volts" + OF, "volt"),
    ("Warmest", "max by (bus, pack) (jkbus_pack_temperature_celsius" + OF + ")", "celsius"),
    ("Cycles", "jkbus_pack_cycles_total" + OF, "none"),
    ("SoH", "jkbus_pack_state_of_health_ratio" + OF, "percentunit"),
    ("Alarms", "jkbus_pack_alarms" + OF, "none"),
    ("Age", "jkbus_pack_status_age_seconds" + OF, "s"),
)


def packs() -> Iterator[Panel]:
    targets = [{**target(query, instant=True), "format": "table"} for _, query, _ in COLUMNS]
    values = [f"Value #{chr(65 + number)}" for number in range(len(COLUMNS))]
    hidden = dict.fromkeys(("Time", "__name__", "instance", "job", "site"), True)
    order = {"bus": 0, "pack": 1} | {name: number for number, name in enumerate(values, 2)}
    names = {value: title for value, (title, _, _) in zip(values, COLUMNS, strict=True)}
    shown = {"excludeByName": hidden, "indexByName": order, "renameByName": names}
    transformations = [{"id": "merge", "options": {}}, {"id": "organize", "options": shown}]
    table = panel("table", "Packs", "none", *targets, width=24, height=9, transformations=transformations)
    table["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": title}, "properties": [{"id": "unit", "value": unit}]}
        for title, _, unit in COLUMNS
    ]
    yield table
    yield curves("Current", "amp", target("jkbus_pack_current_amperes" + OF, "{{pack}}"))
    yield curves("Voltage", "volt", target("jkbus_pack_voltage_volts" + OF, "{{pack}}"))
    share = "jkbus_pack_current_amperes" + OF + " / on() group_left() jkbus_battery_current_amperes"
    loaded = " and on() abs(jkbus_battery_current_amperes) > 5"
    yield curves("Share of the current (above 5 A)", "percentunit", target(share + loaded, "{{pack}}"))
    yield states(
        "MOSFETs (1: on)",
        target("jkbus_pack_charge_mosfet_on" + OF, "{{pack}} charge"),
        target("jkbus_pack_discharge_mosfet_on" + OF, "{{pack}} discharge"),
    )
    yield states("Alarms", target("jkbus_pack_alarm_active" + OF + " == 1", "{{pack}} {{alarm}}"), width=24)


def cells() -> Iterator[Panel]:
    yield curves(
        "Cells",
        "volt",
        target("jkbus_pack_cell_voltage_volts" + OF, "{{pack}} {{cell}}"),
        width=24,
        height=10,
    )
    yield curves(
        "Spread between cells", "volt", target("jkbus_pack_cell_voltage_delta_volts" + OF, "{{pack}}")
    )
    yield curves(
        "Lowest and highest cell",
        "volt",
        target("min(jkbus_pack_cell_voltage_min_volts" + OF + ")", "lowest"),
        target("max(jkbus_pack_cell_voltage_max_volts" + OF + ")", "highest"),
    )
    yield states("Balancing (1: on)", target("jkbus_pack_balancing_active" + OF, "{{pack}}"))
    yield panel(
        "bargauge",
        "Balance wires",
        "ohm",
        target("jkbus_pack_cell_wire_resistance_ohms" + OF, "{{pack}} {{cell}}", instant=True),
        options={"orientation": "vertical", "displayMode": "basic"},
        min=0,
    )


def temperatures() -> Iterator[Panel]:
    cells, board = 'sensor!="mosfet"', 'sensor="mosfet"'
    both = OF.removesuffix("}")
    for title, which in (("Cells", cells), ("MOSFETs", board)):
        query = f"jkbus_pack_temperature_celsius{both}, {which}}}"
        yield curves(f"{title}: temperature", "celsius", target(query, "{{pack}} {{sensor}}"))


LOST = {"bad_sums": "damaged reports", "collisions": "collisions", "doubted": "doubted reports"}


def buses() -> Iterator[Panel]:
    bus = '{bus=~"$bus"}'
    lost = [
        target(f"rate(jkbus_bus_{name}_total{bus}{RATE})", f"{{{{bus}}}} {title}")
        for name, title in LOST.items()
    ]
    yield curves("Age of the measurements", "s", target("jkbus_pack_status_age_seconds" + OF, "{{pack}}"))
    yield curves(
        "Load of the line", "percentunit", target("jkbus_bus_load_ratio" + bus, "{{bus}}"), min=0, max=1
    )
    yield curves("Reports", "reqps", target(f"rate(jkbus_bus_reports_total{bus}{RATE})", "{{bus}}"))
    yield curves("Noise", "Bps", target(f"rate(jkbus_bus_noise_bytes_total{bus}{RATE})", "{{bus}}"))
    yield curves("Disturbances", "cps", *lost)
    yield curves(
        "Unanswered requests", "cps", target(f"rate(jkbus_pack_timeouts_total{OF}{RATE})", "{{pack}}")
    )
    yield curves("Time to an answer", "s", target("jkbus_pack_latency_seconds" + OF, "{{pack}}"))
    yield states("Our role on the bus", target("jkbus_bus_role" + bus + " == 1", "{{bus}} {{role}}"))


ROWS = {"Battery": battery, "Packs": packs, "Cells": cells, "Temperatures": temperatures, "Buses": buses}


def placed() -> Iterator[Panel]:
    """All panels in rows, from left to right, with their places and ids."""
    number, top = 0, 0
    for title, panels in ROWS.items():
        number += 1
        place = {"x": 0, "y": top, "w": WIDTH, "h": 1}
        yield {
            "id": number,
            "type": "row",
            "title": title,
            "collapsed": False,
            "gridPos": place,
            "panels": [],
        }
        left, top, height = 0, top + 1, 0
        for one in panels():
            number += 1
            size = one["gridPos"]
            if left + size["w"] > WIDTH:
                left, top, height = 0, top + height, 0
            yield {"id": number, **one, "gridPos": {"x": left, "y": top, **size}}
            left, height = left + size["w"], max(height, size["h"])
        top += height


def variable(name: str, query: str) -> Panel:
    """A variable of the label values that a query gives; all of them at first."""
    return {
        "name": name,
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": query, "refId": name},
        "definition": query,
        "refresh": 2,
        "sort": 7,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def dashboard() -> Panel:
    source = {
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "refresh": 1,
    }
    return {
        "uid": "jkbus",
        "title": "JK-PB battery",
        "tags": ["jkbus", "battery"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "10s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "graphTooltip": 1,
        "annotations": {"list": []},
        "templating": {
            "list": [
                source,
                variable("bus", "label_values(jkbus_bus_reports_total, bus)"),
                variable("pack", 'label_values(jkbus_pack_online{bus=~"$bus"}, pack)'),
            ]
        },
        "panels": list(placed()),
    }


def main() -> None:
    text = json.dumps(dashboard(), indent=1, ensure_ascii=False) + "\n"
    stale = not FILE.exists() or FILE.read_text() != text
    if stale and "--check" not in sys.argv:
        FILE.write_text(text)
    print(
        f"dashboard: {'stale' if stale and '--check' in sys.argv else 'rewritten' if stale else 'up to date'}"
    )
    sys.exit(stale and "--check" in sys.argv)


if __name__ == "__main__":
    main()
