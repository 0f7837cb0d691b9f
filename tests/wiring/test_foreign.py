"""Other languages are recognised by their check codes, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from jkbus.protocol.checksum import crc16
from jkbus.simulator.strangers import PYLON
from jkbus.wiring.foreign import MODBUS, OLD_JK, Foreign
from jkbus.wiring.foreign import PYLON as PYLONTECH


def found(*pieces: bytes) -> dict[str, int]:
    foreign = Foreign()
    for piece in pieces:
        foreign.feed(piece)
    return dict(foreign.found)


def old_jk(body: bytes) -> bytes:
    message = (
        b"NW" + (len(body) + 18).to_bytes(2, "big") + bytes(4) + b"\x06\x00\x01" + body + bytes(4) + b"\x68"
    )
    return message + (sum(message) & 0xFFFF).to_bytes(4, "big")


def modbus(body: bytes) -> bytes:
    return body + crc16(body).to_bytes(2, "little")


def test_pylontech_is_recognised_in_pieces_too() -> None:
    whole = b"".join(PYLON)
    assert found(whole) == {PYLONTECH: 2}
    assert found(*(whole[place : place + 5] for place in range(0, len(whole), 5))) == {PYLONTECH: 2}


def test_a_text_with_a_wrong_sum_is_none() -> None:
    assert found(PYLON[0].replace(b"42", b"43")) == {}


def test_the_old_language_of_jk_is_recognised() -> None:
    assert found(old_jk(bytes(20)) * 2) == {OLD_JK: 2}


def test_modbus_of_others_is_recognised() -> None:
    assert found(modbus(b"\x11\x04\x00\x00\x00\x10") + modbus(b"\x11\x04\x04\x01\x02\x03\x04")) == {MODBUS: 2}


@given(st.lists(st.binary(max_size=400), max_size=6))
def test_any_bytes_raise_nothing(pieces: list[bytes]) -> None:
    found(*pieces)
