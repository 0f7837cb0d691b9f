"""Who may be written to, and what one is told otherwise."""

from pathlib import Path

import pytest

from controlling import config
from jkbus.app import Gateway
from jkbus.config import Config, PackConfig, SecretUrl
from jkbus.model.pack import Pack

A, B = PackConfig(name="a", address=1), PackConfig(name="b", address=2)


def why_not(given: Config, pack: Pack) -> str:
    return Gateway(given, alone=True).permits.why_not(pack)


def pack(address: int = 1, key: str | None = "a", state: str = "heard", bus: str = "bus1") -> Pack:
    return Pack(bus, address, f"pack {address}", key, state)


def test_a_pack_of_a_bus_with_writes_may_be_written(tmp_path: Path) -> None:
    assert why_not(config(tmp_path, A), pack()) == ""


def test_without_writes_the_line_to_add_is_named(tmp_path: Path) -> None:
    assert "add writes: true to the bus bus1" in why_not(config(tmp_path, A, writes=False), pack())


@pytest.mark.parametrize("of_bus", [True, False])
@pytest.mark.parametrize("of_pack", [True, False])
def test_what_a_pack_says_wins_over_its_bus(tmp_path: Path, of_bus: bool, of_pack: bool) -> None:
    named = A.model_copy(update={"writes": of_pack})
    assert (why_not(config(tmp_path, named, B, writes=of_bus), pack()) == "") is of_pack


def test_a_pack_that_is_excepted_is_told_so(tmp_path: Path) -> None:
    named = A.model_copy(update={"writes": False})
    assert "change writes: false to writes: true under the pack a" in why_not(config(tmp_path, named), pack())


def test_a_pack_named_by_its_serial_number_is_known_by_its_key(tmp_path: Path) -> None:
    named = PackConfig(name="Roof 1", serial="123", writes=False)
    assert "under the pack Roof 1" in why_not(config(tmp_path, named), pack(5, "roof_1"))
    assert why_not(config(tmp_path, named), pack(5, "jk_9")) == ""


def test_a_link_that_only_listens_is_told_of(tmp_path: Path) -> None:
    gateway = Gateway(config(tmp_path, A), alone=True)
    gateway.buses[0].read_only = True
    assert "its link only listens" in gateway.permits.why_not(pack())


def test_a_master_on_its_own_bus_is_told_the_two_ways_out(tmp_path: Path) -> None:
    told = why_not(config(tmp_path, A), pack(0, "bus1_0"))
    assert "give it an address 1 to 15 by DIP switch, or wire its RS485-1 port" in told


def test_that_changes_are_off_is_said_before_anything_else(tmp_path: Path) -> None:
    assert "add writes: true" in why_not(config(tmp_path, A, writes=False), pack(0, "bus1_0", "silent"))


def test_a_master_with_a_link_of_its_own_may_be_written(tmp_path: Path) -> None:
    named = PackConfig(name="zero", address=0, link=SecretUrl("sim:1"))
    assert why_not(config(tmp_path, named), pack(0, "zero")) == ""


@pytest.mark.parametrize("state", ["silent", "gone"])
def test_a_pack_that_is_not_there_is_not_written(tmp_path: Path, state: str) -> None:
    assert f"it is {state}" in why_not(config(tmp_path, A), pack(state=state))


def test_a_pack_that_nobody_knows_yet_is_not_written(tmp_path: Path) -> None:
    assert "has not told who it is yet" in why_not(config(tmp_path), pack(7, None))


def test_a_pack_of_a_bus_that_is_gone_from_the_configuration_is_not_written(tmp_path: Path) -> None:
    assert "its bus attic is not in the configuration" in why_not(config(tmp_path), pack(bus="attic"))


def test_a_bus_allows_writes_as_soon_as_one_of_its_packs_does(tmp_path: Path) -> None:
    permits = Gateway(config(tmp_path, A, B, writes=False), alone=True).permits
    assert not permits.allows("bus1")
    named = A.model_copy(update={"writes": True})
    assert Gateway(config(tmp_path, named, B, writes=False), alone=True).permits.allows("bus1")
    assert not permits.allows("attic")
