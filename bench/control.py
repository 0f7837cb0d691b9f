"""`jkbus set` as a user runs it, from the shell's prompt to the value read back: how long does it take?

On a virtual bus at a serial port, without a JK master and beside one; through a gateway that runs, and over
the link itself where none does. In the second case the program first listens, so as not to speak where a JK
master does, and finds the pack. Each change comes at a moment of its own.

Run: .venv/bin/python bench/control.py [changes]
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

JKBUS = Path(sys.executable).with_name("jkbus")
PERIOD = 4.4  # s of a JK master's cycle: changes come anywhere in it
START = 60.0  # s that may pass until a gateway knows the pack
CONFIG = """\
buses:
  - link: {folder}/bus
    writes: true
    packs: [{{name: garage, address: 1}}]
state: {folder}/state
"""


@contextmanager
def running(*arguments: str) -> Iterator[None]:
    """The program in the background."""
    process = subprocess.Popen([JKBUS, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def change(config: Path, limit: int) -> tuple[float, str]:
    """Seconds that a change takes, and what went wrong, if anything did."""
    wish = (f"charge_current_limit={limit}", "--yes", "--config", str(config))
    began = time.perf_counter()
    done = subprocess.run([JKBUS, "set", "garage", *wish], capture_output=True, text=True, check=False)
    return time.perf_counter() - began, done.stderr if done.returncode else ""


def series(config: Path, changes: int, seed: int) -> list[float]:
    """The seconds of some changes, sorted."""
    random, times = Random(seed), []
    for number in range(changes):
        time.sleep(random.uniform(0, PERIOD))
        took, fault = change(config, 90 + number % 2)
        if fault:
            sys.exit(f"change {number + 1} failed: {fault}")
        times.append(took)
    return sorted(times)


def known(config: Path, gateway: bool) -> None:
    """Wait until a change works, and if there is a gateway, through it."""
    end = time.monotonic() + START
    while gateway and not (config.parent / "state/jkbus.sock").exists() and time.monotonic() < end:
        time.sleep(0.1)
    while fault := change(config, 80)[1]:
        if time.monotonic() > end:
            sys.exit(f"the pack is not known in time: {fault}")


def measure(master: str, gateway: bool, changes: int) -> str:
    """Median and worst of some changes on a bus of their own."""
    with TemporaryDirectory() as folder:
        config = Path(folder, "jkbus.yaml")
        config.write_text(CONFIG.format(folder=folder))
        bus = running("simulate", "--packs", "4", master, "--pty", f"{folder}/bus")
        with bus, running("run", str(config)) if gateway else nullcontext():
            known(config, gateway)
            times = series(config, changes, seed=1)
    return f"median {times[len(times) // 2]:.1f} s, worst {times[-1]:.1f} s"


def main() -> None:
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    for master, place, target in (("--no-master", "no master", 2), ("--master", "a JK master", 10)):
        print(f"{place}, through a gateway: {measure(master, True, changes)} (at most {target})", flush=True)
        print(f"{place}, over the link itself: {measure(master, False, changes)}", flush=True)


if __name__ == "__main__":
    main()
