"""Each failure has its sentence, also those that no machine of ours can show."""

import errno
import socket

import pytest
from serialx import SerialException, SerialPortInfo

from jkbus.transport.ports import PortInfo, described, ports
from jkbus.transport.remedies import lost, not_opened


@pytest.mark.parametrize(
    ("url", "error", "sentence"),
    [
        (
            "socket://1.2.3.4:5",
            OSError(errno.EHOSTUNREACH, ""),
            "this host cannot be reached; check the address",
        ),
        ("socket://1.2.3.4:5", OSError(errno.ENETUNREACH, ""), "there is no way to this host; check"),
        (
            "socket://1.2.3.4:5",
            ConnectionResetError(errno.ECONNRESET, ""),
            "the far end hangs up at once; it may",
        ),
        (
            "socket://h:5",
            OSError("Multiple exceptions: [Errno 111] Connect call failed"),
            "nothing listens on",
        ),
        ("socket://h:5", socket.gaierror(-2, "Name or service not known"), "this name is not known here"),
        ("socket://h:5", OSError(errno.EMFILE, "x"), "it cannot be opened (Too many open files)"),
        (
            "esphome://h",
            TimeoutError("Timeout"),
            "no answer; check the address, and that the far end has power",
        ),
        (
            "esphome://h",
            OSError(errno.EBUSY, "x"),
            "this port of the node is already in use; end its other user",
        ),
        (
            "esphome://h",
            SerialException("Operation is invalid: "),
            "the node has no serial_proxy of that number",
        ),
        (
            "esphome://h/?port_name=x",
            ValueError(
                "Serial proxy with name 'x' does not exist in {'bus': (0, Info(name='bus')), 'b': (1, I())}"
            ),
            "the node has no serial_proxy of that name; it has bus, b",
        ),
        ("esphome://h?key=geheim", SerialException("bad ?key=geheim"), "it cannot be opened (bad ?key=****)"),
        (
            "/dev/ttyUSB0",
            OSError(errno.EIO, "x"),
            "it cannot be opened (Input/output error); unplug the adapter",
        ),
        ("/dev/ttyUSB0", SerialException(""), "it cannot be opened (SerialException); unplug the adapter"),
    ],
)
def test_a_link_that_cannot_be_opened(url: str, error: Exception, sentence: str) -> None:
    told = str(not_opened(url, error))
    assert told.startswith(f"link {url.replace('geheim', '****')}: {sentence}")
    assert told.isprintable()
    assert len(told) < 200


def test_a_gateway_without_power_is_told_from_one_that_hangs_up() -> None:
    assert "no longer answers; check its power and network" in lost("socket://h:5", TimeoutError())
    assert "hung up; it may be restarting" in lost("socket://h:5", None)


def found(
    device: str,
    resolved: str,
    vid: int | None = None,
    pid: int | None = None,
    maker: str | None = None,
    product: str | None = None,
) -> SerialPortInfo:
    return SerialPortInfo(device, resolved, vid, pid, None, maker, product, None, None, None)


def test_ports_are_listed_with_stable_names_and_adapters_first() -> None:
    by_id = "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"
    listed = described(
        [
            found("/dev/ttyAMA0", "/dev/ttyAMA0"),
            found("/dev/ttyUSB1", "/dev/ttyUSB1", 0x0403, 0x6011),
            found(by_id, "/dev/ttyUSB0", 0x1A86, 0x7523, "QinHeng", "USB Serial"),
        ]
    )
    assert listed == [
        PortInfo(by_id, "QinHeng USB Serial, ttyUSB0"),
        PortInfo("/dev/ttyUSB1", "USB 0403:6011, ttyUSB1"),
        PortInfo("/dev/ttyAMA0", "built-in port, ttyAMA0"),
    ]


def test_the_ports_of_this_machine_can_be_listed() -> None:
    assert all(port.path.startswith("/dev/") and port.description for port in ports())
