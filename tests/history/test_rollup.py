"""Minutes, hours and quarters of energy, held against the plainest computation over the same reports."""

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jkbus.history.buckets import Buckets, Stat
from jkbus.history.packing import Columns, PackingError
from jkbus.history.rollup import HOUR, MINUTE, QUARTER, quarters, roll
from jkbus.history.series import Series, series_of
from jkbus.model.energy import GAP, MOST, Energy
from jkbus.protocol import Status
from remembering import status

SERIES = dict(enumerate(series_of(Status).values()))
START = 487_000 * HOUR


@st.composite
def hours(draw: st.DrawFn) -> list[tuple[int, bytes]]:
    """Reports within an hour; bytes that mean nothing, some of them again and again."""
    payloads = draw(st.lists(st.binary(min_size=293, max_size=293), min_size=1, max_size=4))
    head = bytes([0x55, 0xAA, 0xEB, 0x90, 2, 0])
    known = [head + payload + b"\0" for payload in payloads] + [status(volts=52.5), status()]
    times = draw(st.lists(st.integers(START, START + HOUR - 1), max_size=40))
    return [(at, draw(st.sampled_from(known))) for at in sorted(times)]


def plainly(series: Series, told: Sequence[bytes]) -> tuple[int, float, int] | None:
    """Lowest, mean and highest, in the plainest way."""
    found = [series.read(Columns.of([0], [report]))[0] for report in told]
    numbers = [number for number in found if number is not None]
    return (min(numbers), sum(numbers) / len(numbers), max(numbers)) if numbers else None


@given(hours())
def test_minutes_and_hour_are_what_a_plain_computation_gives(told: list[tuple[int, bytes]]) -> None:
    columns = Columns.of([at for at, _ in told], [report for _, report in told])
    for width, buckets in zip((MINUTE, HOUR), roll(columns, SERIES, START, (MINUTE, HOUR)), strict=True):
        for place, count in enumerate(buckets.counts):
            begin = START + place * width
            part = [report for at, report in told if begin <= at < begin + width]
            assert len(part) == count
            for key, series in SERIES.items():
                stat = buckets.stats.get(key, [None] * len(buckets.counts))[place]
                expected = plainly(series, part) if part else None
                assert (stat is None) == (expected is None), series.name
                if stat is not None and expected is not None:
                    assert (stat.low, stat.high) == (expected[0], expected[2])
                    assert abs(stat.mean / series.fine - expected[1]) <= 0.5 / series.fine + 1e-6 * abs(
                        stat.mean
                    )


@given(hours())
def test_the_hour_is_its_minutes_together(told: list[tuple[int, bytes]]) -> None:
    assume(told)
    columns = Columns.of([at for at, _ in told], [report for _, report in told])
    minutes, hour = roll(columns, SERIES, START, (MINUTE, HOUR))
    for key, (whole,) in hour.stats.items():
        parts = [stat for stat in minutes.stats[key] if stat is not None]
        assert whole is not None
        assert whole.low == min(stat.low for stat in parts)
        assert whole.high == max(stat.high for stat in parts)


@st.composite
def bucketed(draw: st.DrawFn, count: int | None = None) -> Buckets:
    number = st.integers(-(2**33), 2**33)
    places = draw(st.integers(0, 30)) if count is None else count
    counts = draw(st.lists(st.integers(0, 3), min_size=places, max_size=places))
    found = {}
    for key in draw(st.sets(st.integers(0, 65535), max_size=5)):
        stat = st.none() | st.builds(
            lambda low, mean, more: Stat(low, mean, low + abs(more)), number, number, number
        )
        still = draw(st.booleans())
        value = Stat(7, 70, 7)
        found[key] = [(value if still else draw(stat)) if seen else None for seen in counts]
    return Buckets(counts, {key: stats for key, stats in found.items() if any(stats)})


