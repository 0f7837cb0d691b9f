"""Every command with its arguments and its help: what a user sees of the command line.

The work is done in the other modules of this package, imported only when a command runs, so that `--help`
and `decode` start at once.
"""

from collections.abc import Callable
from importlib.metadata import version
from inspect import getdoc
from pathlib import Path
from typing import Annotated, TypeVar

from cyclopts import App, Group, Parameter
from cyclopts.validators import Number

from . import logs
from .badline import GOOD, Wire

ABOUT = """Every JK-PB battery pack on an RS485 bus, live: in the terminal, on MQTT and in Home Assistant.

A LINK is the way to the bus: /dev/ttyUSB0 (a serial port), socket://host:port (a network gateway),
esphome://host (an ESP32), replay:FILE (a recording) or sim:7 (seven simulated packs)."""

app = App(
    name="jkbus",
    help=ABOUT,
    version=lambda: version("jkbus"),
    help_format="rich",
    default_parameter=Parameter(negative=(), show_default=False),
    group_commands=Group("Commands", sort_key=0),
    suppress_keyboard_interrupt=False,
)
app.register_install_completion_command(help="Complete commands and options with the TAB key.")
app.meta.suppress_keyboard_interrupt = False
app.meta.group_parameters = Group("Everywhere", sort_key=9)

Link = Annotated[str, Parameter(name="LINK", help="The way to the bus, such as /dev/ttyUSB0.")]
Seconds = Annotated[float | None, Parameter(help="Stop by itself after so many.", validator=Number(gt=0))]
Json = Annotated[bool, Parameter(help="One JSON object per line, for programs.")]
Baudrate = Annotated[int, Parameter(help="Bits a second of a serial port; 115200.", validator=Number(gt=0))]

Function = TypeVar("Function", bound=Callable[..., None])


def command(
    *examples: tuple[str, str], on: App = app, group: Group | None = None
) -> Callable[[Function], Function]:
    """A command, with (command line, what it does) as the examples at the end of its help."""
    width = max(len(line) for line, _ in examples)
    shown = "\n".join(f"  {line:<{width}}   [dim]{does}[/dim]" for line, does in examples)
    epilogue = f"[bold]Examples[/bold]\n{shown}\n"

    def register(function: Function) -> Function:
        paragraphs = (getdoc(function) or "").split("\n\n")
        told = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
        on.command(function, help=told, help_epilogue=epilogue, sort_key=len(list(on)), group=group)
        return function

    return register


@app.meta.default
def launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    verbose: Annotated[
        int, Parameter(name=("--verbose", "-v"), count=True, help="Say what happens; -vv says everything.")
    ] = 0,
) -> None:
    """Take -v from anywhere, then run the command; `-` for stdin is what decode reads without a file."""
    logs.set_up(verbose)
    app([token for token in tokens if token != "-"], print_error=False, exit_on_error=False)


@command(
    ("jkbus run", "with ./jkbus.yaml, ~/.config/jkbus/jkbus.yaml or /etc/jkbus/jkbus.yaml"),
    ("jkbus run home.yaml --view", "and show every pack in this terminal"),
    ("jkbus run --listen 0.0.0.0:8090", "the first start, from another computer's browser"),
    ("jkbus run esp-rs485-gw.yaml --link /dev/ttyUSB0", "in place of an ESP32, straight from its YAML"),
)
def run(
    config: Annotated[Path | None, Parameter(help="The configuration.")] = None,
    /,
    *,
    view: Annotated[bool, Parameter(help="Show every pack in this terminal.")] = False,
    link: Annotated[
        tuple[str, ...], Parameter(help="Where the wires end, with the YAML of an ESP32; once for each line.")
    ] = (),
    listen: Annotated[
        str, Parameter(help="HOST:PORT of the wizard where there is no configuration; 127.0.0.1:8090.")
    ] = "127.0.0.1:8090",
) -> None:
    """The gateway: reads every pack, shows them in a browser, tells MQTT and Home Assistant.

    It goes on until Ctrl-C or SIGTERM, and comes back by itself when the stick was pulled out or the broker
    was away. Where there is no configuration yet, its page is a wizard that makes one; `jkbus init` does the
    same in the terminal.
    """
    from .gateway import run

    run(config, view, listen, link)


