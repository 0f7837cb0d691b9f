"""A report of 300 bytes as rows: what Settings, Status and About have in common.

Bytes 0..3 are the preamble, 4 the type, 5 a counter that stands still on RS485, 6..298 the payload of
little-endian rows, 299 the sum-8. There is no address in it. The same payload can be read through Modbus,
where register = block + offset - 6 and every value is big-endian.
"""

import struct

from .checksum import sum8
from .fields import CellVoltages, Count, Field, Opaque, Probe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

PREAMBLE = b"\x55\xaa\xeb\x90"
SIZE = 300


class Frame:
    """A report: its bytes in `data`, its values as attributes.

    `data` is 300 bytes; assigning a row needs a bytearray (`blank()` makes one) and `sealed()` closes it.
    The frame is the state: nothing is copied, unknown bytes stay visible.
    """

    type = 0  # as byte 4 has it: 1 settings, 2 status, 3 about
    kind = "unknown"  # the same in words
    block = 0  # first Modbus register of the payload

    preamble = Opaque(0, 4)
    frame_type = Count(4, "B")
    frame_counter = Count(5, "B")  # stands still on RS485, counts over Bluetooth
    checksum = Count(299, "B")  # sum-8 of bytes 0..298

    def __init__(self, data: "bytes | bytearray") -> None:
        if len(data) != SIZE:
            raise ValueError(f"a report has {SIZE} bytes, not {len(data)}")
        self.data = data

    @classmethod
    def blank(cls) -> "Self":
        """A writable frame of this type with every payload byte 0."""
        data = bytearray(SIZE)
        data[:4] = PREAMBLE
        data[4] = cls.type
        return cls(data)

    def sealed(self) -> bytes:
        """The 300 bytes with a right checksum."""
        body = bytes(self.data[:-1])
        return body + bytes([sum8(body)])

    @classmethod
    def rows(cls) -> "list[Field]":
        """Every row in the order of the bytes; the bits of a word directly behind it."""
        return cls._planned().rows

    @classmethod
    def row(cls, name: str) -> Field:
        """The row of that name. Raises KeyError."""
        return cls._planned().by_name[name]

    def values(self) -> "dict[str, Any]":
        """All values by row name, in the order of the bytes: decoded in one go.

        Absent values are None, arrays are lists, bits are bool, opaque bytes are bytes.
        """
        return self._planned().decode(self.data)

    def registers(self) -> bytes:
        """The payload as Modbus serves it: 293 bytes from register `block` on, each value big-endian."""
        return _swapped(self.data[6:-1], self._planned().rows)

    @classmethod
    def from_registers(cls, payload: "bytes | bytearray") -> "Self":
        """The writable frame whose `registers()` are `payload`."""
        if len(payload) != SIZE - 7:
            raise ValueError(f"a block has {SIZE - 7} bytes, not {len(payload)}")
        frame = cls.blank()
        assert isinstance(frame.data, bytearray)
        frame.data[6:-1] = _swapped(payload, cls._planned().rows)
        return frame

    @classmethod
    def _planned(cls) -> "_Plan":
        if cls not in _PLANS:
            _PLANS[cls] = _Plan(cls)
        return _PLANS[cls]


_PLANS: "dict[type[Frame], _Plan]" = {}


class _Plan:
    """How to decode a whole frame at once: one struct format for all bytes, then each row picks its own."""

    def __init__(self, frame: "type[Frame]") -> None:
        self.by_name = {}
        for owner in (Frame, frame):
            self.by_name.update({k: row for k, row in owner.__dict__.items() if isinstance(row, Field)})
        for name, row in self.by_name.items():
            row.name = name  # MicroPython calls __set_name__ from 1.26 on
        self.rows = sorted(self.by_name.values(), key=lambda row: (row.offset, row.bit))
        self.blank: dict[str, Any] = {row.name: None for row in self.rows}
        self.format, indexes = self._layout()
        self.numbers: list[tuple[str, int]] = []
        self.scaled: list[tuple[str, int, int]] = []
        self.bits: list[tuple[str, int, int]] = []
        self.others: list[tuple[Field, int]] = []
        for row in self.rows:
            self._sort(row, indexes[row.offset])
            if 6 <= row.offset < SIZE - 1 and frame.block:
                row.address = frame.block + row.offset - 6
            if isinstance(row, Probe):
                row.presence_index = indexes[Probe.PRESENCE]
            elif isinstance(row, CellVoltages):
                row.mask_index = indexes[CellVoltages.MASK]

    def _layout(self) -> "tuple[str, dict[int, int]]":
        """struct's format for the whole frame and, by offset, where a row's numbers begin."""
        code, end, index, indexes = "<", 0, 0, {}
        for row in self.rows:
            if row.bit >= 0:
                continue
            code += "x" * (row.offset - end) + row.code
            end = row.offset + row.size
            indexes[row.offset] = index
            index += row.count
        return code, indexes

    def _sort(self, row: Field, index: int) -> None:
        if row.bit >= 0:
            self.bits.append((row.name, index, 1 << row.bit))
        elif row.count > 1 or row.code[-1] in "sf" or isinstance(row, Probe):
            self.others.append((row, index))
        elif row.per > 1:
            self.scaled.append((row.name, index, row.per))
        else:
            self.numbers.append((row.name, index))

    def decode(self, data: "bytes | bytearray") -> "dict[str, Any]":
        raw = struct.unpack(self.format, data)
        values = self.blank.copy()
        for name, index in self.numbers:
            values[name] = raw[index]
        for name, index, per in self.scaled:
            values[name] = raw[index] / per
        for name, index, mask in self.bits:
            values[name] = raw[index] & mask != 0
        for row, index in self.others:
            values[row.name] = row.pick(raw, index)
        return values


def _swapped(payload: "bytes | bytearray", rows: "list[Field]") -> bytes:
    """The payload with the bytes of each value reversed; the same step leads both ways."""
    out = bytearray(payload)
    for row in rows:
        if row.bit >= 0 or row.width == 1 or row.code[-1] == "s" or not 6 <= row.offset < SIZE - 1:
            continue
        for start in range(row.offset - 6, row.offset - 6 + row.size, row.width):
            out[start : start + row.width] = bytes(reversed(payload[start : start + row.width]))
    return bytes(out)
