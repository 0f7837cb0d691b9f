"""Each shape of old YAML goes in, and a client of ESPHome's own making is listed the same entities."""

from pathlib import Path

import pytest
from aioesphomeapi.model import (
    BinarySensorInfo,
    NumberInfo,
    SensorInfo,
    SwitchInfo,
    TextSensorInfo,
)

from controlling import hurry
from jkbus.config import Config, load
from jkbus.importing.converting import Converted, convert
from jkbus.importing.writing import texts, write
from jkbus.simulator import VirtualLine, VirtualPack
from nodes import Seen, free_port, node, seen
from oldyaml import FOLDER, SHAPES, shown

KINDS = {
    SensorInfo: "sensor",
    BinarySensorInfo: "binary_sensor",
    TextSensorInfo: "text_sensor",
    NumberInfo: "number",
    SwitchInfo: "switch",
}


def written(converted: Converted, folder: Path) -> Config:
    """The files are written, and read as a user's are."""
    folder.mkdir()
    write(texts(converted, folder / "jkbus.yaml"))
    return load(folder / "jkbus.yaml")


def on_a_virtual_wire(config: Config, state: Path) -> Config:
    """The same on this computer alone."""
    assert config.esphome is not None
    here = config.esphome.model_copy(update={"listen": "127.0.0.1", "api_port": free_port()})
    web = config.web.model_copy(update={"enabled": False})
    return config.model_copy(update={"esphome": here, "web": web, "state": state})


def listed(found: Seen) -> set[tuple[str, str]]:
    return {(KINDS[type(one)], one.name) for one in found.entities}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_client_is_listed_what_the_old_yaml_names(shape: str, tmp_path: Path) -> None:
    old = convert(FOLDER / shape, ["sim:1"])
    config = on_a_virtual_wire(written(old, tmp_path / "new"), tmp_path / "state")
    key = None if old.node.key is None else str(old.node.key)
    line = VirtualLine(
        [VirtualPack(address, seed=address) for address in SHAPES[shape]], master=0 in SHAPES[shape]
    )

    async def look() -> None:
        async with node(line, config, heard=90), seen(config, key) as found:
            assert found.info.name == "esp-rs485-gw"
            assert found.info.devices == []  # all of it on the node itself, as it was
            assert listed(found) == shown(FOLDER / shape)
            assert len(found.entities) == len(shown(FOLDER / shape))
            unknown = [
                one.name for one in found.entities if found.value(one.name, kind=type(one).__name__) is None
            ]
            assert not [name for name in unknown if "cell voltage 01" in name or "battery voltage" in name]

    hurry(look())


def test_the_written_configuration_is_what_a_run_on_the_old_file_has(tmp_path: Path) -> None:
    old = convert(FOLDER / "esp32-s3-1master-6slaves.yaml", ["sim:7"])
    new = written(old, tmp_path / "new")
    assert new == old.config()