@given(bucketed())
def test_packed_buckets_come_out_as_they_were(buckets: Buckets) -> None:
    found = Buckets.unpacked(buckets.packed())
    assert (found.counts, found.stats) == (buckets.counts, buckets.stats)


@given(bucketed(), st.data())
def test_one_series_can_be_read_alone(buckets: Buckets, data: st.DataObject) -> None:
    assume(buckets.stats)
    key = data.draw(st.sampled_from(sorted(buckets.stats)))
    assert Buckets.unpacked(buckets.packed(), {key}).stats == {key: buckets.stats[key]}


@given(st.binary(max_size=60))
def test_any_bytes_at_all_are_buckets_or_an_error(blob: bytes) -> None:
    try:
        Buckets.unpacked(blob)
    except PackingError as error:
        assert "history" in str(error)


def test_torn_buckets_are_an_error() -> None:
    blob = Buckets([1, 2], {5: [Stat(1, 10, 1), Stat(2, 25, 3)]}).packed()
    for length in range(len(blob)):
        with pytest.raises(PackingError):
            Buckets.unpacked(blob[:length])


@given(bucketed(6), bucketed(3), st.integers(0, 3))
def test_of_two_memories_of_a_minute_the_one_with_more_reports_stays(
    old: Buckets, new: Buckets, at: int
) -> None:
    counts, stats = list(old.counts), {key: list(values) for key, values in old.stats.items()}
    old.merge(new, at)
    for place in range(6):
        inside = 0 <= place - at < 3
        better = inside and new.counts[place - at] > counts[place]
        assert old.counts[place] == (new.counts[place - at] if better else counts[place])
        for key in old.stats:
            source, index = (new.stats, place - at) if better else (stats, place)
            assert old.stats[key][place] == (source[key][index] if key in source else None)


READINGS = st.lists(
    st.tuples(st.integers(1, 90_000), st.floats(-2 * MOST, 2 * MOST) | st.floats(-500, 500)), max_size=60
)


@given(READINGS, st.integers(0, QUARTER))
def test_quarters_add_up_to_what_the_counter_of_a_pack_says(
    readings: list[tuple[int, float]], shift: int
) -> None:
    times, at = [], shift
    for step, _ in readings:
        at += step
        times.append(at)
    counter = Energy()
    for at, (_, watts) in zip(times, readings, strict=True):
        counter.add(watts, at / 1000)
    end = (times[-1] // QUARTER + 1) * QUARTER if times else QUARTER
    found = quarters(times, [watts for _, watts in readings], 0, end)
    tolerance = len(found) * 0.6 / 3.6e6 + 1e-9
    assert abs(sum(one.charged for one in found.values()) / 3.6e6 - counter.charged) <= tolerance
    assert abs(sum(one.discharged for one in found.values()) / 3.6e6 - counter.discharged) <= tolerance
    assert all(0 < one.known <= QUARTER and at % QUARTER == 0 for at, one in found.items())


@given(READINGS)
def test_hours_cut_anywhere_add_up_to_the_whole(readings: list[tuple[int, float]]) -> None:
    times, at = [], 0
    for step, _ in readings:
        at += step
        times.append(at)
    watts = [watts for _, watts in readings]
    end = 8 * HOUR
    whole = quarters(times, watts, 0, end)
    parts = [quarters(times, watts, start, start + HOUR) for start in range(0, end, HOUR)]
    assert {at: one for part in parts for at, one in part.items()} == whole


def test_an_interval_over_the_end_of_a_quarter_is_cut_there() -> None:
    found = quarters([QUARTER - 10_000, QUARTER + 20_000], [3600.0, 3600.0], 0, HOUR)
    assert found[0] == (36_000, 0, 10_000)
    assert found[QUARTER] == (72_000, 0, 20_000)


def test_a_gap_is_no_energy_and_no_time() -> None:
    found = quarters([0, int(GAP * 1000) + 1], [1000.0, 1000.0], 0, HOUR)
    assert found == {}
