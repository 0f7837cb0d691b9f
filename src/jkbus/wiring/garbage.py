"""Bytes come, and not one message: another language, a line that floats, swapped wires, or a wrong rate."""

from .ear import Ear
from .foreign import MODBUS, OLD_JK, PYLON
from .garble import Guess
from .tally import Step
from .verdict import Confidence, Finding

_FOREIGN = 2  # messages of another language: one CRC in 65536 is right by chance, two never
_FLOATING = 0.8  # of the noise that an undriven line makes
_ENOUGH = 64  # bytes without a message, less than which say nothing
_REPORTS = 600  # bytes of two reports: as much may have lost its header without a fault of the wires

_LANGUAGES = {
    PYLON: "protocol 005 or 013 (Pylontech), meant for an inverter",
    OLD_JK: "protocol 000 (4G/GPS)",
    MODBUS: "protocol 004, 006 or 007 (PACE, Growatt, Voltronic), or a meter shares the line",
}


def foreign(ear: Ear) -> Finding | None:
    """The finding where somebody speaks another protocol on this line, also beside packs that do not."""
    if not ear.foreign.found:
        return None
    name, count = ear.foreign.found.most_common(1)[0]
    if count < _FOREIGN:
        return None
    return Finding(
        "wrong_protocol",
        f"Somebody speaks {name} on this line.",
        f"In JK's app that is {_LANGUAGES[name]}. Choose 001 (JK BMS RS485 Modbus) for this port, or plug "
        "into RS485-2, and leave inverters and other devices on a line of their own.",
        f"{count} messages with a right check code",
        "sure",
    )


def garbage(ear: Ear, recent: Step) -> Finding | None:
    """The finding where nothing that was heard is a message."""
    if recent.noise < _ENOUGH:
        return None
    if (guess := ear.words.guess(ear.rate)) is not None:
        return _swapped(guess, recent) if guess.swapped else _rate(guess, ear.rate, recent)
    if recent.floating >= max(1, _FLOATING * recent.stray):
        return floating(recent)
    if recent.noise < _REPORTS:
        return None
    return Finding(
        "garbage",
        "Bytes come, but never a message: the rate is wrong, or A and B are swapped.",
        "Swap A and B first. If that changes nothing, set baudrate: 115200, on a network gateway or an ESP32 "
        "too, with 8 data bits, no parity and 1 stop bit.",
        f"{recent.noise} bytes, no message; too few words to tell which of the two",
        "likely",
    )


def floating(recent: Step) -> Finding:
    """The line is driven by nobody, and noise makes bytes of it."""
    share = 100 * recent.floating / max(1, recent.stray)
    return Finding(
        "floating",
        "While nobody speaks, the line floats and makes bytes of its own.",
        "Connect ground, see that A and B are both connected all the way, put 120 ohm across them at both "
        "ends, and use an adapter that biases the line (or add 680 ohm from A to 5 V and from B to ground).",
        f"{recent.stray} bytes of noise, {share:.0f} % of them as an undriven line makes them (FF, 00)",
    )


def _swapped(guess: Guess, recent: Step) -> Finding:
    return Finding(
        "swapped",
        "A and B are swapped.",
        "Exchange the two wires at the adapter; nothing can break by it.",
        _told(guess, recent, "exactly what a swapped pair makes of a JK master's words"),
        _sureness(guess),
    )


def _rate(guess: Guess, rate: int, recent: Step) -> Finding:
    line = round(rate * guess.faster)
    return Finding(
        "wrong_rate",
        f"The rate is wrong: we listen at {rate} bits a second, the line runs at {line}.",
        f"Set baudrate: {line} for this bus; where a network gateway or an ESP32 is between, set it there.",
        _told(guess, recent, f"what words at {line} become at {rate}"),
        _sureness(guess),
    )


def _told(guess: Guess, recent: Step, like: str) -> str:
    return f"{recent.noise} bytes, no message; {100 * guess.share:.0f} % of the words are {like}"


def _sureness(guess: Guess) -> Confidence:
    return "sure" if guess.sure else "likely"
