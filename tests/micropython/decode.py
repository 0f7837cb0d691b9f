"""Decodes recordings and prints a JSON line for each message. Runs on CPython and on MicroPython.

They are read from the standard input, a chunk a line in hex; an empty line ends a recording.
Floats are printed as the bytes of a double, so that both can be compared exactly.
"""

import json
import struct
import sys

from jkbus.protocol import Framer, Message, Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jkbus.protocol.frames import Frame


def plain(value: "Any") -> "Any":
    """The value as JSON can say it without loss."""
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def written(frame: "Frame") -> str:
    """The report that comes out when all values are put into an empty one."""
    copy = type(frame).blank()
    for row in frame.rows():
        setattr(copy, row.name, getattr(frame, row.name))
    return copy.sealed().hex()


def refused(frame: "Frame") -> "list[str]":
    """Whom the rows blame for a value that none can hold."""
    names = []
    for row in frame.rows():
        if row.bit < 0 and row.count == 1 and row.code != "f" and row.code[-1] != "s":
            try:
                setattr(type(frame).blank(), row.name, 10**13)
            except ValueError as error:
                names.append(str(error).split(":")[0])
    return names


def told(message: Message) -> "dict[str, Any]":
    line: dict[str, Any] = {"kind": message.kind, "address": message.address, "hex": message.data.hex()}
    if isinstance(message, Report):
        frame = message.frame
        line["type"], line["evidence"] = message.type, message.evidence
        line["values"] = {name: plain(value) for name, value in frame.values().items()}
        line["attributes"] = {row.name: plain(getattr(frame, row.name)) for row in frame.rows()}
        line["registers"] = frame.registers().hex()
        line["registered"] = type(frame).from_registers(frame.registers()).sealed().hex()
        line["written"] = written(frame)
        line["refused"] = refused(frame)
    return line


framer = Framer()
for text in sys.stdin:
    for message in framer.feed(bytes.fromhex(text.strip())) if text.strip() else framer.finish():
        print(json.dumps(told(message)))
