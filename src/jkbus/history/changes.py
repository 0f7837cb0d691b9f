"""Settings and About as they are kept: only when they change, for ever, and without secrets."""

from ..protocol import About, Settings
from ..protocol.fields import Text
from ..protocol.frames import Frame

KEPT: dict[int, type[Frame]] = {Settings.type: Settings, About.type: About}

_MOVING = ("frame_counter", "checksum", "total_runtime")  # rows that change while nothing happens


def essence(report: bytes) -> bytes:
    """What must differ for a report to count as changed."""
    data = bytearray(report)
    for row in KEPT[report[4]].rows():
        if row.name in _MOVING:
            data[row.offset : row.offset + row.size] = bytes(row.size)
    return bytes(data)


def without_secrets(report: bytes) -> bytes:
    """The report with empty PIN and password, and without what older boards keep behind the end of a text."""
    data, frame = bytearray(report), KEPT[report[4]]
    for row in frame.rows():
        if isinstance(row, Text):
            end = row.offset + row.size
            nul = data.find(0, row.offset, end)
            begin = row.offset if row.secret else nul if nul >= 0 else end
            data[begin:end] = bytes(end - begin)
    return frame(data).sealed()
