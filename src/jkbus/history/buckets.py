"""Lowest, mean and highest of many series in a row of minutes or hours, and their blobs.

A blob names its series first: those that stood still, with one number each, then the others with three
numbers a bucket, as narrow as they allow: the steps of the mean and of the lowest from bucket to bucket, and
how far the highest is above the lowest. All of it is deflated. To read one series the others are passed over.
"""

import struct
import zlib
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, compress, pairwise
from typing import NamedTuple, Self

from .packing import PackingError

VERSION = 1
_HEAD = struct.Struct("<BHHH")  # version, buckets, series that stood still, other series
_BASE = struct.Struct("<qq")  # mean and lowest in front of the first bucket
_WIDTHS = {1: "b", 2: "h", 4: "i", 8: "q"}  # bytes of a number and struct's letter
_SOMEWHERE = 16  # added to the width: in some of the buckets only, a map of them comes first


class Stat(NamedTuple):
    """A series in a bucket: `low` and `high` as they stand on the wire, `mean` in finer steps."""

    low: int
    mean: int
    high: int


Stats = list[Stat | None]  # one a bucket, None where there is nothing


class Buckets:
    """How many reports there are in each bucket, and what every series, by its id, was in each."""

    def __init__(self, counts: Sequence[int], stats: dict[int, Stats]) -> None:
        self.counts = list(counts)
        self.stats = stats

    @classmethod
    def empty(cls, count: int) -> Self:
        """So many buckets with nothing in them."""
        return cls([0] * count, {})

    def merge(self, other: "Buckets", at: int = 0) -> None:
        """Put the other's buckets in the place of ours from number `at` on, each that has more reports."""
        better = [count > self.counts[at + place] for place, count in enumerate(other.counts)]
        places = list(compress(range(len(better)), better))
        for place in places:
            self.counts[at + place] = other.counts[place]
        nothing: Stats = [None] * len(better)
        for key in self.stats.keys() | other.stats.keys():
            mine = self.stats.setdefault(key, [None] * len(self.counts))
            theirs = other.stats.get(key, nothing)
            for place in places:
                mine[at + place] = theirs[place]

    def packed(self) -> bytes:
        """A blob of them."""
        seen = [count > 0 for count in self.counts]
        still: dict[int, Stat] = {}
        moving: dict[int, bytes] = {}
        for key, stats in self.stats.items():
            there = [stat is not None for stat in stats]
            found = [stat for stat in stats if stat is not None]
            if found and there == seen and _stands_still(found):
                still[key] = found[0]
            elif found:
                moving[key] = _moving(found, None if there == seen else there)
        means = [stat.mean for stat in still.values()]
        body = struct.pack(f"<{len(seen)}I", *self.counts)
        body += struct.pack(f"<{len(still) + len(moving)}H", *still, *moving)
        body += struct.pack(f"<{len(still)}q", *(stat.low for stat in still.values()))
        body += struct.pack(f"<{len(still)}q", *means) + b"".join(moving.values())
        return _HEAD.pack(VERSION, len(seen), len(still), len(moving)) + zlib.compress(body, 6)

    @classmethod
    def unpacked(cls, blob: bytes, only: Collection[int] | None = None) -> Self:
        """What `packed` has made; of all series or of some. Raises PackingError."""
        try:
            version, count, still, moving = _HEAD.unpack_from(blob)
            if version != VERSION:
                raise PackingError(f"a rolled-up piece of history of version {version} is not understood")
            reader = _Reader(zlib.decompress(memoryview(blob)[_HEAD.size :]))
            counts = reader.take(count, "I")
            keys = reader.take(still + moving, "H")
            lows, means = reader.take(still, "q"), reader.take(still, "q")
            found: dict[int, Stats] = {}
            for key, low, mean in zip(keys, lows, means, strict=False):
                if only is None or key in only:
                    stat = Stat(low, mean, low)
                    found[key] = [stat if number else None for number in counts]
            found |= reader.moving(keys[still:], counts, only)
        except (struct.error, zlib.error, LookupError) as error:
            raise PackingError(f"a rolled-up piece of history is damaged ({error}); it is a gap") from None
        return cls(counts, found)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int, code: str) -> tuple[int, ...]:
        numbers = struct.unpack_from(f"<{count}{code}", self._data, self._at)
        self._at += count * struct.calcsize("<" + code)
        return numbers

    def moving(
        self, keys: Sequence[int], counts: Sequence[int], only: Collection[int] | None
    ) -> Iterator[tuple[int, Stats]]:
        seen = [number > 0 for number in counts]
        usual = sum(seen)
        for key in keys:
            kind, there, number = self._data[self._at], seen, usual
            self._at += 1
            if kind & _SOMEWHERE:
                there = [byte > 0 for byte in self.take(len(seen), "B")]
                number = sum(there)
            width = kind & ~_SOMEWHERE
            if only is None or key in only:
                yield key, self._stats(there, number, _WIDTHS[width])
            else:
                self._at += _BASE.size + 3 * number * width

    def _stats(self, there: list[bool], number: int, code: str) -> Stats:
        mean, low = self.take(2, "q")
        means = tuple(accumulate(self.take(number, code), initial=mean))[1:]
        lows = tuple(accumulate(self.take(number, code), initial=low))[1:]
        stats = map(Stat, lows, means, map(int.__add__, lows, self.take(number, code)))
        return [next(stats) if is_there else None for is_there in there]


def _stands_still(found: list[Stat]) -> bool:
    return found[0].low == found[0].high and found.count(found[0]) == len(found)


def _moving(found: list[Stat], there: list[bool] | None) -> bytes:
    """A series that changes: width, map of its buckets if it is not in all, base, and its numbers."""
    means, lows = [stat.mean for stat in found], [stat.low for stat in found]
    numbers = [0, *(after - before for before, after in pairwise(means))]
    numbers += [0, *(after - before for before, after in pairwise(lows))]
    numbers += [stat.high - stat.low for stat in found]
    most = max(max(numbers), -min(numbers) - 1)
    width = next(width for width in _WIDTHS if most < 1 << (8 * width - 1))
    head = bytes([width if there is None else width | _SOMEWHERE, *(there or ())])
    return head + _BASE.pack(means[0], lows[0]) + struct.pack(f"<{len(numbers)}{_WIDTHS[width]}", *numbers)
