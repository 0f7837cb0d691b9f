"""Rows of a frame: where a value lies, what it means, and both directions between bytes and value.

A row is a descriptor on a `Frame`: reading the attribute decodes the frame's bytes, assigning encodes
into them. It states offset, format and unit once; the decoder, the simulator's encoder, the register map
and the published entities all follow from it. Rows hold numbers and no functions, so they work both ways:
a value is `raw / per`, because 3308 / 1000 prints 3.308 and 3308 * 0.001 does not.

This file runs on MicroPython too, which has no dataclasses, enum or typing.
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .frames import Frame

_RANGES = {
    "B": (0, 0xFF),
    "b": (-0x80, 0x7F),
    "H": (0, 0xFFFF),
    "h": (-0x8000, 0x7FFF),
    "I": (0, 0xFFFFFFFF),
    "i": (-0x80000000, 0x7FFFFFFF),
    "f": (-3.4028234663852886e38, 3.4028234663852886e38),
}


class Field:
    """A value's place in a frame: `code` (struct's letters, little-endian) at byte `offset`."""

    unit = ""
    per = 1
    secret = False  # never to be logged, published or captured
    bit = -1  # number of the bit, for a row that is one bit of a word

    def __init__(self, offset: int, code: str) -> None:
        self.offset = offset
        self.code = code
        self.size = struct.calcsize("<" + code)
        self.count = 1 if code[-1] == "s" or len(code) == 1 else int(code[:-1])  # values it takes
        self.width = self.size if code[-1] == "s" else self.size // self.count  # bytes of one value
        self.name = ""
        self.address: int | None = None  # Modbus byte address, known once its frame lists its rows

    def __set_name__(self, owner: "type[Frame]", name: str) -> None:
        self.name = name

    @property
    def register(self) -> "int | None":
        """The even Modbus register that holds the value (or its first byte); None outside a block."""
        return None if self.address is None else self.address & 0xFFFE

    def pick(self, raw: "tuple[Any, ...]", index: int) -> "Any":
        """The value, from all raw numbers of the frame; its own begin at `index`."""
        return raw[index]

    def _read(self, frame: "Frame") -> "Any":
        return struct.unpack_from("<" + self.code, frame.data, self.offset)[0]

    def _write(self, frame: "Frame", *raw: "Any") -> None:
        if len(raw) != self.count:
            raise ValueError(f"{self.name}: {len(raw)} values where {self.count} are expected")
        if self.code[-1] in _RANGES:
            low, high = _RANGES[self.code[-1]]
            for value in raw:
                if not low <= value <= high:
                    ends = f"{low / self.per:g} to {high / self.per:g} {self.unit}".rstrip()
                    raise ValueError(f"{self.name}: {value / self.per:g} is not within {ends}")
        struct.pack_into("<" + self.code, frame.data, self.offset, *raw)

    def _raw(self, value: float) -> int:
        if value - value != 0:
            raise ValueError(f"{self.name}: {value} is no number")
        return round(value * self.per)


class Count(Field):
    """An integer as it stands on the wire: a number, a code of a list, a flag that is 0 or 1."""

    def __init__(self, offset: int, code: str, unit: str = "") -> None:
        Field.__init__(self, offset, code)
        self.unit = unit

    def __get__(self, frame: "Frame", owner: object = None) -> int:
        return int(self._read(frame))

    def __set__(self, frame: "Frame", value: int) -> None:
        self._write(frame, int(value))


class Flags(Count):
    """A word of bits as an integer; each known bit has a row of its own, a `Bit`."""


class Bit(Field):
    """One bit of a word, as bool. Writing it keeps the other bits of the word."""

    def __init__(self, word: Flags, bit: int) -> None:
        Field.__init__(self, word.offset, word.code)
        self.bit = bit

    def pick(self, raw: "tuple[Any, ...]", index: int) -> bool:
        return bool(raw[index] >> self.bit & 1)

    def __get__(self, frame: "Frame", owner: object = None) -> bool:
        return bool(self._read(frame) >> self.bit & 1)

    def __set__(self, frame: "Frame", value: bool) -> None:
        word = self._read(frame) & ~(1 << self.bit)
        self._write(frame, word | (1 << self.bit if value else 0))


class Quantity(Field):
    """A physical value: raw integer / `per`, in `unit`."""

    def __init__(self, offset: int, code: str, unit: str, per: int) -> None:
        Field.__init__(self, offset, code)
        self.unit = unit
        self.per = per

    def __get__(self, frame: "Frame", owner: object = None) -> float:
        return float(self._read(frame) / self.per)

    def __set__(self, frame: "Frame", value: float) -> None:
        self._write(frame, self._raw(value))


class Float(Field):
    """An IEEE-754 single; None where the bytes are no number, which JSON could not say either."""

    def __init__(self, offset: int) -> None:
        Field.__init__(self, offset, "f")

    def pick(self, raw: "tuple[Any, ...]", index: int) -> "float | None":
        value = raw[index]
        return float(value) if value - value == 0 else None

    def __get__(self, frame: "Frame", owner: object = None) -> "float | None":
        return self.pick((self._read(frame),), 0)

    def __set__(self, frame: "Frame", value: "float | None") -> None:
        if value is None:
            struct.pack_into("<f", frame.data, self.offset, float("nan"))
        else:
            self._write(frame, value)


class Probe(Field):
    """A temperature in °C; None where no sensor is connected.

    A board says so in two ways and neither is reliable alone: the raw value −2000, and a cleared
    presence bit (`bit` of the Status byte 214, 1 = present). Writing None writes −2000.
    """

    unit = "°C"
    per = 10
    ABSENT = -2000
    PRESENCE = 214

    def __init__(self, offset: int, present: int) -> None:
        Field.__init__(self, offset, "h")
        self.present = 1 << present
        self.presence_index = 0  # of byte 214 among the raw numbers; set when the frame lists its rows

    def pick(self, raw: "tuple[Any, ...]", index: int) -> "float | None":
        absent = raw[index] == self.ABSENT or not raw[self.presence_index] & self.present
        return None if absent else raw[index] / self.per

    def __get__(self, frame: "Frame", owner: object = None) -> "float | None":
        raw = self._read(frame)
        absent = raw == self.ABSENT or not frame.data[self.PRESENCE] & self.present
        return None if absent else raw / self.per

    def __set__(self, frame: "Frame", value: "float | None") -> None:
        self._write(frame, self.ABSENT if value is None else self._raw(value))


class Quantities(Field):
    """A row of physical values of one kind, as a tuple."""

    def __init__(self, offset: int, code: str, unit: str, per: int) -> None:
        Field.__init__(self, offset, code)
        self.unit = unit
        self.per = per

    def pick(self, raw: "tuple[Any, ...]", index: int) -> "list[float]":
        per = self.per
        return [value / per for value in raw[index : index + self.count]]

    def __get__(self, frame: "Frame", owner: object = None) -> "tuple[float, ...]":
        raw = struct.unpack_from("<" + self.code, frame.data, self.offset)
        return tuple([value / self.per for value in raw])

    def __set__(self, frame: "Frame", values: "tuple[float, ...]") -> None:
        raw = [self._raw(value) for value in values]
        self._write(frame, *(raw + [0] * (self.count - len(raw))))


class CellVoltages(Field):
    """Voltage of every cell place in volts, cell 1 first; None where no cell is wired.

    A place is empty when it reads 0 and its bit of the mask (offset 70) is 0 too, so that a dead cell at
    0.0 V is still a cell. Writing None writes 0; the mask is a row of its own.
    """

    unit = "V"
    per = 1000
    MASK = 70

    def __init__(self, offset: int) -> None:
        Field.__init__(self, offset, "32H")
        self.mask_index = 0  # of the mask among the raw numbers; set when the frame lists its rows

    def pick(self, raw: "tuple[Any, ...]", index: int) -> "list[float | None]":
        return self._volts(raw[index : index + 32], raw[self.mask_index])

    @staticmethod
    def _volts(raw: "tuple[int, ...]", mask: int) -> "list[float | None]":
        wired = mask.bit_length() if hasattr(mask, "bit_length") else 32
        if mask == (1 << wired) - 1:  # cells 1 to n, as every real pack is wired
            rest = [value / 1000 if value else None for value in raw[wired:]]
            volts: list[float | None] = [value / 1000 for value in raw[:wired]]
            return volts + rest
        return [raw[i] / 1000 if raw[i] or mask >> i & 1 else None for i in range(32)]

    def __get__(self, frame: "Frame", owner: object = None) -> "tuple[float | None, ...]":
        mask = struct.unpack_from("<I", frame.data, self.MASK)[0]
        return tuple(self._volts(struct.unpack_from("<32H", frame.data, self.offset), mask))

    def __set__(self, frame: "Frame", values: "tuple[float | None, ...]") -> None:
        raw = [0 if value is None else self._raw(value) for value in values]
        self._write(frame, *(raw + [0] * (32 - len(raw))))


class Text(Field):
    """ASCII up to the first NUL; what a board keeps behind it is not shown, and cleared by writing."""

    def __init__(self, offset: int, size: int, secret: bool = False) -> None:
        Field.__init__(self, offset, f"{size}s")
        self.secret = secret

    def pick(self, raw: "tuple[Any, ...]", index: int) -> str:
        return _text(raw[index])

    def __get__(self, frame: "Frame", owner: object = None) -> str:
        return _text(self._read(frame))

    def __set__(self, frame: "Frame", value: str) -> None:
        data = value.encode()
        if len(data) > self.size:
            raise ValueError(f"{self.name}: {len(data)} bytes do not fit into {self.size}")
        self._write(frame, data)


class Opaque(Field):
    """Bytes nobody has explained yet, kept as they are."""

    def __init__(self, offset: int, size: int) -> None:
        Field.__init__(self, offset, f"{size}s")

    def __get__(self, frame: "Frame", owner: object = None) -> bytes:
        return bytes(self._read(frame))

    def __set__(self, frame: "Frame", value: bytes) -> None:
        if len(value) != self.size:
            raise ValueError(f"{self.name}: {len(value)} bytes where {self.size} are expected")
        self._write(frame, value)


def _text(raw: bytes) -> str:
    return "".join([chr(byte) if 32 <= byte < 127 else "?" for byte in raw.split(b"\0")[0]])
