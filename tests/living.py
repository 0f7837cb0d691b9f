"""A gateway that runs in a process of its own, with virtual packs that may be written to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shell import PATIENCE, Ended, jkbus, started, stopped

CONFIG = """\
buses:
  - name: bus1
    link: {link}
    writes: {writes}
    timing: {{listen: 50ms, takeover: 1s}}
    packs:
      - {{name: rs485-bms1, address: 1}}
      - {{name: rs485-bms2, address: 2}}
      - {{name: rs485-bms3, address: 3}}
state: {state}
log: {{level: warning}}
"""


@dataclass(frozen=True)
class Site:
    """A configuration and its state."""

    config: Path
    state: Path

    def jkbus(self, *arguments: str, stdin: bytes = b"") -> Ended:
        """Run a command with this configuration."""
        return jkbus(*arguments, "--config", str(self.config), stdin=stdin)

    @property
    def entries(self) -> int:
        """How many lines the log of changes has."""
        log = self.state / "changes.jsonl"
        return len(log.read_text().splitlines()) if log.exists() else 0


def site(folder: Path, link: str = "sim:3?master=no", writes: bool = True) -> Site:
    """A configuration for three virtual packs in this folder."""
    config, state = folder / "jkbus.yaml", folder / "state"
    config.write_text(CONFIG.format(link=link, writes=str(writes).lower(), state=state))
    return Site(config, state)


@contextmanager
def gateway(at: Site) -> Iterator[Site]:
    """Run the gateway of a site."""
    process = started("run", str(at.config))
    try:
        end = time.monotonic() + PATIENCE
        while not (at.state / "jkbus.sock").exists():
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.05)
        yield at
    finally:
        ended = stopped(process)
    assert ended.code == 0, ended.err
