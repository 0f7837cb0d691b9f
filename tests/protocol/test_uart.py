"""What a UART makes of a line that is swapped or runs at another rate."""

from hypothesis import given
from hypothesis import strategies as st

from jkbus.protocol.messages import request
from jkbus.protocol.uart import heard_as


@given(st.binary(max_size=60))
def test_a_line_as_it_should_be_is_heard_as_it_is(data: bytes) -> None:
    assert heard_as(data) == data


@given(st.binary(max_size=40), st.sampled_from([9600, 57600, 115200, 921600]), st.booleans())
def test_nothing_is_raised_and_no_more_comes_than_fits(data: bytes, rate: int, swapped: bool) -> None:
    assert len(heard_as(data, 115200, rate, swapped)) <= len(data) * max(1, rate / 115200) * 5 + 2


def test_zeros_on_a_swapped_pair_are_heard_as_ff() -> None:
    assert heard_as(bytes(20), swapped=True)[1:-1] == b"\xff" * 18


def test_half_the_rate_makes_half_the_bytes_or_less() -> None:
    assert len(heard_as(request(3, 2), 115200, 57600)) in (4, 5)


def test_a_slow_word_is_heard_as_edges_only() -> None:
    edges = {0xFF << shift & 0xFF for shift in range(9)}
    assert set(heard_as(b"~20024642E00202FD33\r", 9600, 115200)) <= edges
