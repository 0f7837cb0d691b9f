"""Programs that write history until somebody kills them. Run: python tests/scribe.py WHAT FILE NUMBER

They print a number when it is safe on the disk: all of it up to there must be found later.
"""

import asyncio
import sys
import time
from pathlib import Path

from jkbus.history.recorder import EVERY, Recorder
from jkbus.history.store import Sample, Store
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from remembering import NOON, heard, status

STEP = 60  # s between two reports of a pack in `batches`
SPEED = 4.0  # how much faster than the clock `gateway` lives


def batches(file: Path, first: int) -> None:
    """Batches of ten minutes of two packs, with all the housework that falls due, as fast as it goes."""
    store, number = Store(file, raw_days=0.5, minute_days=1), first
    while True:
        times = [NOON + place * STEP for place in range(number, number + 10)]
        report = {at: status(volts=50 + at // STEP % 9, runtime=(at - NOON) // STEP) for at in times}
        store.write([Sample(key, at * 1000, report[at]) for key in ("one", "two") for at in times])
        number += 10
        print(number, flush=True)
        while store.tend(times[-1]):
            pass


async def gateway(file: Path, start: int) -> None:
    """A recorder that hears a report a second of its time; prints each as it is heard, safe or not."""
    begin = time.monotonic()

    def clock() -> float:
        return start + (time.monotonic() - begin) * SPEED

    battery = Battery(Identities([], {}))
    recorder = Recorder(Store(file), battery, every=EVERY / SPEED, clock=clock)
    writing = asyncio.create_task(recorder.run())
    while not writing.done():
        event = heard(status(runtime=int(clock())), 0, clock())
        battery.apply("bus1", event)
        recorder.take("bus1", event)
        print(clock(), flush=True)
        await asyncio.sleep(1 / SPEED)


if __name__ == "__main__":
    what, path, number = sys.argv[1:]
    if what == "batches":
        batches(Path(path), int(number))
    asyncio.run(gateway(Path(path), int(number)))
