"""Health over what real packs said: minutes only, so it says what is missing and invents nothing."""

import math
from collections import defaultdict

from biography import START
from jkbus.health import Estimate, Missing, Nameplate, Past, Track, examine, report
from jkbus.health.findings import UNKNOWN
from jkbus.protocol import Status
from material import records

CAPTURE = "mpp-solar_utils_20240222_114810"
EVERY = 5.0  # s between two reports of a pack, about


def pasts() -> dict[str, Past]:
    """What the packs of a bus of seven said in some minutes of an evening."""
    columns: dict[int, dict[str, list[float | None]]] = defaultdict(lambda: defaultdict(list))
    for record in records(CAPTURE):
        if record["kind"] == "response" and record["checksum_ok"] and record["frame_type"] == 2:
            values = Status(record["data"][:300]).values()
            cells = values.pop("cell_voltage")
            for number, volt in enumerate(cells, 1):
                columns[record["address"]][f"cell_voltage_{number}"].append(volt)
            for name, value in values.items():
                if isinstance(value, int | float):
                    columns[record["address"]][name].append(value)
    return {
        f"pack {address}": Past.of(
            {
                name: Track([START + EVERY * row for row in range(len(values))], values)
                for name, values in each.items()
            },
            EVERY,
        )
        for address, each in sorted(columns.items())
    }


def test_real_packs_are_read_as_they_are() -> None:
    for past in pasts().values():
        assert len(past.cells) == 16
        assert all(3.0 < volt < 3.6 for volt in past.average)
        assert all(10 < degree < 40 for degree in past.temperature)
        for mean, volts in zip(past.average, past.voltage, strict=True):
            assert abs(mean * 16 - volts) < 0.02


def test_minutes_of_real_packs_give_no_verdict_that_needs_days() -> None:
    found = pasts()
    for name, findings in report(found, dict.fromkeys(found, Nameplate(280.0))).items():
        kinds = {finding.topic: finding.kind for finding in findings}
        assert set(kinds.values()) == {UNKNOWN}, name


def test_figures_of_real_packs_are_finite_or_missing() -> None:
    for past in pasts().values():
        figures = examine(past, Nameplate(280.0))
        assert isinstance(figures.capacity.whole, Missing)
        for answer in (
            figures.resistance.pack,
            *figures.resistance.cells,
            figures.top.now,
            figures.bottom.now,
        ):
            assert isinstance(answer, Missing) or (
                isinstance(answer, Estimate) and math.isfinite(answer.value + answer.error)
            )
