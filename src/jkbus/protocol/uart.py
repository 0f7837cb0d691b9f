"""What a UART makes of a line that is swapped or runs at another rate: bits are levels, ten make a byte.

A receiver waits for a level to fall, looks at the middle of the start bit and of each of the eight bits that
follow, low one first, and takes what it saw; when the stop bit is low it waits for the line to rise again.
The same few words of a known bus therefore always become the same garbage, which can be recognised.
"""

BAUDRATE = 115200
_BITS = 10  # a start bit, eight data bits, a stop bit


def heard_as(data: bytes, sent: int = BAUDRATE, heard: int = BAUDRATE, swapped: bool = False) -> bytes:
    """What `data`, said at once at rate `sent` on a line at rest, is at rate `heard`, or `swapped`."""
    level = _levels(data, swapped)
    rest = 0 if swapped else 1
    step = sent / heard
    out = bytearray()
    start = _fall(level, rest, 0.0)
    while start >= 0:
        bits = [_at(level, rest, start + (place + 0.5) * step) for place in range(_BITS)]
        if bits[0] == 0:
            out.append(sum(bit << place for place, bit in enumerate(bits[1:9])))
        start = _fall(level, rest, start + (_BITS - 0.5) * step)
    return bytes(out)


def _levels(data: bytes, swapped: bool) -> "list[int]":
    out = []
    for byte in data:
        word = 0x200 | byte << 1  # low bit first: start, data, stop
        out += [word >> place & 1 ^ swapped for place in range(_BITS)]
    return out


def _at(level: "list[int]", rest: int, time: float) -> int:
    place = int(time)
    return level[place] if 0 <= place < len(level) else rest


def _fall(level: "list[int]", rest: int, time: float) -> int:
    """The next moment from `time` on at which the level falls, in bits; -1 if it does not."""
    place = int(time)
    before = _at(level, rest, time) if time else rest
    for here in range(place + (time > 0), len(level) + 1):
        now = level[here] if here < len(level) else rest
        if before and not now:
            return here
        before = now
    return -1
