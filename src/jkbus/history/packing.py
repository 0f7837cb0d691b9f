"""Many records of one size, and their times, as few bytes: column by column, then deflated.

Of the 300 bytes of a report most stand still. Written down byte by byte of all records, what stands still is
a long run of one byte and costs next to nothing; what moves costs about a byte where it moves. A value is
read out of its own columns, without looking at the rest.
"""

import struct
import zlib
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any, Self

from ..errors import JkbusError

VERSION = 1
_HEAD = struct.Struct("<BIH")  # version, number of records, bytes of each
_TIME = 8  # bytes of a time


class PackingError(JkbusError):
    """A blob is damaged, or made by another version."""


class Columns:
    """Records of `size` bytes in the order of their `times` (whole ms, any zero); `body` byte by byte."""

    def __init__(self, times: Sequence[int], size: int, body: bytes) -> None:
        self.times = times
        self.size = size
        self._body = body

    @classmethod
    def of(cls, times: Sequence[int], records: Sequence[bytes]) -> Self:
        """These records, sorted by time. Raises ValueError unless all are of one size."""
        size = len(records[0]) if records else 0
        if len(times) != len(records) or any(len(record) != size for record in records):
            raise ValueError("records of one size are expected, and a time for each")
        if any(later < earlier for earlier, later in pairwise(times)):
            both = sorted(zip(times, records, strict=True), key=itemgetter(0))
            times, records = [at for at, _ in both], [record for _, record in both]
        return cls(tuple(times), size, _by_byte(b"".join(records), size))

    @classmethod
    def unpacked(cls, blob: bytes, zero: int = 0) -> Self:
        """What `packed` has made with that `zero`. Raises PackingError."""
        try:
            version, count, size = _HEAD.unpack_from(blob)
            body = zlib.decompress(memoryview(blob)[_HEAD.size :])
        except (struct.error, zlib.error) as error:
            raise PackingError(f"a piece of history is damaged ({error}); it counts as a gap") from None
        if version != VERSION or len(body) != count * (_TIME + size):
            raise PackingError(
                f"a piece of history (version {version}) is not understood; it counts as a gap"
            )
        steps = struct.unpack(f"<{count}q", _by_record(body[: count * _TIME], count, 0, _TIME))
        times = tuple(accumulate((zero + steps[0], *steps[1:]))) if count else ()
        return cls(times, size, body[count * _TIME :])

    def packed(self, zero: int = 0) -> bytes:
        """A blob of them; the times count from `zero`, so that the blob may be moved."""
        count = len(self.times)
        steps = [later - earlier for earlier, later in pairwise((zero, *self.times))]
        times = _by_byte(struct.pack(f"<{count}q", *steps), _TIME)
        return _HEAD.pack(VERSION, count, self.size) + zlib.compress(times + self._body, 6)

    def numbers(self, offset: int, code: str) -> tuple[Any, ...]:
        """The number at byte `offset` of every record; `code` is struct's letter, little-endian."""
        count = len(self.times)
        return struct.unpack(
            f"<{count}{code}", _by_record(self._body, count, offset, struct.calcsize("<" + code))
        )

    def constant(self, offset: int, width: int) -> bool:
        """Whether these bytes are the same in all records."""
        count = len(self.times)
        for place in range(offset * count, (offset + width) * count, count or 1):
            if self._body.count(self._body[place], place, place + count) != count:
                return False
        return True

    def first(self) -> "Columns":
        """The first record alone."""
        return Columns(self.times[:1], self.size, self._body[:: len(self.times) or 1])

    @cached_property
    def records(self) -> list[bytes]:
        """Every record as it was."""
        count = len(self.times)
        return [self._body[place::count] for place in range(count)]


def pack(times: Sequence[int], records: Sequence[bytes]) -> bytes:
    """Records of one size and their times in ms, as a blob."""
    return Columns.of(times, records).packed()


def unpack(blob: bytes) -> tuple[list[int], list[bytes]]:
    """The times and records of a blob, sorted by time. Raises PackingError."""
    columns = Columns.unpacked(blob)
    return list(columns.times), columns.records


def _by_byte(data: bytes, size: int) -> bytes:
    return b"".join([data[place::size] for place in range(size)])


def _by_record(body: bytes, count: int, offset: int, width: int) -> bytes:
    data = bytearray(count * width)
    for place in range(width):
        start = (offset + place) * count
        data[place::width] = body[start : start + count]
    return bytes(data)
