"""What systemd hears from a gateway, on a real datagram socket."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jkbus.app import Gateway
from jkbus.app.notify import OVERDUE, Service, is_tried, service, stuck, tell
from jkbus.bus.bus import Bus
from jkbus.bus.timing import Timing
from jkbus.config import BusConfig, Config, SecretUrl, WebConfig
from shell import started, stopped

PATIENCE = 30.0  # s; a busy machine is no failure


@contextmanager
def systemd(folder: Path) -> Iterator[socket.socket]:
    """systemd's end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(folder / "notify"))
        channel.settimeout(PATIENCE)
        yield channel


def heard(channel: socket.socket, wanted: str) -> str:
    """The message with this line in it, or the test fails."""
    while True:
        message = channel.recv(4096).decode()
        if wanted in message.split("\n"):
            return message


class Standing:
    """A gateway of which all is known."""

    def __init__(self, *names: str) -> None:
        self.every = [Bus(Timing(), False, name) for name in names]
        self.driven: set[Bus] = set()
        self.troubles: dict[str, str] = {}


def config(folder: Path, link: str) -> Config:
    return Config(
        buses=(BusConfig(link=SecretUrl(link)),), state=folder / "state", web=WebConfig(enabled=False)
    )


def test_only_the_process_that_systemd_started_gives_signs_of_life() -> None:
    assert service({}) is None
    assert service({"NOTIFY_SOCKET": "vsock:2:1"}) is None
    ours = {"NOTIFY_SOCKET": "/run/systemd/notify", "WATCHDOG_USEC": "60000000"}
    for process, beat in ((str(os.getpid()), 20.0), ("1", None)):
        found = service({**ours, "WATCHDOG_PID": process})
        assert found is not None
        assert found.beat == beat
    assert (told := service({"NOTIFY_SOCKET": "@abstract"})) is not None and told.beat is None


def test_where_nobody_listens_nothing_happens(tmp_path: Path) -> None:
    Service(str(tmp_path / "nobody"), None).say("READY=1")


def test_a_link_that_fails_counts_as_tried() -> None:
    gateway = Standing("barn", "house")
    assert not is_tried(gateway)
    gateway.driven.add(gateway.every[0])
    assert not is_tried(gateway)
    gateway.troubles["house"] = "there is no such device"
    assert is_tried(gateway)


def test_a_bus_that_nobody_wakes_is_stuck_and_one_without_a_link_is_not() -> None:
    gateway = Standing("barn", "house")
    barn, house = gateway.every
    for bus in (barn, house):
        bus.receive(b"", 1.0)
    gateway.driven.add(barn)
    assert stuck(gateway, barn.wake_at + OVERDUE) == []
    assert stuck(gateway, house.wake_at + OVERDUE + 1000) == ["barn"]


async def test_no_sign_of_life_while_a_bus_is_stuck(tmp_path: Path) -> None:
    gateway = Standing("barn")
    (barn,) = gateway.every
    gateway.driven.add(barn)
    with systemd(tmp_path) as channel:
        telling = asyncio.create_task(tell(Service(str(tmp_path / "notify"), 0.02), gateway))
        await asyncio.to_thread(heard, channel, "STATUS=stuck: barn")
        barn.receive(b"", asyncio.get_running_loop().time())
        await asyncio.to_thread(heard, channel, "WATCHDOG=1")
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        assert await asyncio.to_thread(heard, channel, "STOPPING=1")


@pytest.mark.parametrize(("link", "status"), [("sim:3", "bus1: "), ("/dev/ttyNOWHERE", "bus1: no link")])
async def test_a_gateway_is_ready_when_its_links_were_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: str, status: str
) -> None:
    with systemd(tmp_path) as channel:
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "300000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        running = asyncio.create_task(Gateway(config(tmp_path, link)).run())
        assert status in await asyncio.to_thread(heard, channel, "READY=1")
        await asyncio.to_thread(heard, channel, "WATCHDOG=1")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_a_service_that_is_stopped_says_so_and_ends_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "jkbus.yaml"
    file.write_text(f"buses: [{{link: 'sim:3'}}]\nweb: {{enabled: false}}\nstate: {tmp_path}/state\n")
    with systemd(tmp_path) as channel:
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        process = started("run", str(file))
        heard(channel, "READY=1")
        assert stopped(process, signal.SIGTERM).code == 0
        heard(channel, "STOPPING=1")
