"""The report names what is wrong, in sentences with numbers, and is silent about what is not."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biography import PLATE, START, Bank, live_days, packs
from jkbus.health import Estimate, Finding, Nameplate, Past, Track, examine, report
from jkbus.health.findings import ACT, FINE, UNKNOWN, WATCH, worst_first
from jkbus.simulator import SunnyDay

KINDS = (ACT, WATCH, UNKNOWN, FINE)


@pytest.fixture(scope="session")
def told(fortnight: Bank) -> dict[str, list[Finding]]:
    return dict(fortnight.health.findings)


def topics(findings: Sequence[Finding], *kinds: str) -> dict[str, Finding]:
    return {finding.topic: finding for finding in findings if finding.kind in kinds}


def test_a_sound_pack_has_nothing_to_do_or_to_watch(told: Mapping[str, list[Finding]]) -> None:
    assert topics(told["sound"], ACT, WATCH) == {}
    assert {"spread_top", "spread_trend", "contact", "share", "efficiency", "count"} <= (
        topics(told["sound"], FINE).keys()
    )


def test_what_was_never_seen_is_said_to_be_missing(told: Mapping[str, list[Finding]]) -> None:
    unknown = topics(told["sound"], UNKNOWN)
    assert unknown.keys() == {"capacity", "spread_bottom"}
    assert re.search(r"needs one journey from full .* holds 1\d\d Ah at least", unknown["capacity"].sentence)


def test_a_leaking_cell_is_named(told: Mapping[str, list[Finding]]) -> None:
    finding = topics(told["leaking"], WATCH, ACT)["spread_trend"]
    assert finding.subject == "cell 7"
    assert re.search(r"cell 7 drifts by -\d+ mV a week", finding.sentence)
    assert finding.advice


def test_a_loose_cable_and_a_worn_joint_are_told_apart(told: Mapping[str, list[Finding]]) -> None:
    found = topics(told["loose"], ACT)
    assert found.keys() == {"cable", "cell_resistance"}
    assert re.search(r"1\d\.\d\d ± \d\.\d\d mΩ more than the others", found["cable"].sentence)
    assert found["cell_resistance"].subject == "cell 5"


def test_a_drifting_sensor_is_told_with_its_drift(told: Mapping[str, list[Finding]]) -> None:
    found = topics(told["drifting"], WATCH)
    assert topics(told["drifting"], ACT, WATCH).keys() == {"count"}
    assert "0.40 ± 0.01 A too much, 3.4 % of the capacity a day" in found["count"].sentence


def test_the_worst_comes_first(told: Mapping[str, list[Finding]]) -> None:
    for findings in told.values():
        ranks = [KINDS.index(finding.kind) for finding in findings]
        assert ranks == sorted(ranks)
    mixed = [Finding(kind, "topic", "subject", "sentence") for kind in (FINE, ACT, UNKNOWN, WATCH)]
    assert [finding.kind for finding in worst_first(mixed)] == list(KINDS)


def test_every_sentence_can_be_read_and_every_trouble_has_advice(told: Mapping[str, list[Finding]]) -> None:
    for findings in told.values():
        for finding in findings:
            assert "nan" not in finding.sentence
            assert "inf" not in finding.sentence.replace("information", "")
            assert bool(finding.advice) == (finding.kind in (ACT, WATCH))


def test_a_blown_fuse_heads_the_report() -> None:
    world = SunnyDay(packs(3), hour=20.0)
    world.packs[0].blown = True
    pasts = {f"pack {diary.pack.address}": diary.past() for diary in live_days(world, 0.1)}
    findings = report(pasts, dict.fromkeys(pasts, PLATE))["pack 1"]
    assert (findings[0].kind, findings[0].topic) == (ACT, "contact")
    assert "carries nothing while the others do" in findings[0].sentence
    assert "fuse" in findings[0].advice


def test_packs_that_circulate_are_told_to_be_brought_together() -> None:
    world = SunnyDay(packs(2), hour=23.0)
    for pack, soc in zip(world.packs, (0.3, 0.8), strict=True):
        pack.cells.charge = [soc * whole for whole in pack.cells.capacity]
        pack.cells.carry(0.0, 0.0)
    world.load = 0.0
    pasts = {f"pack {diary.pack.address}": diary.past() for diary in live_days(world, 0.25)}
    found = report(pasts, dict.fromkeys(pasts, PLATE))
    assert topics(found["pack 1"], ACT, WATCH)["circulating"].sentence.startswith(
        ("1", "2", "3", "4", "5", "6")
    )


def test_a_weak_cell_is_told_from_one_that_lacks_charge(fortnight: Bank) -> None:
    past = fortnight.pasts["sound"]
    low = [3.45 if volts >= 3.40 else 3.10 for volts in past.average]
    flat = tuple(list(low) for _ in past.cells)
    calm = replace(past, current=[0.0] * len(past), cells=flat)
    weak = [3.47 if volts == 3.45 else 2.90 for volts in low]
    behind = [3.43 if volts == 3.45 else 2.90 for volts in low]
    for column, topic in ((weak, "weak_cell"), (behind, "behind_cell")):
        cells = (*flat[:3], column, *flat[4:])
        found = report({"one": replace(calm, cells=cells)}, {"one": PLATE})["one"]
        assert topics(found, WATCH)[topic].subject == "cell 4"


def test_a_cell_that_ends_the_charge_is_named(fortnight: Bank) -> None:
    past = fortnight.pasts["sound"]
    early = [
        volts + 0.15 if mean >= 3.40 else volts
        for volts, mean in zip(past.cells[8], past.average, strict=True)
    ]
    cells = (*past.cells[:8], early, *past.cells[9:])
    found = report({"one": replace(past, cells=cells)}, {"one": PLATE})["one"]
    assert topics(found, ACT)["charge_end"].subject == "cell 9"


def test_nothing_at_all_is_only_unknown() -> None:
    found = report({"silent": Past.of({})}, {"silent": PLATE})["silent"]
    assert {finding.kind for finding in found} == {UNKNOWN}
    assert report({}, {}) == {}


VALUES = st.one_of(
    st.none(), st.floats(), st.floats(0, 5), st.floats(-300, 300), st.integers(0, 100).map(float)
)
NAMES = (
    "battery_current",
    "battery_voltage",
    "state_of_charge",
    "battery_temperature_1",
    "balancing_state",
    "charge_mosfet_on",
    "cell_voltage_1",
    "cell_voltage_2",
    "cell_voltage_4",
)
TRACKS = st.dictionaries(
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.one_of(st.floats(), st.floats(START, START + 1e6)), VALUES), max_size=40).map(
        lambda rows: Track([time for time, _ in rows], [value for _, value in rows])
    ),
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from("abc"), TRACKS), st.floats(0.001, 1000))
def test_no_history_whatever_makes_a_report_fail(
    tracks: dict[str, dict[str, Track]], capacity: float
) -> None:
    pasts = {name: Past.of(each) for name, each in tracks.items()}
    for findings in report(pasts, dict.fromkeys(pasts, Nameplate(capacity))).values():
        for finding in findings:
            assert finding.kind in KINDS
            assert "nan" not in finding.sentence


@settings(max_examples=8)
@given(st.integers(0, 2**32), st.floats(0.02, 0.4))
def test_holes_in_a_history_never_turn_a_verdict(fortnight: Bank, seed: int, missing: float) -> None:
    """A past with holes says the same of what is grave, or says that something is missing."""
    random = Random(seed)
    pasts = {}
    for name, past in fortnight.pasts.items():
        hours = {hour: random.random() < missing for hour in range(15 * 24)}
        kept = [row for row, time in enumerate(past.times) if not hours[int((time - START) // 3600)]]
        pasts[name] = past.rows(kept)
    found = report(pasts, fortnight.plates)
    assert topics(found["sound"], ACT, WATCH) == {}
    assert topics(found["loose"], ACT, UNKNOWN).keys() >= {"cell_resistance"}
    assert topics(found["drifting"], ACT, WATCH).keys() <= {"count"}


def test_shifting_all_times_by_whole_days_changes_no_word(
    fortnight: Bank, told: dict[str, list[Finding]]
) -> None:
    shifted = {
        name: replace(past, times=[time + 86400 * 365 for time in past.times])
        for name, past in fortnight.pasts.items()
    }
    assert report(shifted, fortnight.plates) == told


def test_a_battery_half_as_large_with_half_the_current_has_twice_the_resistance(fortnight: Bank) -> None:
    past = fortnight.pasts["sound"].between(START, START + 4 * 86400)
    half = replace(past, current=[current * 2 for current in past.current])
    one = examine(past, PLATE).resistance.pack
    other = examine(half, Nameplate(560.0)).resistance.pack
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    assert other.value == pytest.approx(one.value / 2, rel=0.05)


def test_noise_of_a_board_changes_no_figure_beyond_its_error(fortnight: Bank) -> None:
    random = Random(4)
    past = fortnight.pasts["sound"]
    noisy = replace(
        past,
        current=[current + random.gauss(0, 0.05) for current in past.current],
        cells=tuple([volt + random.gauss(0, 0.0005) for volt in cell] for cell in past.cells),
        voltage=[volt + random.gauss(0, 0.005) for volt in past.voltage],
    )
    quiet, loud = examine(past, PLATE), examine(noisy, PLATE)
    for one, other in (
        (quiet.resistance.pack, loud.resistance.pack),
        (quiet.zero, loud.zero),
        (quiet.efficiency.energy, loud.efficiency.energy),
        (quiet.resistance.cells[3], loud.resistance.cells[3]),
    ):
        assert isinstance(one, Estimate)
        assert isinstance(other, Estimate)
        assert abs(one.value - other.value) <= max(one.error, other.error)
    assert not math.isnan(loud.capacity.at_least)
