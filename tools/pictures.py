"""The README's pictures: the program itself on a simulated bus, in virtual time, drawn as SVG.

Run with `make pictures`; takes seconds and gives the same pictures every time.
"""

import math
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

from rich.color import Color
from rich.console import Console, RenderableType
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from jkbus.bus.bus import Bus
from jkbus.bus.timing import Timing
from jkbus.cli.clocks import elapsed
from jkbus.cli.painting import Paint
from jkbus.cli.scanning import remarks, table
from jkbus.model.battery import Battery
from jkbus.outputs.terminal import render
from jkbus.outputs.traffic import line
from jkbus.protocol import Framer, Message, Noise
from jkbus.simulator import Faults, VirtualLine, bank

FONTS = "ui-monospace, Cascadia Mono, DejaVu Sans Mono, Menlo, Consolas, monospace"  # none from the network
PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
DARK = ["#10141a", "#e05c5c", "#68be7e", "#deb256", "#5c94e2", "#ba82d6", "#56b6c2", "#d6dae0"]
BRIGHT = ["#707884", "#f06c6c", "#7cd292", "#f2c66a", "#70a8f6", "#ce96ea", "#6acad6", "#f6f8fa"]


class Names:
    """Calls each pack by its address: a `battery.Naming`."""

    def name(self, bus: str, address: int, serial: str | None) -> tuple[str, str] | None:
        """The name, in any case."""
        return self.adopt(bus, address, serial)

    def adopt(self, bus: str, address: int, serial: str | None) -> tuple[str, str]:
        """As many owners do it."""
        return f"rs485-bms{address}", f"rs485-bms{address}"


def steps(line: VirtualLine, bus: Bus, until: float) -> Iterator[float]:
    """The times at which there is something to hear or to say."""
    now = 0.0
    while now < until:
        yield now
        now = max(now + 1e-4, min(line.wake_at, bus.wake_at, until))


def lived(line: VirtualLine, until: float) -> tuple[Battery, Bus]:
    """The gateway after some time on that line."""
    bus, battery = Bus(Timing()), Battery(Names())
    for now in steps(line, bus, until):
        if request := bus.poll(now):
            line.write(request, now)
        for event in bus.receive(line.read(now), now):
            battery.apply(bus.name, event)
    return battery, bus


def overheard(line: VirtualLine, since: float, until: float) -> Iterator[Text]:
    """What `jkbus sniff` prints of that line."""
    framer, now = Framer(), 0.0
    while now < until:
        data = line.read(now)
        messages = framer.feed(data, now) if data else framer.poll(now)
        if now >= since:
            shown = (one for one in messages if not isinstance(one, Noise) or len(one.data) > 1)
            yield from (Text.from_ansi(line_of(one, now)) for one in shown)
        now = max(now + 1e-4, min(line.wake_at, framer.wake_at or math.inf))


def line_of(message: Message, now: float) -> str:
    """A line of `jkbus sniff`."""
    return line(message, elapsed(now), Paint(True))


def theme() -> TerminalTheme:
    """Colours that are easy on the eye on both of GitHub's backgrounds."""
    dark, bright = ([Color.parse(name).get_truecolor() for name in names] for names in (DARK, BRIGHT))
    return TerminalTheme(dark[0], dark[7], list(dark), list(bright))


def draw(name: str, title: str, width: int, parts: Sequence[RenderableType]) -> None:
    """Write a picture of a terminal."""
    console = Console(
        width=width, file=StringIO(), record=True, force_terminal=True, color_system="truecolor"
    )
    console.print(*parts, "", sep="\n")
    svg = re.sub(
        r"@font-face \{.*?\}", "", console.export_svg(title=title, theme=theme(), unique_id=name), flags=re.S
    )
    svg = svg.replace("Fira Code, monospace", FONTS).replace(
        "font-family: Fira Code", f"font-family: {FONTS}"
    )
    (PICTURES / f"{name}.svg").write_text(svg)


def main() -> None:
    """Draw all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    battery, bus = lived(bank(7), 3600.0)
    draw("demo", "jkbus demo", 120, [render(battery, [bus], 3600.0, 120)])
    draw(
        "scan",
        "jkbus scan /dev/ttyUSB0",
        100,
        [table(battery.packs), "", *(Text(line, "dim") for line in remarks(bus))],
    )
    noisy = bank(7, faults=Faults(flood=0.3))
    draw("sniff", "jkbus sniff /dev/ttyUSB0", 100, list(overheard(noisy, 42.4, 44.62)))


if __name__ == "__main__":
    main()
