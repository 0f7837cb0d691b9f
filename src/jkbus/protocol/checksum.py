"""The two check codes of the wire: sum-8 closes a report, CRC-16/MODBUS closes a command."""


def _table() -> "tuple[int, ...]":
    rows = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
        rows.append(value)
    return tuple(rows)


_CRC16 = _table()


def crc16(data: "bytes | bytearray | memoryview") -> int:
    """CRC-16/MODBUS of `data`: 0x4B37 for b"123456789". Sent low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC16[(crc ^ byte) & 0xFF]
    return crc


def sum8(data: "bytes | bytearray | memoryview") -> int:
    """Low eight bits of the sum of `data`, as a report carries it in byte 299."""
    return sum(data) & 0xFF
