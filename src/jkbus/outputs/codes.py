"""The vendor's code lists in words; a code nobody has explained shows as `unknown 7`."""

CHEMISTRY = ("LiFePO4", "Li-ion", "LTO")
CHARGE_STAGE = ("bulk", "absorption", "float")
BALANCING = ("idle", "charging", "discharging")
UART = (
    "4G/GPS module",
    "JK RS485 Modbus",
    "NIU",
    "China Tower V1.1",
    "PACE Modbus",
    "Pylontech low voltage",
    "Growatt",
    "Voltronic",
    "China Tower V2.0",
    "SRNE Modbus",
    "JK display",
    "UART1 customer",
    "UART2 customer",
    "JK RS485 Modbus 9600",
    "Pylontech low voltage 9600",
    "JK storage display",
    "JK LIN",
)
CAN = (
    "JK 250 kbit/s",
    "Deye",
    "Pylontech",
    "Growatt",
    "Victron",
    "Megarevo",
    "JK 500 kbit/s",
    "INVT",
    "GoodWe",
    "SMA",
    "MUST",
    "Luxpower",
)
TRIGGER = (
    "none",
    "SoC low",
    "pack over-voltage",
    "pack under-voltage",
    "cell over-voltage",
    "cell under-voltage",
    "charge over-current",
    "discharge over-current",
    "pack over-temperature",
    "MOSFET over-temperature",
    "any alarm",
    "pack low temperature",
    "GPS",
    "SoC out of range",
    "MOSFET fault",
)


def word(codes: tuple[str, ...], code: int) -> str:
    """What a code means."""
    return codes[code] if 0 <= code < len(codes) else f"unknown {code}"