@command(
    ("jkbus demo", "a JK master and six slaves, here and in a browser"),
    ("jkbus demo --packs 15 --mqtt mqtt://127.0.0.1", "fifteen packs, and in Home Assistant too"),
    ("jkbus demo --trouble --no-view", "only the page, with a pack that falls silent and one with an alarm"),
)
def demo(
    *,
    packs: Annotated[
        int, Parameter(help="How many, with a JK master; 7.", validator=Number(gte=1, lte=16))
    ] = 7,
    mqtt: Annotated[
        str | None, Parameter(help="A broker to tell, such as mqtt://user:password@host.")
    ] = None,
    listen: Annotated[str, Parameter(help="HOST:PORT of the page; 127.0.0.1:8090.")] = "127.0.0.1:8090",
    trouble: Annotated[bool, Parameter(help="Let something go wrong after some seconds.")] = False,
    view: Annotated[bool, Parameter(negative="--no-view", help="Show the packs in this terminal.")] = True,
    seed: Annotated[int, Parameter(help="Another number, another weather.")] = 0,
    seconds: Seconds = None,
) -> None:
    """The gateway on a simulated bus, live in this terminal and in a browser; no hardware is needed.

    The packs have a year behind them that was made up, and a clock that goes as the real one: at night there
    is no sun. What is changed on the page is changed in them. Nothing is left when it ends.
    """
    from .demoing import demo

    demo(packs, mqtt, listen, seed, trouble, view, seconds)


@command(
    ("jkbus init", "asks, listens, writes jkbus.yaml"),
    ("jkbus init --link /dev/ttyUSB0 --yes", "asks nothing"),
)
def init(
    config: Annotated[Path, Parameter(help="The file to write; jkbus.yaml.")] = Path("jkbus.yaml"),
    /,
    *,
    link: Annotated[str | None, Parameter(help="The way to the bus, instead of asking.")] = None,
    mqtt: Annotated[
        str | None, Parameter(help="The broker, instead of asking: mqtt://user:password@host.")
    ] = None,
    yes: Annotated[bool, Parameter(help="Ask nothing: take what is found.")] = False,
    seconds: Annotated[float, Parameter(help="How long to listen; 6.", validator=Number(gt=0))] = 6.0,
    baudrate: Baudrate = 115200,
) -> None:
    """Find the bus, say what is on it, and write a configuration.

    Listens first. Only when nobody speaks, and you agree, it asks the packs itself, as a master does.
    """
    from .wizard import init

    init(config, link, mqtt, yes, seconds, baudrate)


@command(
    ("jkbus check jkbus.yaml", "every fault with its line and how to mend it"),
    ("jkbus check -v jkbus.yaml", "and the whole configuration, defaults included"),
)
def check(config: Annotated[Path, Parameter(help="The configuration.")], /) -> None:
    """Say what is wrong with a configuration, or that nothing is."""
    from .gateway import check

    check(config)


@command(
    ("jkbus scan /dev/ttyUSB0", "asks the packs, or listens beside a JK master"),
    ("jkbus scan socket://192.168.1.7:8899 --read-only", "only listens"),
)
def scan(
    link: Link,
    /,
    *,
    seconds: Annotated[float, Parameter(help="At most; 90.", validator=Number(gt=0))] = 90.0,
    read_only: Annotated[bool, Parameter(help="Never send a byte.")] = False,
    json: Json = False,
    baudrate: Baudrate = 115200,
) -> None:
    """Who is on this bus: addresses, roles, models, firmware, charge.

    It listens for 5 seconds before it says a word. Where a JK master polls, it asks each pack only for what
    the master does not ask.
    """
    from .scanning import scan

    scan(link, seconds, read_only, json, baudrate)


