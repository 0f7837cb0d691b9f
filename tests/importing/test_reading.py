"""What is read from old YAML, and what is told of the rest."""

from pathlib import Path
from textwrap import dedent

import pytest

from jkbus.errors import ConfigError, UsageError
from jkbus.importing.converting import Converted, convert
from jkbus.importing.reading import is_old
from jkbus.importing.told import lines
from oldyaml import FOLDER, SHAPES, TWO_LINES

BARE = """
esphome: {name: gw}
api:
jk_rs485_sniffer: {id: line}
jk_rs485_bms: {id: bms0, rs485_address: 0x03}
"""


def of(folder: Path, text: str, bare: str = BARE) -> Converted:
    file = folder / "old.yaml"
    file.write_text(bare + dedent(text))
    return convert(file)


def refusal(folder: Path, text: str, bare: str = BARE) -> str:
    with pytest.raises(ConfigError) as caught:
        of(folder, text, bare)
    return str(caught.value)


def told(converted: Converted, about: str) -> str:
    return next(line for line in map(str, converted.remarks) if about in line)


@pytest.fixture(scope="module")
def two() -> Converted:
    return convert(TWO_LINES)


def test_packages_and_includes_become_one_node(two: Converted) -> None:
    assert (two.node.name, two.node.friendly_name, two.node.port) == ("two-lines", "Two lines", 6054)
    assert [(pack.id, pack.address, pack.sniffer) for pack in two.node.packs] == [
        ("pack_a", 0, "line_a"),
        ("pack_b", 1, "line_b"),
    ]


def test_each_line_becomes_a_bus_with_its_packs_by_the_names_people_know(two: Converted) -> None:
    assert [bus["packs"] for bus in two.data["buses"]] == [
        [{"name": "garage one", "address": 0}],
        [{"name": "garage two", "address": 1}],
    ]


def test_how_an_entity_is_shown_comes_along(two: Converted) -> None:
    sensors = two.entities["garage one"]["sensor"]
    assert sensors["battery_voltage"] == {
        "name": "garage one millivolts",
        "unit": "mV",
        "icon": "mdi:battery",
        "disabled": True,
        "accuracy_decimals": 0,
        "multiply": 1000.0,
    }
    assert sensors["battery_current"] == {"name": "garage one current", "accuracy_decimals": 1}
    assert sensors["cell_voltage_01"] == {"name": "garage one cell 1"}
    assert two.entities["garage two"]["switch"]["charging"]["icon"] == "mdi:battery-plus"


def test_what_home_assistant_never_had_is_not_shown(two: Converted) -> None:
    assert {"cell_count_real", "cell_delta_voltage"}.isdisjoint(two.entities["garage one"]["sensor"])


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ("filter lambda", "C++"),
        ("filter throttle", "not needed"),
        ("filter sliding_window_moving_average", "filter helper"),
        ("state_class", "declares"),
        ("sensor no_such_key", "no entity of that firmware"),
        ("wifi_signal", "belongs to the ESP32"),
        ("packages", "download the file"),
        ("mqtt", "docs/mqtt.md"),
        ("esphome on_boot", "automation of Home Assistant"),
        ("protocol_version", "JK-PB"),
        ("uart tx_pin, rx_pin", "pins of the ESP32"),
        ("button", "automation"),
        ("alarm_cellovp", "now it is the alarm"),
        ("switches", "writes: false"),
    ],
)
def test_whatever_does_not_come_along_is_told(two: Converted, about: str, sentence: str) -> None:
    assert sentence in told(two, about)


def test_a_remark_names_its_file_and_line(two: Converted) -> None:
    line = told(two, "filter lambda")
    number = int(line.removeprefix(f"{TWO_LINES}:").split(":")[0])
    assert "lambda" in TWO_LINES.read_text().splitlines()[number - 1]


def test_no_secret_is_told(two: Converted) -> None:
    said = "\n".join(lines(two.remarks))
    assert "not-for-everybody" not in said
    assert str(two.node.key) not in said


