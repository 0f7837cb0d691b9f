"""`simulate`: a bus for anybody's client."""

import re
import socket
import subprocess
from pathlib import Path

from jkbus.protocol import Framer
from shell import started, stopped


def _first_line(process: "subprocess.Popen[bytes]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode()


def test_a_bus_on_tcp_talks_to_whoever_connects() -> None:
    process = started("simulate", "--packs", "3", "--tcp", "127.0.0.1:0", "--echo")
    found = re.search(
        r"A bus at (socket://127\.0\.0\.1:(\d+)); look at it with `jkbus scan \1`", _first_line(process)
    )
    assert found is not None
    framer, kinds = Framer(), set()
    with socket.create_connection(("127.0.0.1", int(found[2])), timeout=30) as client:
        while "report" not in kinds:
            kinds |= {message.kind for message in framer.feed(client.recv(4096))}
    done = stopped(process)
    assert (done.code, done.err) == (0, "")


def test_a_bus_on_a_pty_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    process = started("simulate", "--packs", "3", "--no-master", "--pty", str(path), "--seconds", "2")
    assert _first_line(process) == f"A bus at {path}; look at it with `jkbus scan {path}`\n"
    assert path.is_symlink()
    assert process.wait(60) == 0
    assert not path.is_symlink()
