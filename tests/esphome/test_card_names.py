"""Names as jk-bms-card looks for them, over the native API."""

from pathlib import Path

import pytest
from aioesphomeapi.model import BinarySensorInfo, EntityInfo, NumberInfo, SwitchInfo

from cardnames import LOOKED_FOR
from controlling import hurry
from jkbus.config import Config
from jkbus.dashboards.ids import over_esphome
from jkbus.simulator import VirtualLine, VirtualPack
from nodes import configured, many, node, seen

KINDS = {BinarySensorInfo: "binary_sensor", NumberInfo: "number", SwitchInfo: "switch"}


def id_of(one: EntityInfo, device: str) -> str:
    """As Home Assistant makes it."""
    return over_esphome(KINDS.get(type(one), "sensor"), device, one.name)


@pytest.mark.parametrize("layout", ["devices", "flat"])
def test_everything_that_the_card_looks_for_is_where_it_looks(layout: str, tmp_path: Path) -> None:
    config: Config = many(tmp_path, range(1, 2)).model_copy(update={"names": "jk-bms-card"})
    given = configured(tmp_path, config, layout=layout)
    pack = VirtualPack(1, firmware="19.27")
    pack.heat.probes = [20.0] * len(pack.heat.probes)

    async def look() -> None:
        async with node(VirtualLine([pack]), given, heard=60), seen(given) as found:
            number = found.device("rs485-bms1") if layout == "devices" else 0
            device = "rs485-bms1" if layout == "devices" else "barn"
            begin = "rs485_bms1_" if layout == "devices" else "barn_rs485_bms1_"
            there = {
                id_of(one, device).replace(f".{begin}", "."): one
                for one in found.entities
                if one.device_id == number
            }
            assert set(there) >= LOOKED_FOR
            assert not any(there[id].disabled_by_default for id in LOOKED_FOR)

    hurry(look())