def test_a_secret_that_cannot_be_read_as_anything_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("from: git://me:shh-token@host/repo\n")
    node = tmp_path / "node.yaml"
    node.write_text(
        "packages: [!secret from]\nsubstitutions: {often: !secret from}\napi:\nesphome: {name: a}\n"
        "jk_rs485_sniffer: {id: s, protocol_version: $often}\n"
        "jk_rs485_bms: {id: a, rs485_address: 1, update_interval: $often}\n"
        "sensor: [{platform: jk_rs485_bms, total_voltage: {name: total}}]\n"
    )
    said = "\n".join(lines(convert(node).remarks))
    assert "shh-token" not in said
    assert "packages !secret from" in said and "!secret from is not needed" in said


def test_many_remarks_with_one_sentence_are_one_line() -> None:
    found = lines(convert(FOLDER / "esp32-s3-0master-7slaves.yaml").remarks)
    assert len(found) < 30
    assert any("and 11 more" in line and "password" in line for line in found)


@pytest.mark.parametrize("shape", SHAPES)
def test_packs_are_called_by_what_their_entities_have_in_common(shape: str) -> None:
    (bus,) = convert(FOLDER / shape).data["buses"]
    assert [(pack["name"], pack["address"]) for pack in bus["packs"]] == [
        (f"rs485-bms{number}", address) for number, address in enumerate(SHAPES[shape])
    ]


def test_a_pack_whose_entities_have_nothing_in_common_is_called_by_its_id(tmp_path: Path) -> None:
    old = of(
        tmp_path,
        """
        sensor:
          - {platform: jk_rs485_bms, battery_voltage: Volts, battery_current: Amps}
        """,
    )
    assert old.data["buses"][0]["packs"] == [{"name": "bms0", "address": 3}]
    assert set(old.entities) == {"bms0"}


def test_words_of_the_keys_are_no_part_of_a_packs_name(tmp_path: Path) -> None:
    names = "cell_voltage_01: Shed cell voltage 1, cell_voltage_02: Shed cell voltage 2"
    old = of(tmp_path, f"sensor: [{{platform: jk_rs485_bms, {names}}}]")
    assert old.data["buses"][0]["packs"][0]["name"] == "Shed"


def test_the_old_switch_for_all_packs_comes_along() -> None:
    old = convert(FOLDER / "esp32-1master-1slave.yaml")
    assert old.node.broadcast == {"name": "Broadcast changes to all BMSs", "icon": "mdi:cast"}


def test_what_the_old_switches_do_otherwise_is_told() -> None:
    old = convert(FOLDER / "esp32-1master-1slave.yaml")
    assert "off after each start" in told(old, "switch for all packs")
    assert "emergency_start" in told(old, "switch emergency")


def test_without_numbers_and_switches_nothing_may_be_written(tmp_path: Path) -> None:
    old = of(tmp_path, "sensor: [{platform: jk_rs485_bms, battery_voltage: Volts}]")
    assert "writes" not in old.data["buses"][0]


def test_the_last_of_two_blocks_for_one_value_counts(tmp_path: Path) -> None:
    block = "{platform: jk_rs485_bms, jk_rs485_bms_id: bms0, battery_voltage: %s}"
    old = of(tmp_path, f"sensor: [{block % 'Old'}, {block % 'New'}]")
    assert old.entities["bms0"]["sensor"]["battery_voltage"]["name"] == "New"


