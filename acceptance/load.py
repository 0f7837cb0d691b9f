"""What a full bus costs Home Assistant."""

import time

from .client import HomeAssistant
from .servers import Program

CPU_LIMIT = 15.0  # per cent of one core of this machine, for Home Assistant with a full bus


def measure(
    server: Program, home: HomeAssistant, seconds: float, gateway: Program, entities: list[str]
) -> list[str]:
    """Print what a full bus costs; the fault, if Home Assistant pays too much."""
    programs = (server, gateway)
    before = [program.usage() for program in programs]
    time.sleep(seconds)
    after = [program.usage() for program in programs]
    load = [100 * (new.cpu - old.cpu) / seconds for old, new in zip(before, after, strict=True)]
    changes = home.changes(entities, 20)
    for what, share, used in zip(("Home Assistant", "gateway, simulated bus"), load, after, strict=True):
        print(f"       {what}: {share:.1f} % of a core, {used.rss:.0f} MB")
    print(f"       {changes:.0f} changed entities a second", flush=True)
    return [f"{load[0]:.1f} % for {len(entities)} entities"] if load[0] >= CPU_LIMIT else []
