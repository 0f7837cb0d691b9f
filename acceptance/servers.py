"""The three programs of the acceptance: a broker, Home Assistant and our gateway, each a process of ours."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

HOME_ASSISTANT = """\
homeassistant:
  name: Acceptance
  unit_system: metric
  time_zone: UTC
  country: DE
  currency: EUR
http:
  server_host: 127.0.0.1
  server_port: {port}
config:
diagnostics:
energy:
automation: !include automations.yaml
frontend:
lovelace:
  dashboards:
    jkbus-mqtt: {{mode: yaml, filename: jkbus-mqtt.yaml, title: Battery, icon: mdi:home-battery}}
    jkbus-esphome: {{mode: yaml, filename: jkbus-esphome.yaml, title: Battery, icon: mdi:home-battery}}
history:
recorder:
system_log:
  max_entries: 500
logger:
  default: warning
"""
# Of onboarding only the first user is left to do: the other steps set up weather, radio and the like.
ONBOARDING = (
    '{"version": 4, "minor_version": 1, "key": "onboarding",'
    ' "data": {"done": ["core_config", "analytics", "integration"]}}'
)
BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
max_inflight_messages 0
"""


class Usage(NamedTuple):
    """What a process has used: CPU in seconds since its start, memory in MB now."""

    cpu: float
    rss: float


class Program:
    """A process that we start, watch and stop; what it prints goes to `log`."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                cwd=log.parent,
                start_new_session=True,  # so that Ctrl-C is ours to handle, in our order
            )

    @property
    def runs(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process.poll() is None

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it with a signal; SIGKILL follows where 30 s do not suffice."""
        self._process.send_signal(number)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def usage(self) -> Usage:
        """CPU (user and system, all threads) and resident memory, from /proc."""
        process = Path("/proc") / str(self._process.pid)
        ticks = process.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
        pages = int(process.joinpath("statm").read_text().split()[1])
        return Usage(sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGESIZE") / 1e6)


def port(variable: str) -> int:
    """The TCP port that the environment names, else a free one."""
    if given := os.environ.get(variable):
        return int(given)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        chosen: int = probe.getsockname()[1]
        return chosen


def start_broker(folder: Path, port: int) -> Program:
    """Mosquitto with nothing retained, listening when this returns."""
    settings = folder / "mosquitto.conf"
    settings.write_text(BROKER.format(port=port))
    program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin") or "mosquitto"
    broker = Program([program, "-c", str(settings)], folder / "mosquitto.log")
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return broker
        time.sleep(0.1)
    broker.stop()
    raise RuntimeError(f"the broker does not listen; see {broker.log}")


def configure_home_assistant(folder: Path, port: int) -> Path:
    """The configuration of a new Home Assistant."""
    settings = folder / "config"
    (settings / ".storage").mkdir(parents=True)
    (settings / ".storage" / "onboarding").write_text(ONBOARDING)
    (settings / "configuration.yaml").write_text(HOME_ASSISTANT.format(port=port))
    (settings / "automations.yaml").write_text("[]\n")
    return settings


def start_home_assistant(venv: Path, settings: Path) -> Program:
    """Home Assistant; it answers some seconds later."""
    program = str(venv / "bin" / "hass")
    path = f"{venv / 'bin'}:{os.environ['PATH']}"
    log = settings.parent / "homeassistant.log"
    return Program([program, "-c", str(settings)], log, {"PATH": path})


def start_gateway(program: Path, settings: Path) -> Program:
    """Our gateway, with its memory (energy counters) beside the configuration."""
    memory = {"XDG_STATE_HOME": str(settings.parent / "state")}
    return Program([str(program), "-v", "run", str(settings)], settings.parent / "jkbus.log", memory)
