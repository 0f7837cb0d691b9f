"""A state folder with a past: two days of two packs, and some alarms, all of it known."""

import time
from collections.abc import Iterator
from pathlib import Path

from jkbus.alarms import Entry, Subject
from jkbus.alarms.store import Store as Journal
from jkbus.history.store import Sample, Store
from jkbus.history.whole import KEY, Whole
from jkbus.model.alarms import ALARMS, Alarm
from living import Site, site
from remembering import HOUR, keep, settings, settle, status

HOURS = 48
STEP = 60  # s between two reports
SILENT = range(20, 23)  # hours in which nothing was heard
VOLTS, AMPERES = 50.0, 20.0  # 1 kW in for six hours, then out for six
KEYS = {"rs485-bms1": "rs485-bms1", "rs485-bms2": "rs485-bms2"}


def lived(folder: Path) -> Site:
    """A configuration whose packs have a past that ends now."""
    here = site(folder)
    here.state.mkdir()
    end = time.time()
    store = Store(here.state / "history.sqlite")
    start = end // HOUR * HOUR - HOURS * HOUR
    plate = {"design_capacity": 280.0, "cell_overvoltage_protection_voltage": 3.65, "cell_count_setting": 16}
    first, then = (settings(charge_current_limit=limit, **plate) for limit in (100.0, 80.0))
    store.write([Sample(key, round(start * 1000), first) for key in KEYS], KEYS)
    store.write([Sample("rs485-bms1", round((start + 24 * HOUR) * 1000), then)])
    keep(store, samples(start, end))
    settle(store, end)
    store.close()
    journal(here.state / "alarms.sqlite", end)
    return here


def samples(start: float, end: float) -> Iterator[Sample]:
    """Reports of both packs and of the battery."""
    at = start
    while at < end:
        hour = (at - start) // HOUR
        amperes = AMPERES if hour // 6 % 2 == 0 else -AMPERES
        cells = (3.125,) * 15 + (3.1,)
        if hour not in SILENT:
            report = status(VOLTS, amperes, cells, state_of_charge=int(50 + hour), charge_mosfet_on=1)
            yield from (Sample(key, round(at * 1000), report) for key in KEYS)
            whole = Whole.blank()
            whole.battery_voltage, whole.battery_current = VOLTS, 2 * amperes
            whole.power = VOLTS * 2 * amperes
            yield Sample(KEY, round(at * 1000), whole.sealed())
        at += STEP


def alarm(name: str) -> Alarm:
    """An alarm of the boards."""
    return next(one for one in ALARMS if one.name == name)


def journal(file: Path, now: float) -> None:
    """Four alarms: one stands, two are over, one is a remark."""
    one, two = Subject("pack", "rs485-bms1", "rs485-bms1"), Subject("pack", "rs485-bms2", "rs485-bms2")
    before = {"battery_current": -20.0, "cell_voltage_min": 3.1, "cell_voltage_min_cell": 7}
    during = {"battery_current": 0.0, "cell_voltage_min": 2.651, "cell_voltage_min_cell": 7}
    day = now - 24 * HOUR
    wire, cold = alarm("alarm_wire_resistance"), alarm("alarm_charge_undertemperature")
    full, under = alarm("alarm_cell_overvoltage_or_full"), alarm("alarm_cell_undervoltage")
    entries = [
        Entry(1, one, wire, "that of cell 3 has 0.250 Ω", day, day + 90, went=day + 90, count=3),
        Entry(2, two, cold, "", day + 600, day + 700, went=day + 4000, closed_by="pi (command line)"),
        Entry(3, two, full, "", day + 800, day + 900),
        Entry(4, one, under, "cell 7 has 2.651 V", now - 300, now - 5, before=before, during=during),
    ]
    store = Journal(file)
    store.load()
    store.put(entries, {})
    store.save()
    store.close()
