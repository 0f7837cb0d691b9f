"""What a client wishes is done as if it came any other way, and what cannot be is told in a sentence."""

import math
import struct
from pathlib import Path

import pytest
from hypothesis import given as supposing
from hypothesis import strategies as st

from controlling import config, hurry, three
from jkbus.esphome.node import meant
from nodes import Seen, configured, node, seen

LIMIT = "Charge current limit"
PROTECTION = "Cell overvoltage protection voltage"


async def set_number(found: Seen, title: str, value: float, device: str = "b") -> None:
    entity = found.find(title, device, "Number")
    found.client.number_command(entity.key, value, device_id=entity.device_id)


async def told(found: Seen, text: str, device: str = "b") -> None:
    try:
        await found.until(lambda: text in (found.value("Last change", device) or ""), 120)
    except AssertionError:
        assert text in str(found.value("Last change", device))


def test_a_number_is_set_as_it_was_meant_and_told_as_it_was_read_back(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            await set_number(found, PROTECTION, 3.55)
            await told(found, "3.550 V was written and read back")
            assert found.value(PROTECTION, "b", "Number") == pytest.approx(3.55)
            assert bench.pack(2).settings.cell_overvoltage_protection_voltage == 3.55
            entries = bench.gateway.audit.file.read_text()
            assert '"esphome"' in entries

    hurry(look())


def test_a_switch_and_a_button_are_obeyed(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            switch = found.find("Balancing enabled", "b", "Switch")
            found.client.switch_command(switch.key, False, device_id=switch.device_id)
            await found.until(lambda: found.value("Balancing enabled", "b", "Switch") is False, 60)
            assert not bench.pack(2).settings.balancing_enabled
            button = found.find("Set clock", "b", "Button")
            found.client.button_command(button.key, device_id=button.device_id)
            await told(found, "set_clock was acknowledged")

    hurry(look())


def test_a_change_is_for_all_packs_while_the_switch_of_the_bus_is_on(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found, seen(given) as other:
            switch = found.find("bus1 Apply changes to all packs")
            assert found.value(switch.name) is False
            found.client.switch_command(switch.key, True)
            await other.until(lambda: other.value(switch.name) is True)
            await set_number(found, LIMIT, 33)
            await found.until(lambda: [found.value(LIMIT, each, "Number") for each in "abc"] == [33] * 3, 120)
            assert [pack.settings.charge_current_limit for pack in bench.line.packs] == [33] * 3
            async with seen(given) as late:
                assert late.value(switch.name) is True

    hurry(look())


@pytest.mark.parametrize(("value", "why"), [(1.3, "must be below"), (math.nan, "number"), (1e30, "3.65")])
def test_what_cannot_be_is_refused_with_a_sentence(tmp_path: Path, value: float, why: str) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            before = found.value(PROTECTION, "b", "Number")
            await set_number(found, PROTECTION, value)
            await told(found, "refused")
            assert found.value(PROTECTION, "b", "Number") == before
            assert bench.tapped.writes == []

    hurry(look())


def test_a_pack_that_may_not_be_written_has_nothing_to_set(tmp_path: Path) -> None:
    given = configured(tmp_path, config(tmp_path, writes=False, listen=0.1))

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            kinds = {type(one).__name__ for one in found.entities}
            assert not kinds & {"NumberInfo", "SwitchInfo", "ButtonInfo"}
            sensor = found.find(LIMIT, "b")
            found.client.number_command(sensor.key, 10, device_id=sensor.device_id)
            found.client.switch_command(1, True)
            found.client.button_command(2)
            await found.client.device_info()
            assert bench.tapped.writes == []

    hurry(look())


def test_a_silent_pack_takes_no_change(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            bench.pack(2).silent = True
            await found.until(lambda: found.value("Online", "b") is False, 120)
            await set_number(found, LIMIT, 20)
            await told(found, "check its cable and power")
            assert bench.tapped.writes == []

    hurry(look())


@supposing(st.floats(width=32, allow_nan=True))
def test_a_number_means_what_it_was_before_it_lost_its_digits(sent: float) -> None:
    number = meant(sent)
    if math.isfinite(sent):
        assert struct.pack("f", number) == struct.pack("f", sent) or number == sent == 0


@supposing(st.integers(-999_999, 999_999), st.sampled_from([1, 10, 100, 1000]))
def test_six_digits_come_through(digits: int, per: int) -> None:
    wished = digits / per
    assert meant(struct.unpack("f", struct.pack("f", wished))[0]) == wished
