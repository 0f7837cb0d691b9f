"""A process of its own that finds out how healthy the packs of a history are.

For 16 packs and 30 days that takes half a minute of a fast processor and 200 MB; in a thread of the gateway
the bus would wait for up to half a second again and again, and the memory would never be given back.

Run by `examiner` as `python -m jkbus.health.checkup FILE NOW`; the outcome goes to standard output, pickled:
a `Verdict`, or a sentence that tells why there is none.
"""

import os
import pickle
import sys
from pathlib import Path

from ..history.schema import HistoryError
from ..history.store import Store
from .verdict import Verdict, verdict

_POLITE = 10  # of 19: whoever else has something to do comes first


def main(file: str, now: str) -> None:
    """Write the outcome to standard output."""
    os.nice(_POLITE)
    outcome: Verdict | str
    try:
        outcome = verdict(Store(Path(file)), float(now))
    except HistoryError as error:
        outcome = str(error)
    pickle.dump(outcome, sys.stdout.buffer)


if __name__ == "__main__":
    main(*sys.argv[1:])
