"""Direction control through RTS; a pseudo terminal has no such line, so the port behind it keeps a diary."""

import asyncio
import time

from jkbus.transport.rs485 import RtsLink, transmit
from jkbus.transport.stream import MOST_UNSENT
from transport.servers import reached


class Diary:
    """A port that writes down what is done to it and when."""

    def __init__(self, fault: OSError | None = None) -> None:
        self.entries: list[tuple[str, float]] = []
        self.sent = b""
        self.fault = fault

    def _note(self, what: str) -> None:
        self.entries.append((what, time.monotonic()))

    def set_modem_pins(self, *, rts: bool) -> None:
        self._note("raised" if rts else "lowered")

    def write(self, data: bytes) -> int:
        self._note("written")
        if self.fault:
            raise self.fault
        self.sent += data
        return len(data)

    def flush(self) -> None:
        self._note("flushed")

    @property
    def story(self) -> list[str]:
        return [what for what, _ in self.entries]


def test_the_line_is_raised_as_long_as_the_bits_take() -> None:
    port = Diary()
    transmit(port, b"question", 0.02)
    assert port.story == ["raised", "written", "flushed", "lowered"]
    assert port.entries[-1][1] - port.entries[1][1] >= 0.02


def test_the_line_is_lowered_even_if_the_port_fails() -> None:
    port = Diary(OSError(5, "unplugged"))
    try:
        transmit(port, b"question", 0.02)
    except OSError:
        assert port.story == ["raised", "written", "lowered"]


def rts_link(port: Diary) -> RtsLink:
    link = RtsLink("/dev/ttyAMA0", lambda url, error: "lost", 115200)
    link.port = port
    return link


async def test_the_loop_goes_on_while_we_speak() -> None:
    port = Diary()
    link = rts_link(port)
    link.write(bytes(5000))  # 0.4 s on the wire
    await reached(lambda: "flushed" in port.story)
    assert "lowered" not in port.story
    link.write(b"and more")
    await reached(lambda: port.story.count("lowered") == 2)
    assert port.sent == bytes(5000) + b"and more"
    assert port.story == ["raised", "written", "flushed", "lowered"] * 2
    await link.close()


async def test_what_cannot_be_sent_does_not_pile_up_and_closing_waits_for_the_line() -> None:
    port = Diary()
    link = rts_link(port)
    for _ in range(100):
        link.write(bytes(100))
    await asyncio.sleep(0)
    await link.close()
    assert 0 < len(port.sent) <= MOST_UNSENT + 100
    assert port.story[-1] == "lowered"
    link.write(b"too late")


async def test_a_port_that_fails_while_we_speak_does_no_harm() -> None:
    link = rts_link(Diary(OSError(5, "unplugged")))
    link.write(b"question")
    await link.close()
