"""Plots, their axes, and the times people say."""

import math
import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.cli import plotting, spans, ticks
from jkbus.cli.plotting import Frame
from jkbus.errors import UsageError
from jkbus.history.curves import Curve

DAY = 86400.0
NOON = 1_780_315_200.0  # 12:00 UTC of the first of June 2026


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A zone with summer time."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def curve(times: Sequence[float], values: Sequence[float], spread: float = 0.0, step: float = 60.0) -> Curve:
    low, high = tuple(value - spread for value in values), tuple(value + spread for value in values)
    return Curve("power", "W", step, tuple(times), low, tuple(values), high)


def drawn(one: Curve, frame: Frame) -> list[str]:
    """The lines of a plot without its axes."""
    scale = ticks.scale(min(one.low), max(one.high), 6, 0.1)
    lines = [line.plain for line in plotting.plot(one, frame, scale, 8)]
    return [line[9:] for line in lines[: frame.height]]


def test_a_plot_is_as_wide_and_as_high_as_was_asked_for() -> None:
    one = curve([NOON + 60 * minute for minute in range(60)], [math.sin(m / 9) * 800 for m in range(60)], 50)
    frame = Frame(NOON, NOON + 3600, 70, 12)
    lines = [line.plain for line in plotting.plot(one, frame, ticks.scale(-850, 850, 6, 0.1), 8)]
    assert len(lines) == 12 + 2
    assert max(map(len, lines)) == 8 + 1 + 70
    assert lines[0].startswith("    1000┤") and lines[11].startswith("   -1000┤")
    assert "12:" in lines[13] or "14:" in lines[13]


def test_where_nothing_is_known_nothing_is_drawn() -> None:
    known = [minute for minute in range(120) if not 40 <= minute < 80]
    one = curve([NOON + 60 * minute for minute in known], [5.0 + minute % 2 for minute in known])
    columns = zip(*drawn(one, Frame(NOON, NOON + 7200, 60, 4)), strict=True)
    empty = [place for place, column in enumerate(columns) if set(column) == {" "}]
    assert empty == list(range(20, 40))


def test_points_that_are_far_apart_but_regular_are_joined() -> None:
    one = curve([NOON + 3600 * hour for hour in range(6)], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], step=3600)
    found = plotting.slices(one, Frame(NOON, NOON + 6 * 3600, 60, 8))
    assert None not in found[15:105]
    means = [slice[1] for slice in found[15:105] if slice is not None]
    assert means == sorted(means)


def test_a_setting_stays_until_it_is_changed() -> None:
    one = curve([NOON, NOON + 1800], [100.0, 80.0], step=0.0)
    found = plotting.slices(one, Frame(NOON, NOON + 3600, 20, 4, held=True))
    assert [slice and slice[1] for slice in found] == [100.0] * 20 + [80.0] * 20


def test_the_line_is_told_from_the_band_without_colours() -> None:
    one = curve([NOON + 60 * minute for minute in range(60)], [0.0] * 60, spread=100)
    lines = drawn(one, Frame(NOON, NOON + 3600, 30, 9))
    dots = [sum((ord(char) - 0x2800).bit_count() for char in line if char != " ") for line in lines]
    assert max(dots) == max(dots[4:5]) and min(dots) > 0
    assert len(set(dots[:4] + dots[5:])) == 1  # the same shade above and below


@given(
    low=st.floats(-1e6, 1e6),
    span=st.floats(0, 1e6),
    most=st.integers(2, 12),
    finest=st.sampled_from([1.0, 1e-3]),
)
def test_marks_surround_the_values_and_are_not_many(
    low: float, span: float, most: int, finest: float
) -> None:
    scale = ticks.scale(low, low + span, most, finest)
    assert scale.low <= low + 1e-6 * scale.step and scale.high >= low + span - 1e-6 * scale.step
    assert 2 <= len(scale.marks) <= most + 1
    assert len({scale.label(mark) for mark in scale.marks}) == len(scale.marks)
    assert (scale.rows(12) - 1) % (len(scale.marks) - 1) == 0 and 8 <= scale.rows(12) <= 16


@given(start=st.floats(0, 4e9), span=st.floats(60, 3e8), most=st.integers(1, 20))
def test_times_are_marked_in_order_and_not_too_often(start: float, span: float, most: int) -> None:
    marks = ticks.times(start, start + span, most)
    assert [mark.at for mark in marks] == sorted(mark.at for mark in marks)
    assert all(start <= mark.at < start + span for mark in marks)
    assert len(marks) <= most + 3


@pytest.mark.parametrize(
    "span, labels",
    [
        (3600, ["14:00", "14:10", "14:20", "14:30", "14:40", "14:50"]),
        (DAY, ["15:00", "18:00", "21:00", "2 Jun", "03:00", "06:00", "09:00", "12:00"]),
        (7 * DAY, ["2 Jun", "3 Jun", "4 Jun", "5 Jun", "6 Jun", "7 Jun", "8 Jun"]),
        (365 * DAY, ["Jul", "Sep", "Nov", "2027", "Mar", "May"]),
    ],
)
def test_times_are_marked_as_the_clocks_here_go(berlin: None, span: float, labels: list[str]) -> None:
    assert [mark.label for mark in ticks.times(NOON, NOON + span, 8)] == labels


def test_days_are_marked_at_midnight_across_the_end_of_summer_time(berlin: None) -> None:
    saturday = spans.moment("2026-10-24", "--from")
    marks = ticks.times(saturday, saturday + 3 * DAY, 5)
    assert [mark.label for mark in marks] == ["24 Oct", "25 Oct", "26 Oct"]
    assert marks[2].at - marks[1].at == 25 * 3600


def test_a_date_alone_means_all_of_that_day(berlin: None) -> None:
    assert spans.span("", "2026-03-29", "2026-03-29") == (1_774_738_800.0, 1_774_738_800.0 + 23 * 3600)


def test_the_last_days_end_now() -> None:
    for text, days in (("7d", 7), ("2w", 14), ("36h", 1.5), ("1y", 365), ("1d12h", 1.5)):
        found = spans.span(text, "", "")
        assert found.end == pytest.approx(time.time(), abs=5)
        assert found.end - found.start == days * DAY


@pytest.mark.parametrize(
    "last, from_, to, sentence",
    [
        ("7q", "", "", "--last: how long is expected"),
        ("0s", "", "", "is not between a moment and a century"),
        ("7d", "2026-06-01", "", "leave it away"),
        ("", "2026-06-31", "", "--from: a date or time such as"),
        ("", "2026-06-02", "2026-06-01", "--from is not before --to"),
        ("", "9999999-01-01", "", "--from: a date or time"),
        ("", "0001-01-01", "", "--from: a date or time"),
    ],
)
def test_a_time_that_cannot_be_is_said_in_a_sentence(last: str, from_: str, to: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        spans.span(last, from_, to)


@pytest.mark.parametrize(
    "seconds, told",
    [
        (0, "0 s"),
        (40, "40 s"),
        (61, "1 min"),
        (12_000, "3 h 20 min"),
        (200_000, "2 d 7 h"),
        (1e7, "115 d 17 h"),
    ],
)
def test_how_long_is_told_in_two_units(seconds: float, told: str) -> None:
    assert spans.lasting(seconds) == told


def test_a_terminal_that_knows_no_dots_is_found_out() -> None:
    assert plotting.drawable("utf-8") and not plotting.drawable("latin-1") and not plotting.drawable("ascii")
