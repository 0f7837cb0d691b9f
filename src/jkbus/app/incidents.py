"""What happened to the demo's packs before it was started, as the journal of alarms has it."""

from collections.abc import Iterator
from pathlib import Path

from ..alarms.entry import BUS as A_BUS
from ..alarms.entry import PACK, Entry, Subject, Values
from ..alarms.findings import BUS_NOISY, CELL_SPREAD, PACK_SILENT
from ..alarms.store import Store
from ..alarms.telling import values_of
from ..config.values import slug
from ..model.alarms import ALARMS, Alarm
from ..protocol import Status
from ..simulator.household import LOOSE, Household
from .pretence import BUS, key_of, name_of

_DAY, _MINUTE = 86400.0, 60.0
_KNOWN = {alarm.name: alarm for alarm in ALARMS}
_WIRE, _PROBE = _KNOWN["alarm_wire_resistance"], _KNOWN["alarm_temperature_sensor_fault"]
_SILENT_FROM, _SILENT_FOR = 11.3 * _DAY, 42 * _MINUTE
_WHO = "somebody (demo)"


def silences(house: Household) -> dict[int, list[tuple[float, float]]]:
    """When a pack was not heard, from and to in unix seconds, by address."""
    start = house.now - _SILENT_FROM
    return {_third(house): [(start, start + _SILENT_FOR)]} if len(house.packs) > 1 else {}


def journal(house: Household) -> list[Entry]:
    """The alarms that came and went, the first one first; the last one waits to be acknowledged."""
    found = []
    for number, (back, minutes, subject, alarm, sentence, count) in enumerate(_happened(house), 1):
        came = house.now - back
        went = came + minutes * _MINUTE
        taken = went + 900.0 if back > 3 * _DAY else None
        values = [_values(house, subject, at) for at in (came - 1, came, went)]
        before, during, after = values if alarm is not PACK_SILENT else (values[0], {}, values[2])
        entry = Entry(
            number, subject, alarm, sentence, came, went - 1, went, went, count,
            before=before, during=during, after=after,
            acknowledged=taken, acknowledged_by=_WHO if taken else "",
        )  # fmt: skip
        found.append(entry)
    return found


def write(folder: Path, house: Household) -> None:
    """Put the journal of the past into a state folder that has none yet."""
    store = Store(folder / "alarms.sqlite")
    store.load()
    store.put(journal(house), {})
    store.save()
    store.close()


def _happened(house: Household) -> Iterator[tuple[float, float, Subject, Alarm, str, int]]:
    """How many seconds ago, for how many minutes, whose, what, how much, how often; the first one first."""
    second, third, last = list(house.packs)[1 % len(house.packs)], _third(house), list(house.packs)[-1]
    line = Subject(A_BUS, slug(BUS), BUS)
    noise = "in the last minute 9 of 118 reports were damaged, and 2140 bytes made no sense"
    yield 24.6 * _DAY, 13, line, BUS_NOISY, noise, 2
    yield 17.4 * _DAY, 4, _pack(last), _PROBE, "the probes tell 22.4, 22.6, 21.9 °C", 1
    if len(house.packs) > 1:
        silent = f"address {third} on {BUS} does not answer"
        yield _SILENT_FROM, _SILENT_FOR / _MINUTE, _pack(third), PACK_SILENT, silent, 1
    yield 5.2 * _DAY, 26, _pack(last), CELL_SPREAD, "cell 6 has 3.449 V and cell 11 3.246 V", 1
    yield 1.3 * _DAY, 71, _pack(second), _WIRE, f"that of cell {LOOSE + 1} has 0.236 Ω", 4


def _third(house: Household) -> int:
    return list(house.packs)[min(3, len(house.packs) - 1)]


def _pack(address: int) -> Subject:
    return Subject(PACK, key_of(address), name_of(address))


def _values(house: Household, subject: Subject, at: float) -> Values:
    address = next((one for one in house.packs if key_of(one) == subject.key), None)
    return {} if address is None else values_of(Status(house.reports(at)[address]))
