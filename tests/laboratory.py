"""Virtual packs at the bench: asked by hand, alone or on a line, and held against the rules of a frame."""

import math

from jkbus.protocol import Status
from jkbus.protocol.checksum import sum8
from jkbus.protocol.messages import Message, acknowledgement, read, request
from jkbus.simulator import VirtualLine, VirtualPack

SETTINGS, STATUS, ABOUT = 1, 2, 3


def status(pack: VirtualPack) -> Status:
    """The Status the pack sends at this moment, checked against every rule a real one keeps."""
    sent = Status(pack.report(STATUS)[:300])
    assert_consistent(sent)
    return sent


def assert_consistent(status: Status) -> None:
    """What 135 real frames kept within these tolerances."""
    assert sum8(status.data[:299]) == status.data[299]
    cells = [volt for volt in status.cell_voltage if volt is not None]
    assert len(cells) == status.cell_present_mask.bit_count()
    assert abs(sum(cells) - status.battery_voltage) <= 0.010
    assert abs(sum(cells) / len(cells) - status.cell_voltage_average) <= 0.0012
    assert abs(max(cells) - min(cells) - status.cell_voltage_delta) <= 0.002
    assert cells[status.cell_voltage_max_index] == max(cells)
    assert cells[status.cell_voltage_min_index] == min(cells)
    assert 0 <= status.battery_voltage - status.battery_voltage_coarse < 0.0101
    power = status.battery_voltage * status.battery_current
    assert math.isclose(abs(power), status.battery_power_magnitude, abs_tol=0.002, rel_tol=1e-5)
    soc = 100 * status.remaining_capacity / status.full_charge_capacity
    assert abs(soc - status.state_of_charge) <= 1
    for name in ("1", "2", "4", "5"):
        temperature = getattr(status, f"battery_temperature_{name}")
        assert temperature is None or -60 <= temperature <= 200
    assert status.battery_temperature_3 == status.mosfet_temperature


def live(pack: VirtualPack, seconds: float, current: float, ambient: float = 22.0, step: float = 1.0) -> None:
    """Let a world that wants `current` go on for a while."""
    for _ in range(round(seconds / step)):
        pack.step(current, ambient, step)


def read_register(pack: VirtualPack, register: int, count: int) -> bytes:
    """What function 03 gives of `count` registers."""
    answer = pack.hear(read(pack.address, register, count))
    assert answer[1] == 0x03, answer.hex(" ")
    return answer[3:-2]


def accepts(pack: VirtualPack, write: bytes) -> bool:
    """Whether a pack acknowledges a write."""
    register, count = write[2] << 8 | write[3], write[4] << 8 | write[5]
    return pack.hear(write) == acknowledgement(pack.address, register, count)


def listen(line: VirtualLine, start: float, end: float) -> list[tuple[float, bytes]]:
    """Everything that arrives from `start` to `end`, chunk by chunk, with the times of arrival."""
    heard, now = [], start
    while now <= end:
        if data := line.read(now):
            heard.append((now, data))
        now = max(line.wake_at, math.nextafter(now, math.inf))
    return heard


def ask(line: VirtualLine, address: int, type: int, now: float, within: float = 0.2) -> bytes:
    """Ask for a report and return what comes within 0.2 s."""
    return say(line, request(address, type), now, within)


def say(line: VirtualLine, data: bytes, now: float, within: float = 0.2) -> bytes:
    """Say something and return what comes within 0.2 s."""
    line.write(data, now)
    return b"".join(chunk for _, chunk in listen(line, now, now + within))


def of_kind(messages: list[Message], kind: str) -> list[Message]:
    return [message for message in messages if message.kind == kind]
