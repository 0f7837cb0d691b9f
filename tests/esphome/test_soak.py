"""The native API for hours of virtual time: packs and clients come and go, and memory stays flat."""

import asyncio
import gc
import os
from pathlib import Path

import pytest

from controlling import hurry
from jkbus.simulator import bank
from nodes import configured, many, node, seen

HOURS = float(os.environ.get("SOAK_HOURS", "0.5"))
TURN = 600.0  # s after which a pack falls silent or comes back, and a client goes and another comes
FLAT = 5.0  # MB


def resident() -> float:
    """Memory of this process in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.soak
def test_memory_stays_flat_while_packs_and_clients_come_and_go(tmp_path: Path) -> None:
    given = configured(tmp_path, many(tmp_path, range(1, 3), status=30.0))
    sizes: list[float] = []

    async def look() -> None:
        turns = max(4, int(HOURS * 3600 / TURN))
        async with node(bank(2, master=False), given, heard=120) as bench, seen(given) as steady:
            for turn in range(turns):
                bench.pack(2).silent = turn % 3 == 1
                async with seen(given) as guest:
                    await asyncio.sleep(TURN)
                    assert guest.states == steady.states and guest.ended == []
                steady.told.clear()
                sizes.append(resident())
            assert steady.ended == []
            assert steady.value("Online", "rs485-bms1") is True

    hurry(look())
    assert sizes[-1] - sizes[len(sizes) // 4] < FLAT, sizes
