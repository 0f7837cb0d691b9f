"""Whatever stands in a file, it becomes a configuration that loads, or it is refused in a sentence."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jkbus.config import load
from jkbus.errors import ConfigError, JkbusError
from jkbus.importing.converting import convert
from jkbus.importing.told import lines
from jkbus.importing.writing import texts, write

WORDS = [
    "a",
    "$a",
    "${a}",
    "${b | default('x')}",
    "0x01",
    "1",
    "true",
    "null",
    "mV",
    "name",
    "!x",
    "line",
    "",
]
KEYS = ["substitutions", "packages", "esphome", "name", "api", "encryption", "key", "uart", "id", "platform"]
KEYS += ["jk_rs485_sniffer", "jk_rs485_bms", "jk_rs485_bms_id", "rs485_address", "sensor", "switch", "number"]
KEYS += ["battery_voltage", "charging", "filters", "multiply", "internal", "accuracy_decimals", "icon", "a"]
SCALARS = st.one_of(st.sampled_from(WORDS), st.text(max_size=8), st.integers(), st.floats(), st.none())
TREES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=25,
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as found:
        yield Path(found)


def tried(folder: Path, data: bytes) -> None:
    file, output = folder / "old.yaml", folder / "new.yaml"
    file.write_bytes(data)
    try:
        old = convert(file, ())
        files = texts(old, output)
    except JkbusError as error:
        assert str(error) and "Traceback" not in str(error)
        return
    write(files)
    try:
        assert load(output) == old.config()
        assert all("\n" not in line for line in lines(old.remarks))
    finally:
        for one in files:
            one.unlink()


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_told_of_in_a_sentence(folder: Path, data: bytes) -> None:
    tried(folder, data)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=8))
def test_any_tree_is_told_of_in_a_sentence(folder: Path, tree: dict[str, Any]) -> None:
    tried(folder, json.dumps(tree).encode())


NAMES = st.one_of(
    SCALARS, st.fixed_dictionaries({"name": SCALARS}, optional={"icon": SCALARS, "filters": TREES})
)
PACKS = st.fixed_dictionaries({"id": SCALARS, "rs485_address": st.integers(0, 16)})
BLOCKS = st.dictionaries(
    st.sampled_from(["battery_voltage", "battery_current", "charging", "errors", "nothing"]), NAMES
)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(PACKS, min_size=1, max_size=3),
    st.sampled_from(["sensor", "switch", "text_sensor"]),
    BLOCKS,
    TREES,
    SCALARS,
)
def test_any_names_and_numbers_of_a_true_node_can_be_loaded_again(
    folder: Path, packs: list[Any], platform: str, block: dict[str, Any], api: Any, name: Any
) -> None:
    block = {"platform": "jk_rs485_bms", "jk_rs485_bms_id": packs[0]["id"], **block}
    tree = {
        "esphome": {"name": "gw", "friendly_name": name},
        "api": api,
        "jk_rs485_bms": packs,
        platform: [block],
    }
    tried(folder, json.dumps(tree).encode())


def test_a_billion_laughs_end(tmp_path: Path) -> None:
    names = {f"a{n}": f"${{a{n + 1}}}${{a{n + 1}}}" for n in range(40)} | {"a40": "ha"}
    tree = {"substitutions": names, "jk_rs485_bms": {"id": "$a0", "rs485_address": 1}}
    file = tmp_path / "old.yaml"
    file.write_text(json.dumps(tree))
    with pytest.raises(ConfigError, match="without end"):
        convert(file)
