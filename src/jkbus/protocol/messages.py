"""What is said on the wire: the framer cuts a stream into these, the builders at the end make them.

Numbers in commands are big-endian, only the CRC is sent low byte first. A request is a Modbus write of 0 to
one of three trigger registers; the pack answers with a report and, behind it, the acknowledgement.
"""

import struct

from .about import About
from .checksum import crc16
from .frames import Frame
from .settings import Settings
from .status import Status

REPORTS: "dict[int, type[Frame]]" = {1: Settings, 2: Status, 3: About}
TRIGGERS = {0x161E: 1, 0x1620: 2, 0x161C: 3}  # register that asks for the report of that type
_REGISTERS = {1: 0x161E, 2: 0x1620, 3: 0x161C}

READ, WRITE, REFUSED = 0x03, 0x10, 0x80


class Message:
    """Bytes that belong together. `address` is the node's, None where it cannot be known."""

    kind = "message"

    def __init__(self, data: bytes, address: "int | None" = None) -> None:
        self.data = data
        self.address = address


class Report(Message):
    """300 bytes from a pack. `evidence` of its address: acknowledgement, request, settings or ""."""

    kind = "report"

    def __init__(self, data: bytes, address: "int | None" = None, evidence: str = "") -> None:
        Message.__init__(self, data, address)
        self.type = data[4]
        self.frame = REPORTS.get(self.type, Frame)(data)
        self.evidence = evidence


class Command(Message):
    """A Modbus message: address and function in front, a valid CRC behind."""

    def __init__(self, data: bytes) -> None:
        Message.__init__(self, data, data[0])
        self.register = data[2] << 8 | data[3]


class Request(Command):
    """Somebody asks a pack for the report of `type`."""

    kind = "request"

    def __init__(self, data: bytes) -> None:
        Command.__init__(self, data)
        self.type = TRIGGERS[self.register]


class Write(Command):
    """Somebody writes `values` (big-endian bytes, two a register) from `register` on."""

    kind = "write"

    def __init__(self, data: bytes) -> None:
        Command.__init__(self, data)
        self.values = data[7:-2]


class Ack(Command):
    """A pack confirms a write, or closes a report."""

    kind = "ack"

    @property
    def type(self) -> "int | None":
        """Type of the report it closes, None for the acknowledgement of a write."""
        return TRIGGERS.get(self.register)


class Read(Command):
    """Somebody asks for `count` registers from `register` on."""

    kind = "read"

    def __init__(self, data: bytes) -> None:
        Command.__init__(self, data)
        self.count = data[4] << 8 | data[5]


class Reply(Message):
    """A pack answers a read with the bytes of the registers; which ones, only the read tells."""

    kind = "reply"

    def __init__(self, data: bytes) -> None:
        Message.__init__(self, data, data[0])
        self.values = data[3:-2]


class Refusal(Message):
    """A pack refuses: exception `code` to `function` (1 function, 2 address, 3 value, 4 check code)."""

    kind = "exception"

    def __init__(self, data: bytes) -> None:
        Message.__init__(self, data, data[0])
        self.function = data[1] & 0x7F
        self.code = data[2]


class Noise(Message):
    """Bytes that are no message. `bad_sums` counts headers among them whose 300 bytes failed the checksum."""

    kind = "noise"

    def __init__(self, data: bytes, bad_sums: int = 0) -> None:
        Message.__init__(self, data)
        self.bad_sums = bad_sums


class Padding(Noise):
    """The zero that some boards put before and after an acknowledgement: no sign of a bad line."""


def command(body: bytes) -> bytes:
    """`body` and its CRC."""
    crc = crc16(body)
    return body + bytes([crc & 0xFF, crc >> 8])


def request(address: int, type: int) -> bytes:
    """The 11 bytes that ask the pack at `address` for its report of `type`."""
    return write16(address, _REGISTERS[type], 0)


def acknowledgement(address: int, register: int, count: int = 1) -> bytes:
    """The 8 bytes that confirm a write of `count` registers from `register` on."""
    return command(struct.pack(">BBHH", address, WRITE, register, count))


def closing(address: int, type: int) -> bytes:
    """The acknowledgement that follows the report of `type`."""
    return acknowledgement(address, _REGISTERS[type])


def write16(address: int, register: int, value: int) -> bytes:
    """The 11 bytes that write one register; a negative value in two's complement. Raises ValueError."""
    _check(value, 16)
    return command(struct.pack(">BBHHBH", address, WRITE, register, 1, 2, value & 0xFFFF))


def write32(address: int, register: int, value: int) -> bytes:
    """The 13 bytes that write a 32-bit value; a negative one in two's complement. Raises ValueError."""
    _check(value, 32)
    return command(struct.pack(">BBHHBI", address, WRITE, register, 2, 4, value & 0xFFFFFFFF))


def _check(value: int, bits: int) -> None:
    if not -(1 << bits - 1) <= value < 1 << bits:
        raise ValueError(f"{value} does not fit into {bits} bits")


def read(address: int, register: int, count: int) -> bytes:
    """The 8 bytes that ask for `count` registers (at most 122; 32 is safe everywhere)."""
    return command(struct.pack(">BBHH", address, READ, register, count))


def reply(address: int, values: bytes) -> bytes:
    """The answer to a read."""
    return command(bytes([address, READ, len(values)]) + values)


def refusal(address: int, function: int, code: int) -> bytes:
    """The exception `code` to `function`."""
    return command(bytes([address, function | REFUSED, code]))
