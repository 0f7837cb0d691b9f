"""The documents of the page: what they say, and that each has the shape which its schema promises."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from pydantic import TypeAdapter

from conversation import Conversation, answer
from jkbus.alarms import Entry, pack_subject
from jkbus.alarms.findings import PACK_SILENT
from jkbus.alarms.summary import summary as summed
from jkbus.bus.bus import Bus as Line
from jkbus.config import BusConfig, PackConfig, SecretUrl
from jkbus.control.settings import SETTINGS
from jkbus.model.battery import Battery as Packs
from jkbus.model.energy import Energy
from jkbus.model.identity import Identities
from jkbus.model.pack import SILENT, Pack
from jkbus.outputs.totals import totals
from jkbus.protocol import About, Settings, Status
from jkbus.web.documents import battery as batteries
from jkbus.web.documents import buses, entries, packs, settings
from jkbus.web.documents.battery import Battery
from jkbus.web.documents.numbers import encoded, rounded
from jkbus.web.documents.pack import Detail, cells, detail
from jkbus.web.documents.packs import Summary, summary
from jkbus.web.documents.settings import Fleet, Judged, fleet
from planning import known_pack

ALARM = Entry(7, pack_subject("jk_1", "Pack 1"), PACK_SILENT, "nothing heard", came=1e9, seen=1e9 + 5)


def shaped(kind: Any, document: Any) -> Any:
    """The document as a program gets it, which has the shape of that kind and no more."""
    plain = json.loads(encoded(document))
    checked = TypeAdapter(kind).validate_python(plain, extra="forbid")
    assert json.loads(encoded(checked)) == plain
    return plain


def charging(amperes: float = 10.0, **values: Any) -> Pack:
    pack = known_pack(battery_current=amperes, remaining_capacity=140.0, full_charge_capacity=280.0, **values)
    pack.heard_at = {"status": 90.0, "settings": 80.0, "about": 10.0}
    return pack


def whole(*found: Pack, current: float | None = None, standing: tuple[Entry, ...] = ()) -> Any:
    sums = totals(found)
    return shaped(
        Battery,
        batteries.battery(
            sums, Energy(5.0, 4.0), None, batteries.outlook(sums, current), summed(standing), 1e9
        ),
    )


def test_a_battery_of_which_nothing_is_heard_tells_null_and_never_0() -> None:
    told = whole()
    numbers = {name for name, value in told.items() if value == 0}
    assert numbers == {"packs", "heard"}
    assert told["state_of_charge"] is told["power"] is told["remaining_capacity"] is told["today"] is None
    assert told["alarms"] == {"standing": 0, "worst": None, "unacknowledged": 0}


def test_a_battery_is_the_sum_of_the_packs_that_are_heard() -> None:
    one, other, silent = charging(), charging(), charging()
    silent.state = SILENT
    told = whole(one, other, silent, standing=(ALARM,))
    assert (told["packs"], told["heard"], told["battery_current"]) == (3, 2, 20.0)
    assert (told["remaining_capacity"], told["full_charge_capacity"]) == (280.0, 560.0)
    assert told["alarms"] == {"standing": 1, "worst": "warning", "unacknowledged": 1}


@pytest.mark.parametrize(
    ("current", "to", "hours"),
    [(10.0, "full", 14.0), (-20.0, "empty", 7.0), (-0.05, None, 0), (0.0, None, 0)],
)
def test_the_outlook_goes_by_what_is_missing_or_left(current: float, to: str | None, hours: float) -> None:
    outlook = whole(charging(), current=current)["outlook"]
    assert outlook == (None if to is None else {"to": to, "seconds": hours * 3600})


def test_a_full_battery_that_is_charged_is_full_at_once() -> None:
    pack = charging()
    assert pack.status is not None
    pack.status.remaining_capacity = 285.0
    assert whole(pack, current=5.0)["outlook"] == {"to": "full", "seconds": 0}


def test_a_tile_tells_the_extremes_and_who_they_are() -> None:
    volts = [3.3] * 16 + [None] * 16
    volts[2], volts[11] = 3.21, 3.4
    told = shaped(Summary, summary(charging(cell_voltage=volts), 92.5, settable=True))
    values = told["values"]
    assert (values["cell_voltage_min"], values["cell_min_number"]) == (3.21, 3)
    assert (values["cell_voltage_max"], values["cell_max_number"]) == (3.4, 12)
    assert (len(told["cells"]), told["age_s"], told["available"]) == (16, 2.5, True)
    assert told["values"]["temperature_max_of"] in ("MOSFET temperature", "Temperature 1")
    assert (values["power"] > 0, values["charging"], values["balancing"]) == (True, True, False)


def test_a_pack_of_which_only_the_settings_are_heard_has_no_values() -> None:
    pack = Pack("bus1", 3, "bus1 pack 3", settings=known_pack().settings)
    told = shaped(Summary, summary(pack, 1.0, settable=False))
    assert set(told["values"].values()) == {None}
    assert (told["key"], told["age_s"], told["available"], told["cells"]) == ("bus1/3", None, False, [])


def test_a_silent_pack_keeps_its_last_values_and_its_alarm() -> None:
    pack = charging()
    pack.state = SILENT
    told = shaped(Summary, summary(pack, 700.0, settable=False, standing=[ALARM]))
    assert (told["available"], told["state"], told["age_s"]) == (False, "silent", 610.0)
    assert told["values"]["battery_current"] == 10.0
    assert [alarm["name"] for alarm in told["alarms"]] == [PACK_SILENT.name]


def test_alarms_come_worst_first_and_once_each() -> None:
    pack = charging(alarms=1 << 11 | 1 << 4)
    told = shaped(Summary, summary(pack, 91.0, settable=True, standing=[ALARM]))
    assert [alarm["severity"] for alarm in told["alarms"]] == ["protection", "warning", "info"]


@pytest.mark.parametrize(
    ("state", "number", "direction"),
    [(1, 3, "charging"), (2, 12, "discharging"), (0, None, None), (3, None, None)],
)
def test_the_balancer_works_on_the_cell_that_the_board_calls_the_extreme(
    state: int, number: int | None, direction: str | None
) -> None:
    pack = charging(balancing_state=state, cell_voltage_min_index=2, cell_voltage_max_index=11)
    found = {cell["number"]: cell["balancing"] for cell in cells(pack.status) if cell["balancing"]}
    assert found == ({} if number is None else {number: direction})


def test_a_cell_at_zero_volts_is_still_a_cell() -> None:
    pack = charging(cell_voltage=[0.0, *[3.3] * 15, *[None] * 16])
    told = shaped(Detail, detail(pack, 91.0, settable=True))
    assert (len(told["cells"]), told["cells"][0]["voltage"]) == (16, 0.0)
    assert told["values"]["cell_min_number"] == 1


def test_probes_are_told_with_the_bands_that_protect_them() -> None:
    pack = charging(
        charge_undertemperature_protection=2.0,
        charge_overtemperature_protection=60.0,
        discharge_overtemperature_protection=65.0,
        mosfet_overtemperature_protection=100.0,
    )
    bands = {
        probe["name"]: probe["band"] for probe in shaped(Detail, detail(pack, 91.0, True))["temperatures"]
    }
    assert bands["battery_temperature_1"] == {"charge": [2.0, 60.0], "discharge": [None, 65.0]}
    assert bands["mosfet_temperature"] == {"charge": [None, 100.0], "discharge": [None, 100.0]}


def test_a_probe_has_no_band_before_the_settings_are_heard_or_where_it_is_ignored() -> None:
    pack = charging()
    assert pack.settings is not None
    pack.settings.temperature_sensors_disabled = True
    told = {probe["name"]: probe["band"] for probe in detail(pack, 91.0, True)["temperatures"]}
    assert (told["battery_temperature_1"], told["mosfet_temperature"] is None) == (None, False)
    pack.settings = None
    assert {probe["band"] is None for probe in detail(pack, 91.0, True)["temperatures"]} == {True}


def test_a_pack_in_full_tells_every_value_in_its_group_and_no_secret() -> None:
    pack = charging()
    assert pack.about is not None
    pack.about.device_password, pack.about.setup_password = "483920", "771166"
    line = Line(name="roof")
    conversation = Conversation(line)
    conversation.hear(answer(1, 2))
    told = shaped(Detail, detail(pack, 91.0, True, recent=[ALARM], node=line.nodes[1]))
    groups = {group["name"]: [row["key"] for row in group["rows"]] for group in told["groups"]}
    assert list(groups) == [
        "status", "cells", "temperatures", "alarms", "counters", "settings", "info", "gateway",
    ]  # fmt: skip
    assert "serial_number" in groups["info"]
    assert "483920" not in json.dumps(told) and "771166" not in json.dumps(told)
    assert [switch["name"] for switch in told["switches"]][:2] == ["charge_enabled", "charge_mosfet_on"]
    assert (told["recent"][0]["id"], told["recent"][0]["pack"]) == (7, "Pack 1")


def test_a_pack_that_has_told_nothing_yet_is_a_document_too() -> None:
    told = shaped(Detail, detail(Pack("bus1", 3, "bus1 pack 3"), 1.0, settable=False))
    assert (told["cells"], told["switches"], told["cell_voltage_average"]) == ([], [], None)
    assert {row["value"] for row in told["settings"]} == {None}


def test_settings_say_what_they_may_be() -> None:
    rows = {row["name"]: row for row in detail(charging(), 91.0, True)["settings"]}
    ovp, charge = rows["cell_overvoltage_protection_voltage"], rows["charge_enabled"]
    assert (ovp["min"], ovp["max"], ovp["step"], ovp["unit"], ovp["group"]) == (1.2, 4.4, 0.001, "V", "cells")
    assert (charge["kind"], charge["min"], charge["value"], charge["group"]) == (
        "switch",
        None,
        True,
        "charging",
    )
    assert rows["balancing_current_limit"]["max"] == 2.0
    assert rows["discharge_enabled"]["cautions"] == [
        "off: everything that lives on this pack goes dark at once"
    ]
    assert rows.keys() <= SETTINGS.keys()


def test_packs_stand_side_by_side_and_differences_are_marked() -> None:
    one, other = charging(charge_current_limit=100.0), charging(charge_current_limit=50.0)
    other.key, other.about = "jk_2", None
    told = shaped(Fleet, fleet([Judged(one, ""), Judged(other, "Pack 2: changes are switched off")]))
    rows = {row["name"]: row for row in told["rows"]}
    assert rows["charge_current_limit"]["values"] == {"jk_1": 100.0, "jk_2": 50.0}
    assert rows["charge_current_limit"]["differs"] and not rows["charge_enabled"]["differs"]
    assert [pack["settable"] for pack in told["packs"]] == [True, False]
    assert rows["requested_charge_voltage_time"]["values"]["jk_2"] is None
    assert shaped(Fleet, fleet([]))["packs"] == []


def test_a_bus_tells_who_is_silent_and_what_is_wrong() -> None:
    line, battery = Line(name="bus1"), Packs(Identities([], {}))
    conversation = Conversation(line)
    conversation.hear(answer(1, 2))
    for event in conversation.events:
        battery.apply("bus1", event)
    fine = shaped(buses.Bus, buses.bus(line, "/dev/ttyUSB0", battery, conversation.now))
    assert (fine["silent"], fine["connected"], fine["reports"]) == ([], True, 1)
    before = len(conversation.events)
    conversation.pass_(60.0)
    for event in conversation.events[before:]:
        battery.apply("bus1", event)
    told = shaped(buses.Bus, buses.bus(line, "/dev/ttyUSB0", battery, conversation.now, "it was unplugged"))
    assert [(pack["address"], pack["name"]) for pack in told["silent"]] == [(1, "bus1 pack 1")]
    assert told["silent"][0]["for_s"] == pytest.approx(60.0, abs=0.2)
    assert (told["connected"], told["problem"]) == (False, "it was unplugged")


def test_a_bus_tells_whom_the_configuration_names_and_nobody_has_heard() -> None:
    named = (PackConfig(name="garage", address=1), PackConfig(name="attic", serial="12345"))
    line, battery = (
        Line(name="bus1"),
        Packs(Identities((BusConfig(link=SecretUrl("sim:2"), name="bus1", packs=named),), {})),
    )
    conversation = Conversation(line)
    conversation.hear(answer(1, 2))
    for event in conversation.events:
        battery.apply("bus1", event)
    told = shaped(buses.Bus, buses.bus(line, "sim:2", battery, conversation.now, named=named))
    assert told["awaited"] == [{"address": None, "name": "attic"}]


def test_an_alarm_is_told_as_in_the_journal() -> None:
    (told,) = shaped(entries.Standing, entries.standing([ALARM]))["standing"]
    assert (told["pack"], told["title"], told["went"]) == ("Pack 1", PACK_SILENT.title, None)


def test_what_is_no_number_is_null() -> None:
    assert (
        encoded({"a": [math.nan, math.inf, 1.5], "b": {"c": -math.inf}})
        == b'{"a":[null,null,1.5],"b":{"c":null}}'
    )
    assert rounded(math.nan, 2) is None
    assert encoded("°\ud800") == '"°\\ud800"'.encode()


def test_a_report_of_nothing_but_ones_is_a_document() -> None:
    told_all(b"\xff" * 293)


@settings_of_hypothesis(max_examples=60, deadline=None)
@given(st.binary(min_size=293, max_size=293))
def test_any_bytes_that_passed_the_checksum_by_chance_are_a_document(payload: bytes) -> None:
    told_all(payload)


def told_all(payload: bytes) -> None:
    """Every document of a pack whose three reports hold these bytes."""
    pack = Pack("bus1", 3, "bus1 pack 3", key="odd")
    for frame in (Status, Settings, About):
        blank = frame.blank()
        assert isinstance(blank.data, bytearray)
        blank.data[6:-1] = payload
        setattr(pack, frame.kind, blank)
    shaped(Summary, packs.summary(pack, 1.0, True))
    shaped(Detail, detail(pack, 1.0, True))
    shaped(Fleet, settings.fleet([Judged(pack, "")]))
    whole(pack, current=1.0)
