"""How long the bus waits while the past is worked on in the same program, and while it is not.

A loop wants to wake every 10 ms; told is by how much it is late. Meanwhile 16 packs are examined after 30
days: in a thread, which shares the interpreter, and in a process of its own, as the gateway does it.

Run: .venv/bin/python bench/waiting.py
"""

import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from jkbus.health.examiner import Examiner
from jkbus.health.gather import gather
from jkbus.history.store import Store
from support.month import DAYS, START, multiplied, written

PACKS = 16
EVERY = 0.01  # s
END = START + DAYS * 86400.0


async def ticking(late: list[float]) -> None:
    """Wake again and again until cancelled."""
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + EVERY
        await asyncio.sleep(EVERY)
        late.append(clock() - due)


async def lateness(what: str, work: Callable[[], Awaitable[object]]) -> None:
    """Say how late the loop is during some work."""
    late: list[float] = []
    tick = asyncio.create_task(ticking(late))
    begin = time.perf_counter()
    await work()
    took = time.perf_counter() - begin
    tick.cancel()
    late.sort()
    median, most, worst = (1000 * late[int(share * (len(late) - 1))] for share in (0.5, 0.99, 1.0))
    print(f"{what:34} {took:5.1f} s; late by {median:5.2f} ms, 99 % {most:6.2f} ms, at most {worst:6.2f} ms")


def memory() -> float:
    """MB that this program needed at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


async def measure(store: Store) -> None:
    """Nothing to do, a process of its own, a thread."""
    await lateness("nothing", lambda: asyncio.sleep(5))
    before = memory()
    await lateness("health in a process of its own", lambda: Examiner(store.file, lambda: END).fresh(600))
    own = memory() - before
    await lateness("health in a thread", lambda: asyncio.to_thread(gather, store, END))
    print(
        f"memory of this program: {own:.0f} MB more by the process, {memory() - before:.0f} MB by the thread"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = written(Path(folder) / "history.sqlite")
        multiplied(store, PACKS)
        asyncio.run(measure(store))


if __name__ == "__main__":
    main()
