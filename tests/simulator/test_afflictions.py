"""Faults of a line by name do to it what their name says."""

import pytest

from jkbus.protocol import Framer, Report
from jkbus.simulator import bank
from jkbus.simulator.afflictions import AFFLICTIONS


def heard(name: str, count: int = 4, seconds: float = 20.0) -> bytes:
    line = bank(count, living=False)
    AFFLICTIONS[name](line)
    out, now = b"", 0.0
    while now < seconds:
        out += line.read(now)
        now += 0.01
    return out


@pytest.mark.parametrize("name", ["swapped", "rate"])
def test_a_line_that_is_garbled_has_bytes_and_no_message(name: str) -> None:
    framer = Framer()
    messages = [*framer.feed(heard(name)), *framer.finish()]
    assert messages and all(message.kind == "noise" for message in messages)


def test_more_packs_damage_more_answers() -> None:
    shares = []
    for count in (2, 14):
        messages = Framer().feed(heard("termination", count, 120.0))
        whole = sum(isinstance(message, Report) for message in messages)
        damaged = sum(getattr(message, "bad_sums", 0) for message in messages)
        shares.append(damaged / (whole + damaged))
    assert shares[0] < 0.01 < shares[1]


def test_a_silent_line_is_silent() -> None:
    assert heard("silent") == b""


def test_a_foreigner_is_heard_between_the_packs() -> None:
    assert heard("foreign").count(b"~2002") >= 10
