"""`history`: what was measured, listed, drawn, exported and added up."""

import csv
import json
import time
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from jkbus.cli import charting, exporting
from jkbus.cli.spans import Span
from jkbus.history.curves import Curve
from jkbus.history.series import series_of
from jkbus.protocol import Status
from keepsakes import AMPERES, HOURS, SILENT, VOLTS, lived
from living import Site, gateway, site
from remembering import HOUR
from shell import Ended

Command = Callable[..., Ended]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Two packs with a past of two days."""
    return lived(tmp_path_factory.mktemp("past"))


@pytest.fixture
def history(past: Site, hurried: Command) -> Command:
    """Runs `jkbus history`."""
    return lambda *arguments: hurried("history", *arguments, "--config", str(past.config))


def test_every_pack_is_listed_with_the_time_that_is_known(history: Command) -> None:
    done = history("list")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["rs485-bms1", "rs485-bms2", "battery"]
    assert "history.sqlite: 0." in done.out and "every report for 14 d, minutes for 180 d" in done.out
    listed = [json.loads(line) for line in history("list", "--json").out.splitlines()]
    assert [one["name"] for one in listed] == ["rs485-bms1", "rs485-bms2", "battery"]
    assert datetime.fromisoformat(listed[0]["first"]).tzinfo is not None


def test_the_names_are_listed_with_their_units(history: Command) -> None:
    out = history("names", "rs485-bms1").out
    assert "battery_voltage  V" in out and "charge_current_limit  A" in out
    assert "packs_heard" in history("names", "battery").out
    assert "state_of_charge" in json.loads(history("names", "battery", "--json").out)["names"]


def test_a_plot_tells_name_unit_extremes_and_when(history: Command) -> None:
    done = history(
        "show", "rs485-bms1", "battery_current,charge_mosfet_on,charge_current_limit", "--last", "47h"
    )
    assert done.code == 0
    assert "battery_current of rs485-bms1 in A" in done.out
    assert "lowest -20.00 A (" in done.out and "highest 20.00 A (" in done.out
    assert "always on" in done.out
    assert "lowest 80.00 A" in done.out and "highest 100.00 A" in done.out
    assert max(map(len, done.out.splitlines())) <= 120


def test_a_plot_fits_80_columns_and_needs_no_colours() -> None:
    file = StringIO()
    console = Console(file=file, width=80)
    series = series_of(Status)["battery_voltage"]
    times = tuple(1e9 + 60 * minute for minute in range(60))
    curve = Curve(series.name, series.unit, 60.0, times, (51.234,) * 60, (52.345,) * 60, (53.456,) * 60)
    span = Span(1e9, 1e9 + 3600)
    charting.show_plots(console, {"name": "rs485-bms1"}, [series], [curve], span)
    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80 and "\x1b" not in file.getvalue()
    assert "lowest 51.234 V (" in lines[-2]


def test_a_table_has_a_row_for_each_time(history: Command) -> None:
    arguments = ("show", "rs485-bms1", "battery_current", "--last", "12h", "--table", "--points", "5")
    lines = history(*arguments).out.splitlines()
    assert lines[0].split() == ["time", "lowest", "battery_current", "A", "highest"]
    assert 5 <= len(lines) - 1 <= 6
    several = history("show", "rs485-bms1", "battery_current,state_of_charge", "--last", "12h", "--table").out
    assert several.splitlines()[0].split() == ["time", "battery_current", "A", "state_of_charge", "%"]


def test_programs_get_an_object_a_value(history: Command) -> None:
    done = history("show", "battery", "power,battery_voltage", "--last", "6h", "--json")
    power, voltage = map(json.loads, done.out.splitlines())
    assert (power["name"], power["unit"], power["pack"]) == ("power", "W", "battery")
    assert set(voltage["mean"]) == {VOLTS}
    assert len(power["times"]) == len(power["low"]) == len(power["high"])


def test_a_time_of_which_nothing_is_known_is_told(history: Command) -> None:
    done = history("show", "rs485-bms1", "power", "--from", "2020-01-01", "--to", "2020-01-02")
    assert done.code == 0 and done.out.startswith("nothing is known of rs485-bms1 from 2020-01-01 00:00")


def test_energy_is_added_up_by_day_and_what_was_not_heard_is_told(history: Command) -> None:
    done = history("energy", "rs485-bms1", "--by", "hour", "--last", "50h", "--json")
    rows = [json.loads(row) for row in done.out.splitlines()]
    kilowatts = VOLTS * AMPERES / 1000
    heard = [hour for hour in range(HOURS) if hour not in SILENT]
    charged = sum(kilowatts for hour in heard if hour // 6 % 2 == 0)
    running = (time.time() % HOUR) / HOUR * kilowatts
    assert sum(row["charged"] for row in rows) == pytest.approx(charged + running, abs=0.1)
    assert len([row for row in rows if not row["known"]]) == len(SILENT)
    shown = history("energy", "rs485-bms1", "--by", "hour", "--last", "50h").out
    assert shown.count(" 1 h") == len(SILENT) and "together" in shown
    days = history("energy").out
    assert days.startswith("energy of battery\n") and "in kWh" in days and "came out again" not in days


def test_a_spreadsheet_gets_times_with_zone_and_a_row_a_minute(history: Command, tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    done = history("export", "all", "battery_voltage,power", "--last", "12h", "--output", str(file))
    assert (done.code, done.err) == (0, "")
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    assert done.out == f"{file} holds {len(rows)} rows of rs485-bms1 and rs485-bms2\n"
    assert list(rows[0]) == [
        *("time", "pack", "battery_voltage_min", "battery_voltage", "battery_voltage_max"),
        *("power_min", "power", "power_max"),
    ]
    assert datetime.fromisoformat(rows[0]["time"]).utcoffset() is not None
    assert rows[0]["battery_voltage"] == "50" and abs(len(rows) - 2 * 12 * 60) <= 4
    again = history("export", "all", "power", "--output", str(file))
    assert again.code == 2 and "is there already; nothing was changed" in again.err
    assert not list(tmp_path.glob("*.part"))


def test_every_report_can_be_exported(history: Command, tmp_path: Path) -> None:
    file = tmp_path / "raw.csv"
    assert history("export", "rs485-bms1", "all", "--last", "2h", "--raw", "--output", str(file)).code == 0
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    assert abs(len(rows) - 120) <= 2
    assert rows[0]["cell_voltage_16"] == "3.1" and "cell_voltage_17" not in rows[0]
    assert rows[0]["time"][19:23] == ".000" or "." in rows[0]["time"]


def test_data_tools_get_parquet(history: Command, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "day.parquet"
    done = history("export", "rs485-bms1,battery", "power", "--last", "12h", "--output", str(file))
    assert done.code == 0
    table = parquet.read_table(file)
    assert table.column_names == ["time", "pack", "power_min", "power", "power_max"]
    assert str(table.schema.field("time").type) == "timestamp[ms, tz=UTC]"
    assert set(table["pack"].to_pylist()) == {"rs485-bms1", "battery"}
    assert set(map(abs, table["power"].to_pylist())) == {VOLTS * AMPERES, 2 * VOLTS * AMPERES}


def test_without_pyarrow_the_command_says_how_to_get_it(
    history: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(exporting, "import_module", missing)
    file = tmp_path / "day.parquet"
    done = history("export", "all", "power", "--output", str(file))
    assert done.code == 1 and "`pip install 'jkbus[parquet]'` brings it, and .csv works without" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments, code, sentence",
    [
        (["show", "bms1", "power"], 2, "bms1: has no history; "),
        (["show", "rs485-bms3", "power"], 2, "rs485-bms3: has no history; did you mean rs485-bms2?"),
        (["show", "rs485-bms1", "powr"], 2, "there is no such value of rs485-bms1; did you mean power?"),
        (["show", "battery", "cell_voltage_1"], 2, "`jkbus history names battery` lists all"),
        (["show", "rs485-bms1", "power", "--last", "7q"], 2, "--last: how long is expected"),
        (["show", "rs485-bms1", "power", "--points", "1"], 2, "--points"),
        (["energy", "--by", "week"], 2, "--by"),
        (["export", "all", "power", "--output", "x.xlsx"], 2, "end it in .csv or .parquet"),
        (["export", "all", "power", "--output", "/nowhere/x.csv"], 1, "/nowhere/x.csv: cannot be written"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    history: Command, arguments: list[str], code: int, sentence: str
) -> None:
    done = history(*arguments)
    assert done.code == code and sentence in done.err and done.err.count("\n") == 1


def test_a_gateway_that_runs_answers_for_its_files(tmp_path: Path) -> None:
    with gateway(lived(tmp_path)) as living:
        listed = living.jkbus("history", "list")
        assert (listed.code, listed.err) == (0, "") and "rs485-bms2" in listed.out
        assert "together" in living.jkbus("history", "energy").out
        assert "in W" in living.jkbus("history", "show", "battery", "power").out
        assert living.jkbus("alarms", "ack", "2").out == "alarm 2 was seen\n"
        assert living.jkbus("health", "rs485-bms1").code == 0
        file = tmp_path / "day.csv"
        assert living.jkbus("history", "export", "all", "power", "--output", str(file)).code == 0
        assert len(file.read_text().splitlines()) > 24 * 60


def test_before_the_first_pack_was_heard_the_history_says_so(tmp_path: Path, hurried: Command) -> None:
    done = hurried("history", "list", "--config", str(site(tmp_path).config))
    assert done.code == 1 and "history" in done.err
