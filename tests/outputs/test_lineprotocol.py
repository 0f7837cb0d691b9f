"""Lines as another parser reads them."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard
from jkbus.config import BusConfig, PackConfig, SecretUrl
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.model.pack import SILENT, Pack
from jkbus.outputs.entities import present
from jkbus.outputs.facts import Facts
from jkbus.outputs.lineprotocol import REPEAT, Sampler, head, line
from jkbus.outputs.numbers import number_of
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from material import CAPTURES
from outputs.support import captured, reports_of

WALL = 1_700_000_000.0
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1)
NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(0, 2**32 - 1) | st.booleans()
)


@pytest.fixture(scope="module")
def parse() -> Callable[[str], dict[str, Any]]:
    """A parser by somebody else."""
    found: Callable[[str], dict[str, Any]] = pytest.importorskip("line_protocol_parser").parse_line
    return found


def sampled(pack: Pack, *, at: float = 0.0, sampler: Sampler | None = None) -> dict[str, str]:
    """The lines of a pack by their measurement."""
    lines = list((sampler or Sampler([])).pack(pack, at, WALL + at))
    return {text.partition(",")[0]: text for text in lines}


@given(
    tags=st.dictionaries(st.sampled_from("abc"), TEXTS), fields=st.dictionaries(TEXTS, NUMBERS, min_size=1)
)
def test_another_parser_reads_what_we_write(
    parse: Callable[[str], dict[str, Any]], tags: dict[str, str], fields: dict[str, float]
) -> None:
    numbered = {f"field_{number}": value for number, value in enumerate(fields.values())}
    text = line(head("jkbus", tags), numbered.items(), WALL)
    assert text is not None and "\n" not in text
    read = parse(text)
    assert read["measurement"] == "jkbus"
    assert read["tags"] == {name: value.replace("\\", "/") for name, value in tags.items()}
    assert read["time"] == WALL * 1e9
    assert read["fields"].keys() == numbered.keys()
    for name, value in numbered.items():
        assert (
            read["fields"][name] == pytest.approx(float(value), rel=1e-9)
            and type(read["fields"][name]) is float
        )


@given(st.text())
def test_no_name_breaks_a_line(name: str) -> None:
    text = line(head("jkbus", {"pack": name}), [("x", 1)], WALL)
    assert text is not None and text.isprintable() and text.endswith(" x=1 1700000000000000000")


@pytest.mark.parametrize("capture", CAPTURES)
def test_every_number_of_a_pack_is_sent_as_it_is(
    parse: Callable[[str], dict[str, Any]], capture: str
) -> None:
    pack = captured(capture)
    if pack.status is None:
        assert sampled(pack) == {}
        return
    read = {name: parse(text) for name, text in sampled(pack).items()}
    sent = {name: value for one in read.values() for name, value in one["fields"].items()}
    facts = Facts(pack)
    for entity in present(facts):
        get = number_of(entity)
        if get is None or entity.group in ("gateway", "availability"):
            continue
        value = get(facts)
        assert (sent.pop(entity.key) if value is not None else None) == value
    assert sent == {}


def test_bits_and_codes_are_numbers(parse: Callable[[str], dict[str, Any]]) -> None:
    pack = captured("syssi_faker_v19")
    lines = sampled(pack)
    assert pack.status is not None
    fields = parse(lines["jkbus"])["fields"]
    assert fields["charge_mosfet_on"] == pack.status.charge_mosfet_on
    assert fields["balancing_state"] == pack.status.balancing_state


def test_texts_are_tags_and_secrets_are_nowhere(parse: Callable[[str], dict[str, Any]]) -> None:
    virtual, pack = VirtualPack(1), Pack("bus 1", 1, "My = Garage", key="garage")
    virtual.about.device_password, virtual.about.setup_password = "4711 pin", "s3cret"
    for frame in (virtual.settings, virtual.about, virtual.status):
        pack.take(Report(frame.sealed(), 1), 0.0)
    lines = sampled(pack)
    tags = parse(lines["jkbus_about"])["tags"]
    assert (tags["bus"], tags["pack"], tags["name"]) == ("bus 1", "garage", "My = Garage")
    assert tags["serial_number"] == virtual.about.serial_number
    assert not any("4711" in text or "s3cret" in text for text in lines.values())


def test_a_status_is_sent_once_with_the_time_it_was_heard() -> None:
    pack = Pack("bus1", 1, "Garage", key="garage")
    virtual, sampler = VirtualPack(1), Sampler([])
    pack.take(Report(virtual.status.sealed(), 1), 10.0)
    assert sampled(pack, at=10.5, sampler=sampler)["jkbus"].endswith(" 1700000010000000000")
    assert sampled(pack, at=10.6, sampler=sampler) == {}
    pack.take(Report(virtual.status.sealed(), 1), 11.25)
    assert sampled(pack, at=11.25, sampler=sampler)["jkbus"].endswith(" 1700000011250000000")


def test_an_interval_gives_one_status_in_each() -> None:
    pack, virtual, sampler = Pack("bus1", 1, "Garage", key="garage"), VirtualPack(1), Sampler([], interval=10)
    sent = 0
    for tick in range(1000):
        pack.take(Report(virtual.status.sealed(), 1), 0.7 * tick)
        sent += "jkbus" in sampled(pack, at=0.7 * tick, sampler=sampler)
    assert sent == 70


def test_settings_are_sent_when_they_change_and_once_a_minute() -> None:
    pack, virtual, sampler = Pack("bus1", 1, "Garage", key="garage"), VirtualPack(1), Sampler([])
    found = []
    for second in range(121):
        if second == 40:
            virtual.settings.charge_current_limit = 77.0
        for frame in (virtual.settings, virtual.status):
            pack.take(Report(frame.sealed(), 1), float(second))
        text = sampled(pack, at=float(second), sampler=sampler).get("jkbus_settings")
        if text is not None:
            found.append((second, "charge_current_limit=77," in text))
    assert REPEAT == 60
    assert found == [(0, False), (40, True), (100, True)]


def test_a_silent_or_unknown_pack_sends_nothing() -> None:
    pack = captured("syssi_faker_v19")
    pack.state = SILENT
    assert sampled(pack) == {}
    pack.state, pack.key = "heard", None
    assert sampled(pack) == {}


def test_a_value_that_is_no_number_is_left_out() -> None:
    assert (
        line("jkbus", [("a", math.nan), ("b", None), ("c", "text"), ("d", 0.0)], 1.0)
        == "jkbus d=0 1000000000"
    )
    assert line("jkbus", [("a", math.inf)], 1.0) is None


def test_the_battery_and_the_buses_have_lines_of_their_own(parse: Callable[[str], dict[str, Any]]) -> None:
    config = BusConfig(
        link=SecretUrl("sim:2"), name="bus1", packs=tuple(PackConfig(name=f"p{n}", address=n) for n in (1, 2))
    )
    battery, bus = Battery(Identities([config], {})), Bus(name="bus1")
    sampler = Sampler([bus], tags={"site": "barn"})
    assert [text.split(" ")[0] for text in sampler.others(battery.packs, 0.0, WALL)] == [
        "jkbus_bus,bus=bus1,site=barn"
    ]
    for number in (1, 2):
        virtual = VirtualPack(number)
        virtual.status.battery_voltage, virtual.status.battery_current = 50.0, 10.0 * number
        battery.apply("bus1", Heard(Report(virtual.status.sealed(), number, "acknowledgement"), 1.0))
    (text,) = sampler.others(battery.packs, 1.0, WALL)
    read = parse(text)
    assert (read["measurement"], read["tags"]) == ("jkbus_battery", {"site": "barn"})
    assert read["fields"]["power"] == 1500 and read["fields"]["packs_heard"] == 2
    assert list(sampler.others(battery.packs, 1.5, WALL)) == []


def test_every_capture_is_of_use() -> None:
    assert sum(len(reports_of(capture)) for capture in CAPTURES) > 100