def test_a_node_may_extend_and_remove_what_its_packages_have(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        "api:\njk_rs485_sniffer: [{id: line}]\n"
        "jk_rs485_bms: [{id: a, rs485_address: 1, jk_rs485_sniffer_id: line}, {id: b, rs485_address: 2}]\n"
    )
    bare = (
        "packages: [!include base.yaml]\njk_rs485_bms: [{id: !extend a, rs485_address: 7}, {id: !remove b}]\n"
    )
    old = of(tmp_path, "esphome: {name: gw}", bare)
    assert [(pack.id, pack.address) for pack in old.node.packs] == [("a", 7)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a list", "no YAML of an ESP32"),
        ("buses: [{link: /dev/ttyUSB0}]", "configuration of jkbus already"),
        ("jk_bms_ble: {id: a}", "reads packs another way"),
        ("esphome: {name: lamp}", "jk_rs485_bms: is missing"),
        ("jk_rs485_bms:", "no pack with id"),
        ("packages: {a: !include gone.yaml}", "no file gone.yaml"),
        ("packages: {a: !include old.yaml}", "includes itself"),
        ("substitutions: {a: $b, b: $a}\njk_rs485_bms: {id: $a, rs485_address: 1}", "hold each other"),
        ("jk_rs485_bms: {id: a, rs485_address: 99}", "0 to 15"),
        ("a: &a [*a]\njk_rs485_bms: {id: a}", "nest without end"),
        ("a: 1\na: 2\njk_rs485_bms: {id: a}", "stands in line"),
        ("jk_rs485_bms: {id: a, rs485_address: 1}\nesphome: {name: 'a b'}", "letters, digits"),
        ("jk_rs485_bms: {id: a, rs485_address: 1}\napi: {encryption: {}}", "stands in no file"),
        ("jk_rs485_bms: {id: a, rs485_address: 1}\napi: {encryption: {key: shh-secret}}", "32 bytes"),
        ("jk_rs485_bms:\n\t- a", "tab"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    said = refusal(tmp_path, "", text)
    assert sentence in said and said.startswith(str(tmp_path / "old.yaml"))
    assert "shh-secret" not in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sensor: [{platform: jk_rs485_bms, jk_rs485_bms_id: x, battery_voltage: V}]", "no pack has the id"),
        ("sensor: [{platform: jk_rs485_bms, battery_voltage: [V]}]", "a name is expected"),
        ("sensor: [{platform: jk_rs485_bms, battery_voltage: '${gone} V'}]", "in no substitutions"),
        ("sensor: [{platform: jk_rs485_bms, battery_voltage: V, battery_current: V}]", "name of its own"),
    ],
)
def test_entities_that_cannot_be_are_refused_with_their_line(
    text: str, sentence: str, tmp_path: Path
) -> None:
    said = refusal(tmp_path, text)
    assert sentence in said
    assert "old.yaml:6" in said


def test_a_name_with_an_underscore_stays_as_home_assistant_knows_it(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(
        "esphome: {name: cellar_gw}\napi:\njk_rs485_bms: [{id: one, rs485_address: 1}]\n"
    )
    esphome = convert(tmp_path / "old.yaml").config().esphome
    assert esphome is not None and esphome.name == "cellar_gw"


def test_what_is_missing_is_told_once_however_many_entities_need_it(tmp_path: Path) -> None:
    names = "battery_voltage: '${gone} V', battery_current: '${gone} A'"
    said = refusal(tmp_path, f"sensor: [{{platform: jk_rs485_bms, {names}}}]")
    assert said.count("${gone}") == 1


def test_a_pack_without_address_is_told_of_before_all_that_hangs_on_it(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(
        "esphome: {name: n}\napi:\njk_rs485_bms:\n  - id: one\n"
        "sensor: [{platform: jk_rs485_bms, jk_rs485_bms_id: one, battery_voltage: V}]\n"
    )
    with pytest.raises(ConfigError) as error:
        convert(tmp_path / "old.yaml")
    assert str(error.value).count("\n") == 0
    assert "rs485_address: is missing" in str(error.value)


def test_each_line_needs_a_link_of_its_own() -> None:
    with pytest.raises(
        UsageError, match=r"1 link for 2 lines .line_a and line_b.; write --link once for each"
    ):
        convert(TWO_LINES, ["/dev/ttyUSB0"])
    found = convert(TWO_LINES, ["/dev/ttyUSB0", "sim:3"]).config()
    assert [str(bus.link.shown) for bus in found.buses] == ["/dev/ttyUSB0", "sim:3"]


def test_an_old_file_is_known_from_ours(tmp_path: Path) -> None:
    assert all(is_old(FOLDER / shape) for shape in SHAPES)
    assert is_old(TWO_LINES)
    ours = tmp_path / "jkbus.yaml"
    ours.write_text("buses:\n  - link: sim:1\n")
    assert not is_old(ours)
    assert not is_old(tmp_path / "gone.yaml")