@command(
    ("jkbus sniff /dev/ttyUSB0", "until Ctrl-C"),
    ("jkbus sniff sim:7 --seconds 10", "ten seconds of a simulated bus"),
)
def sniff(link: Link, /, *, seconds: Seconds = None, json: Json = False, baudrate: Baudrate = 115200) -> None:
    """Show the traffic of a bus, a line a message; never sends a byte.

    The arrow tells the way: → to a pack, ← from it. Where no JK master polls the packs, nothing is said on a
    bus: `jkbus scan` asks.
    """
    from .listening import sniff

    sniff(link, seconds, json, baudrate)


@command(
    ("jkbus decode night.hex", "every message of a file, reports with all their values"),
    ("echo 01 10 16 20 00 01 04 4B | jkbus decode", "from a pipe, bytes in any common shape"),
    ("jkbus decode --json night.hex", "one JSON object a message, in order"),
)
def decode(
    file: Annotated[Path | None, Parameter(help="Hex or a recording; - or nothing: stdin.")] = None,
    /,
    *,
    json: Json = False,
) -> None:
    """Explain bytes of a bus, offline.

    Understands hex in one piece or in lines, bytes with spaces, dots or colons between them, # comments,
    recordings of `jkbus capture`, and raw bytes. Text masks PINs and passwords. --json leaves nothing out:
    device info in it holds PINs and passwords in clear text.
    """
    from .decoding import decode

    decode(file, json)


@command(
    ("jkbus capture /dev/ttyUSB0 night.jkc", "until Ctrl-C"),
    ("jkbus capture /dev/ttyUSB0 night.jkc --seconds 600", "ten minutes"),
)
def capture(
    link: Link,
    file: Annotated[Path, Parameter(help="The recording to write.")],
    /,
    *,
    seconds: Seconds = None,
    secrets: Annotated[bool, Parameter(help="Keep PINs, passwords and serial numbers.")] = False,
    baudrate: Baudrate = 115200,
) -> None:
    """Record a bus with times, for `replay`, `decode`, or to send to somebody; never sends a byte.

    PINs, passwords and serial numbers are blanked unless you insist.
    """
    from .listening import capture

    capture(link, file, seconds, secrets, baudrate)


@command(
    ("jkbus replay night.jkc", "the traffic as it was, at its own pace"),
    ("jkbus replay night.jkc --view --speed 10", "the packs, ten times as fast"),
)
def replay(
    file: Annotated[Path, Parameter(help="A recording of `jkbus capture`.")],
    /,
    *,
    speed: Annotated[
        float, Parameter(help="Times as fast, 0 for at once; 1.", validator=Number(gte=0, lte=1e6))
    ] = 1.0,
    view: Annotated[bool, Parameter(help="Show the packs instead of the traffic.")] = False,
) -> None:
    """Play a recording back."""
    from .replaying import replay

    replay(file, speed, view)


@command(
    ("jkbus simulate --tcp 127.0.0.1:8899", "a JK master and six slaves, for any client"),
    ("jkbus simulate --packs 3 --no-master --pty /tmp/bus", "three slaves that wait to be asked"),
    ("jkbus simulate --tcp 127.0.0.1:8899 --lose 0.01", "with a bad wire: one byte in a hundred is lost"),
)
def simulate(
    *,
    packs: Annotated[int, Parameter(help="How many; 7.", validator=Number(gte=1, lte=16))] = 7,
    master: Annotated[
        bool, Parameter(negative="--no-master", help="Whether a JK master at address 0 polls the others.")
    ] = True,
    pty: Annotated[Path | None, Parameter(help="Make a serial port at this path.")] = None,
    tcp: Annotated[str | None, Parameter(help="Listen at HOST:PORT.")] = None,
    seed: Annotated[int, Parameter(help="Another number, another world.")] = 0,
    wire: Wire = GOOD,
    seconds: Seconds = None,
) -> None:
    """A virtual bus with packs that behave like real ones, for any program that speaks their language.

    It is on TCP at 127.0.0.1:8899 if nothing else is said. The line is good unless it is told to be bad.
    """
    from .simulating import simulate

    simulate(packs, master, pty, tcp, wire, seed, seconds)
