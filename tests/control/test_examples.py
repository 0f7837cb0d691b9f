"""Every documented and every captured write is reproduced byte for byte from what it means."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from jkbus.control.actions import plan_action
from jkbus.control.plan import Plan, Rejected, plan, present
from jkbus.control.settings import SETTINGS, Setting
from jkbus.control.values import Value, plain, raw_of
from jkbus.model.pack import Pack
from jkbus.protocol.frames import Frame
from jkbus.protocol.messages import acknowledgement
from material import records, table
from planning import dress, known_pack

NOW = datetime.fromisoformat("2026-01-01T12:00:00")
EXAMPLES = [
    (row, bytes.fromhex(frame), index)
    for row in table("writes")
    if row["example_frame"]
    for index, frame in enumerate(row["example_frame"].split("/"))
]
CAPTURES = ("modbus_official_examples", "modbus_phinix", "modbus_txubelaxu_writes")
WRITES = [
    (f"{capture}:{number}", record)
    for capture in CAPTURES
    for number, record in enumerate(records(capture), 1)
    if record["kind"] == "write"
]
TIMES = 0x1504
NOT_OURS = {
    **dict.fromkeys(range(0x1088, 0x10C8, 4), "resistance of a balance wire: nobody knows its unit"),
    0x14B2: "protocol of a port: the board refused it",
    0x14D4: "trigger of the buzzer: the board refused it",
    0x0004: "a register that does not exist: somebody's slip",
    0x1118: "smart sleep after 0 h: below the vendor's range of 1 to 100 h",
}
SLIP = 0x1078  # the document shows the acknowledgement of a request here


def by_register(register: int) -> list[Setting]:
    return [setting for setting in SETTINGS.values() if setting.register == register]


def other(setting: Setting, value: Value) -> Value:
    """A value beside this one, so that there is something to change."""
    if setting.switch:
        return not value
    raw = raw_of(setting, value)
    return plain(setting, raw + 1 if raw + 1 <= raw_of(setting, setting.high) else raw - 1)


def documented(row: dict[str, str], index: int) -> tuple[Plan, Value]:
    """The plan for an example of the table, and the value it must reach."""
    shown: dict[str, Any]
    name = row["name"]
    if row["example_value"].startswith("toggle"):
        before, after = (int(word, 16) for word in row["example_value"].split()[2::2])
        shown = {"settings_switches": before}
        wish: Value = bool(after >> int(row["bit"]) & 1)
    elif row["example_value"] == "on / off":
        wish = index == 0
        shown = {name: not wish}
    else:
        wish = float(row["example_value"])
        shown = {name: other(SETTINGS[name], wish)}
    return plan(known_pack(**shown), {name: wish}), wish


@pytest.mark.parametrize(
    ("row", "frame", "index"),
    [
        (row, frame, index)
        for row, frame, index in EXAMPLES
        if row["name"] in SETTINGS and row["register"] != "0x1504"
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else None,
)
def test_an_example_of_the_table_is_written_so(row: dict[str, str], frame: bytes, index: int) -> None:
    made, wish = documented(row, index)
    assert [step.data for step in made.steps] == [frame]
    assert [change.new for change in made.changes] == [wish]


def test_both_times_are_written_as_the_table_has_it() -> None:
    frame = next(frame for row, frame, _ in EXAMPLES if row["register"] == "0x1504")
    wishes = {"requested_charge_voltage_time": "1.0 h", "requested_float_voltage_time": "8.0 h"}
    pack = known_pack(requested_charge_voltage_time=0.5, requested_float_voltage_time=2)
    assert [step.data for step in plan(pack, wishes).steps] == [frame]


def test_calibrations_and_emergency_are_written_as_the_table_has_it() -> None:
    frames = {row["name"]: frame for row, frame, _ in EXAMPLES if row["name"] not in SETTINGS}
    pack = known_pack(battery_voltage=53.0, battery_current=9.8)
    made = {
        "command_voltage_calibration": plan_action(pack, "calibrate_voltage", "53.2 V", NOW),
        "command_current_calibration": plan_action(pack, "calibrate_current", "10", NOW),
        "emergency_countdown": plan_action(pack, "emergency_start", "", NOW),
    }
    assert {name: made[name].steps[0].data for name in frames} == frames


def test_what_has_no_register_is_refused() -> None:
    assert [row["name"] for row in table("writes") if not row["example_frame"]] == ["precharge_active"]
    with pytest.raises(Rejected, match="no register of the board switches it"):
        plan(known_pack(), {"precharge_active": "on"})


def take(pack: Pack, data: bytes) -> None:
    """Let the reports of a pack show what a write says."""
    register = data[2] << 8 | data[3]
    frame: Frame | None = pack.about if register >= TIMES else pack.settings
    assert frame is not None and isinstance(frame.data, bytearray)
    payload = bytearray(frame.registers())
    start = register - frame.block
    payload[start : start + len(data) - 9] = data[7:-2]
    frame.data[6:-1] = type(frame).from_registers(payload).data[6:-1]


def pack_after(data: bytes) -> Pack:
    """A pack with the limits of the maker's examples, which fit together, after one more write."""
    pack = known_pack(data[0])
    for record in records("modbus_official_examples"):
        if record["kind"] == "write":
            take(pack, record["data"])
    take(pack, data)
    return pack


OURS = [(id, record) for id, record in WRITES if int(record["register"], 16) not in NOT_OURS]


@pytest.mark.parametrize("record", [record for _, record in OURS], ids=[id for id, _ in OURS])
def test_a_captured_write_is_reproduced_from_what_it_means(record: dict[str, Any]) -> None:
    data = record["data"]
    after = present(pack_after(data))
    for setting in by_register(data[2] << 8 | data[3]):
        pack = pack_after(data)
        dress(pack, {setting.name: other(setting, after[setting.name])})
        said = (record.get("expected") or {}).get("value")
        wish = after[setting.name] if said is None or setting.switch else said
        assert [step.data for step in plan(pack, {setting.name: wish}).steps] == [data]


def test_every_captured_write_is_ours_or_named_here_with_a_reason() -> None:
    theirs = {int(record["register"], 16) for _, record in WRITES} - {s.register for s in SETTINGS.values()}
    assert theirs | {0x1118} == NOT_OURS.keys()
    with pytest.raises(Rejected, match="0 h is not within 1 h to 100 h"):
        plan(known_pack(), {"smart_sleep_delay": 0})


def test_the_makers_acknowledgements_are_the_ones_we_expect() -> None:
    document = records("modbus_official_examples")
    pairs = [(a, b) for a, b in pairwise(document) if a["kind"] == "write" and b["kind"] == "ack"]
    assert len(pairs) == 51
    for write, ack in pairs:
        data = write["data"]
        register = data[2] << 8 | data[3]
        if register != SLIP:
            assert ack["data"] == acknowledgement(data[0], register, data[5])
