"""Whole recordings of a line through the framer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.protocol import Framer, Message, Noise, Report
from material import STREAMS, chunks, records

KINDS = {"response": "report", "modbus_read": "read", "modbus_reply": "reply"}
BLUETOOTH = ("fl4p_issue377", "syssi_pdus_B2A8S20P_11.17")
Heard = tuple[str, int | None, bytes]

each_stream = pytest.mark.parametrize("capture", STREAMS)


def joined(heard: list[Heard]) -> list[Heard]:
    """Neighbouring noise in one piece: how it was cut means nothing."""
    out: list[Heard] = []
    for kind, address, data in heard:
        before = out.pop()[2] if kind == "noise" and out and out[-1][0] == "noise" else b""
        out.append((kind, address, before + data))
    return out


def heard(messages: list[Message]) -> list[Heard]:
    return joined([(message.kind, message.address, message.data) for message in messages])


def recorded(capture: str) -> list[Heard]:
    return joined([as_heard(record, capture in BLUETOOTH) for record in records(capture)])


def as_heard(record: dict[str, Any], bluetooth: bool) -> Heard:
    data = record["data"]
    if not record["checksum_ok"] or "ble_command" in record:
        return ("noise", None, data)
    address = record["address"]
    if bluetooth and record["frame_type"] == 1:
        address = data[270]  # nobody acknowledges a report over Bluetooth
    return (KINDS.get(record["kind"], record["kind"]), address, data)


def read(pieces: list[bytes] | tuple[bytes, ...]) -> list[Message]:
    framer = Framer()
    return [message for piece in pieces for message in framer.feed(piece)] + framer.finish()


@each_stream
def test_a_recording_is_cut_into_its_messages(capture: str) -> None:
    assert heard(read(chunks(capture))) == recorded(capture)


@each_stream
def test_a_recording_comes_out_byte_by_byte(capture: str) -> None:
    assert b"".join(message.data for message in read(chunks(capture))) == b"".join(chunks(capture))


@each_stream
def test_a_recording_in_one_piece_is_the_same(capture: str) -> None:
    assert heard(read([b"".join(chunks(capture))])) == recorded(capture)


@pytest.mark.parametrize("capture", ["mpp-solar_utils_20240221_084342", "fl4p_issue377"])
def test_a_recording_read_byte_by_byte_is_the_same(capture: str) -> None:
    stream = b"".join(chunks(capture))
    assert heard(read([stream[place : place + 1] for place in range(len(stream))])) == recorded(capture)


@given(data=st.data(), capture=st.sampled_from(STREAMS))
def test_any_chunking_of_a_recording_gives_the_same_messages(data: st.DataObject, capture: str) -> None:
    stream = b"".join(chunks(capture))[:6000]
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=60).map(sorted))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert heard(read(pieces)) == heard(read([stream]))


@each_stream
def test_every_report_on_a_bus_is_acknowledged_by_its_sender(capture: str) -> None:
    reports = [message for message in read(chunks(capture)) if isinstance(message, Report)]
    assert reports
    if capture == "mpp-solar_utils_20240221_084252":
        assert reports.pop().evidence == "request"  # the recording ends before the acknowledgement
    if capture not in BLUETOOTH:
        assert {report.evidence for report in reports} == {"acknowledgement"}


def test_a_damaged_report_is_counted_once() -> None:
    noises = [message for message in read(chunks("fl4p_issue377")) if isinstance(message, Noise)]
    assert sum(noise.bad_sums for noise in noises) == 1


def test_a_line_that_idles_at_ff_is_nothing_but_noise() -> None:
    (flood,) = records("issue_syssi_464_bus_noise")
    messages = read([flood["data"]] * 20)
    assert {message.kind for message in messages} == {"noise"}
    assert b"".join(message.data for message in messages) == flood["data"] * 20
    assert sum(noise.bad_sums for noise in messages if isinstance(noise, Noise)) == 0
