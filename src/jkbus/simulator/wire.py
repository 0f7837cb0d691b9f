"""The figures of the wire."""

BAUDRATE = 115200
BYTE = 10 / BAUDRATE  # s: start bit, eight data bits, stop bit
USB_CHUNK = 62  # bytes that a USB adapter hands over at once: a packet of 64 with two of status
