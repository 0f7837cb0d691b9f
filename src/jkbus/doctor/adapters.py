"""Which adapter a port is, and what is known of it.

What adapters are like on this bus tell those who tried them: CH340, CH341 and FT2232H work, single FT232R
did not, and the adapter that JK sells echoes. The latency timer is FTDI's: how long it waits for more bytes
before it hands over what it has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .finding import GOOD, NOTE, Finding, Machine

SLOW = 4  # ms; a timer above it blurs the pauses of the bus, which are 30 ms and more
FT232R = (
    "FT232R",
    NOTE,
    "with single ones answers came shortened, and a lower latency timer did not help",
    "if answers are damaged, take an adapter with CH340, CH341 or FT2232H",
)
FTDI = ("FTDI", GOOD, "works", "")
KNOWN: dict[str, tuple[str, str, str, str]] = {  # vendor:product, of the USB ID repository
    "1a86:7523": ("CH340", GOOD, "works", ""),
    "1a86:7522": ("CH340K", GOOD, "works", ""),
    "1a86:5523": (
        "CH341",
        GOOD,
        "works; the one that JK sells repeats what it sends, which is known here",
        "",
    ),
    "1a86:55d3": ("CH343", GOOD, "is of the family that works", ""),
    "1a86:55d4": ("CH9102", GOOD, "is of the family that works", ""),
    "0403:6010": ("FT2232H", GOOD, "works", ""),
    "0403:6011": ("FT4232H", GOOD, "is of the family that works", ""),
    "0403:6014": ("FT232H", GOOD, "is of the family that works", ""),
    "0403:6015": ("FT-X", GOOD, "is of the family that works", ""),
    "0403:6001": FT232R,
    "10c4:ea60": ("CP210x", GOOD, "is nothing special to this bus", ""),
    "067b:2303": ("PL2303", NOTE, "copies of it are many and lose bytes", "if bytes are lost, take a CH340"),
}


@dataclass(frozen=True, slots=True)
class Usb:
    """An adapter as the kernel knows it; `latency` in ms, None where it has no such timer."""

    ids: str
    product: str
    latency: int | None


def usb(port: Path, machine: Machine) -> Usb | None:
    """The USB adapter behind a port; None for a built-in port, or where the kernel does not tell."""
    device = machine.sys / "class" / "tty" / port.resolve().name / "device"
    if not device.exists():
        return None
    real = device.resolve()
    for folder in (real, *real.parents):
        if (folder / "idVendor").is_file():
            product = _text(folder / "product") or "without a name"
            ids = f"{_text(folder / 'idVendor')}:{_text(folder / 'idProduct')}"
            timer = _text(real / "latency_timer")
            return Usb(ids, product, int(timer) if timer.isdecimal() else None)
    return None


def adapter(port: Path, machine: Machine) -> Iterator[Finding]:
    """What is known of the adapter behind a port."""
    found = usb(port, machine)
    if found is None:
        if (machine.sys / "class" / "tty" / port.resolve().name).exists():
            yield Finding("adapter", GOOD, f"{port} is a built-in port, or one without USB")
        return
    name, state, told, remedy = KNOWN.get(
        found.ids, ("an adapter that nobody has told of yet", NOTE, "may work", "tell us whether it does")
    )
    yield Finding("adapter", state, f"{port} is {name} ({found.product}, {found.ids}): {told}", remedy)
    if found.latency is not None:
        yield _latency(port, found.latency)


def _latency(port: Path, ms: int) -> Finding:
    """How long the adapter keeps bytes back."""
    said = f"{port} hands bytes over after {ms} ms (its latency timer)"
    if ms <= SLOW:
        return Finding("latency timer", GOOD, said)
    rule = 'ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1"'
    remedy = f"put the line {rule} into /etc/udev/rules.d/99-jkbus.rules and plug the adapter in again"
    return Finding("latency timer", NOTE, said, remedy)


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""
