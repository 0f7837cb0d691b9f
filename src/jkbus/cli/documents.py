"""A message as a JSON object: everything that is known of it, and its bytes in hex, so nothing is lost."""

import json
import struct
from typing import Any

from ..outputs.traffic import exception_name, register, type_name
from ..protocol import Message, Noise, Report
from ..protocol.fields import Float
from ..protocol.frames import Frame
from ..protocol.messages import REPORTS, Ack, Padding, Read, Refusal, Reply, Request, Write

FLOATS = {kind: [row.name for row in kind.rows() if isinstance(row, Float)] for kind in REPORTS.values()}


def document(message: Message, at: float | None = None, sent: bool = False) -> dict[str, Any]:
    """The object `jkbus decode --json` prints for a message.

    `at` is its time in seconds as the recording counts them, left out where it is not known; `sent` stands
    there only when the recorder said it itself. Bytes are hex strings, values that are absent are None.
    """
    found: dict[str, Any] = {"kind": message.kind, "hex": message.data.hex()}
    if at is not None:
        found["at"] = at
    if sent:
        found["sent"] = True
    return found | details(message)


def details(message: Message) -> dict[str, Any]:
    """What there is to say of a message of this kind."""
    if isinstance(message, Noise):
        noise = {"bytes": len(message.data), "bad_sums": message.bad_sums}
        return noise | ({"padding": True} if isinstance(message, Padding) else {})
    found: dict[str, Any] = {"address": message.address}
    if isinstance(message, Report):
        return (
            {"type": type_name(message.type)}
            | found
            | {
                "evidence": message.evidence or None,
                "values": values(message.frame),
            }
        )
    if isinstance(message, Request | Ack):
        found |= {"type": type_name(message.type), "register": register(message.register)}
    elif isinstance(message, Write):
        found |= {"register": register(message.register), "values": message.values.hex()}
    elif isinstance(message, Read):
        found |= {"register": register(message.register), "count": message.count}
    elif isinstance(message, Reply):
        found |= {"values": message.values.hex()}
    elif isinstance(message, Refusal):
        found |= {"function": message.function, "code": message.code, "text": exception_name(message.code)}
    return found


def values(frame: Frame) -> dict[str, Any]:
    """All values of a report, ready for JSON."""
    found = frame.values()
    for name in FLOATS.get(type(frame), ()):
        found[name] = None if found[name] is None else shortest(found[name])
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in found.items()}


def shortest(value: float) -> float:
    """The shortest number that is the same IEEE-754 single."""
    single = struct.pack("<f", value)
    texts = (f"{value:.{digits}g}" for digits in range(6, 9))
    return next((float(text) for text in texts if struct.pack("<f", float(text)) == single), value)


def dumps(value: object) -> str:
    """JSON on one line."""
    return json.dumps(value, allow_nan=False)
