"""Whoever guesses passwords waits; whoever mistypes one hardly notices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.web.throttle import BURST, LONGEST, REFILL, ROOM, Throttle, place


def fail(throttle: Throttle, times: int, address: str = "10.0.0.7", now: float = 0.0) -> float:
    """The time after so many failures, each tried as soon as it may be."""
    for _ in range(times):
        now += throttle.wait(address, now)
        throttle.failed(address, now)
    return now


def test_who_mistypes_twice_may_try_at_once() -> None:
    throttle = Throttle()
    fail(throttle, 2)
    assert throttle.wait("10.0.0.7", 0.0) == 0.0


def test_each_further_failure_waits_twice_as_long() -> None:
    throttle, waits = Throttle(), []
    now = fail(throttle, 2)
    for _ in range(9):
        throttle.failed("10.0.0.7", now)
        waits.append(throttle.wait("10.0.0.7", now))
        now += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST, LONGEST, LONGEST]


def test_another_address_is_not_concerned() -> None:
    throttle = Throttle()
    now = fail(throttle, 6)
    assert throttle.wait("10.0.0.7", now) > 0
    assert throttle.wait("10.0.0.8", now) == 0.0


def test_a_right_password_begins_anew() -> None:
    throttle = Throttle()
    now = fail(throttle, 6)
    throttle.worked("10.0.0.7")
    assert throttle.wait("10.0.0.7", now) == 0.0


def test_an_address_that_was_quiet_for_long_begins_anew() -> None:
    throttle = Throttle()
    now = fail(throttle, 8) + 1000.0
    throttle.failed("10.0.0.7", now)
    assert throttle.wait("10.0.0.7", now) == 0.0


def test_a_thousand_addresses_guess_no_faster_than_the_limit_of_all() -> None:
    throttle, tries, now = Throttle(), 0, 0.0
    while now < 600.0:
        address = f"10.0.{tries // 250}.{tries % 250}"
        now += throttle.wait(address, now)
        throttle.failed(address, now)
        tries += 1
    assert tries <= BURST + 600.0 * REFILL + 2


def test_addresses_without_end_are_not_all_remembered() -> None:
    throttle = Throttle()
    for number in range(ROOM + 500):
        throttle.failed(f"10.{number // 250}.0.{number % 250}", float(number))
    assert len(throttle._records) == ROOM


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("192.168.1.7", "192.168.1.7"),
        ("::ffff:192.168.1.7", "192.168.1.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("", ""),
    ],
)
def test_a_whole_network_of_ipv6_is_one_address(address: str, found: str) -> None:
    assert place(address) == found


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(0, 100)), max_size=60))
def test_nobody_waits_longer_than_the_longest_pause(tries: list[tuple[str, float]]) -> None:
    throttle, now = Throttle(), 0.0
    for address, pause in tries:
        now += pause
        throttle.failed(address, now)
        assert 0.0 <= throttle.wait(address, now) <= LONGEST
