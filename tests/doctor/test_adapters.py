"""Adapters in a tree as the kernel shows it (paths as on a Raspberry Pi 4 with Debian 12)."""

from pathlib import Path

import pytest

from jkbus.doctor import GOOD, NOTE, Machine, adapter

HUB = "devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.2"


def plugged(root: Path, ids: str, product: str, name: str = "ttyUSB0", timer: int | None = None) -> Machine:
    """A machine with a USB adapter: the port of a driver for ttyUSB, the interface itself for ttyACM."""
    vendor, number = ids.split(":")
    usb = root / HUB
    device = usb / "1-1.2:1.0" / (name if name.startswith("ttyUSB") else "")
    tty = device / "tty" / name
    tty.mkdir(parents=True)
    (tty / "device").symlink_to(device)
    for file, text in (("idVendor", vendor), ("idProduct", number), ("product", product)):
        (usb / file).write_text(f"{text}\n")
    if timer is not None:
        (device / "latency_timer").write_text(f"{timer}\n")
    (root / "class/tty").mkdir(parents=True)
    (root / "class/tty" / name).symlink_to(tty)
    return Machine(sys=root)


@pytest.mark.parametrize(
    ("ids", "product", "name", "state", "told"),
    [
        ("1a86:7523", "USB Serial", "ttyUSB0", GOOD, "CH340 (USB Serial, 1a86:7523): works"),
        ("1a86:5523", "USB2.0-Serial", "ttyUSB0", GOOD, "repeats what it sends"),
        ("1a86:55d3", "USB Single Serial", "ttyACM0", GOOD, "CH343"),
        ("0403:6010", "Dual RS232-HS", "ttyUSB0", GOOD, "FT2232H"),
        ("0403:6001", "FT232R USB UART", "ttyUSB0", NOTE, "answers came shortened"),
        ("10c4:ea60", "CP2102 USB to UART Bridge Controller", "ttyUSB0", GOOD, "CP210x"),
        ("cafe:4001", "My own", "ttyACM0", NOTE, "nobody has told of yet"),
    ],
)
def test_an_adapter_is_known_by_its_numbers(
    tmp_path: Path, ids: str, product: str, name: str, state: str, told: str
) -> None:
    (found,) = adapter(Path(f"/dev/{name}"), plugged(tmp_path, ids, product, name))
    assert found.state == state
    assert told in found.sentence
    assert bool(found.remedy) == (state != GOOD)


@pytest.mark.parametrize(("ms", "state"), [(1, GOOD), (16, NOTE)])
def test_an_adapter_that_keeps_bytes_back_is_told_of(tmp_path: Path, ms: int, state: str) -> None:
    machine = plugged(tmp_path, "0403:6010", "Dual RS232-HS", timer=ms)
    _, timer = adapter(Path("/dev/ttyUSB0"), machine)
    assert (timer.about, timer.state) == ("latency timer", state)
    assert f"after {ms} ms" in timer.sentence


def test_the_timer_of_another_adapter_is_not_looked_for(tmp_path: Path) -> None:
    found = list(adapter(Path("/dev/ttyUSB0"), plugged(tmp_path, "1a86:7523", "USB Serial")))
    assert [each.about for each in found] == ["adapter"]


def test_a_port_of_the_board_is_no_adapter(tmp_path: Path) -> None:
    device = tmp_path / "devices/platform/soc/fe201000.serial"
    (device / "tty/ttyAMA0").mkdir(parents=True)
    (device / "tty/ttyAMA0/device").symlink_to(device)
    (tmp_path / "class/tty").mkdir(parents=True)
    (tmp_path / "class/tty/ttyAMA0").symlink_to(device / "tty/ttyAMA0")
    (found,) = adapter(Path("/dev/ttyAMA0"), Machine(sys=tmp_path))
    assert "built-in" in found.sentence


def test_what_is_no_port_at_all_is_not_judged(tmp_path: Path) -> None:
    assert list(adapter(Path("/dev/null"), Machine(sys=tmp_path))) == []
