"""Runs the steps of a Dockerfile as they are written, in folders instead of layers, and then what it starts.

    python -m acceptance.container DOCKERFILE CONTEXT BASE FOLDER

CONTEXT is the folder that docker build is given; BASE a Debian tree that stands for the image in FROM; each
stage is a copy of it in FOLDER. Needs root and a mount namespace of its own (packaging/docker/try.sh makes
both). Knows the instructions that our files use; any other is a fault.
"""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

PATIENCE = 120.0  # s
STEP = 900  # s
CA = Path("/etc/ssl/certs/ca-certificates.crt")
PASSED = ("http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL")  # as docker build passes proxies
IGNORED = ("LABEL", "EXPOSE", "VOLUME")


@dataclass
class Stage:
    """A stage: the folder that stands for its layers, and what its instructions set."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    folder: str = "/"
    user: str = "root"
    entry: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def command(self, *words: str, building: bool = False) -> list[str]:
        """The command line that runs words in this stage, as its user."""
        groups = ["--userspec", f"{self.user}:{self.user}"] if self.user != "root" else []
        if groups:
            groups += ["--groups", ",".join(_groups(self.root, self.user))]
        more = _network() if building else {}
        values = [f"{name}={value}" for name, value in {**self.environment, **more}.items()]
        inside = ["/usr/bin/env", "-i", "-C", self.folder, *values, *words]
        return ["chroot", *groups, str(self.root), *inside]


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile as (name, rest), lines that go on joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    pairs = (line.split(None, 1) for line in joined.splitlines() if line.strip())
    return [(name.upper(), rest.strip()) for name, rest in pairs]


def built(file: Path, context: Path, base: Path, folder: Path) -> Stage:
    """The last stage of a Dockerfile."""
    stages: dict[str, Stage] = {}
    stage = Stage(base)
    for name, rest in instructions(file.read_text()):
        say(f"{name} {rest}")
        if name == "FROM":
            stage = stages[rest.partition(" AS ")[2] or "last"] = Stage(_layer(base, folder, len(stages)))
        elif name == "RUN":
            subprocess.run(stage.command("/bin/sh", "-c", rest, building=True), check=True, timeout=STEP)
        elif name == "COPY":
            _copy(stage, rest, stages, context)
        elif name not in IGNORED:
            _set(stage, name, rest)
    return stage


def _set(stage: Stage, name: str, rest: str) -> None:
    """Carry out an instruction that only says how something is started."""
    if name == "WORKDIR":
        stage.folder = rest
        (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif name == "USER":
        stage.user = rest
    elif name == "ENV":
        for word in shlex.split(rest):
            key, _, value = word.partition("=")
            stage.environment[key] = value.replace("$PATH", stage.environment["PATH"])
    elif name == "ENTRYPOINT":
        stage.entry = json.loads(rest)
    elif name == "CMD":
        stage.arguments = json.loads(rest)
    elif name == "HEALTHCHECK":
        stage.health = json.loads(rest.partition("CMD ")[2])
    else:
        fail(f"{name} is an instruction that is not known here")


def _copy(stage: Stage, rest: str, stages: dict[str, Stage], context: Path) -> None:
    """COPY, of what the context holds, or with --from of what another stage does."""
    words = rest.split()
    if words[0].startswith("--from="):
        context = stages[words.pop(0).removeprefix("--from=")].root
    *names, target = words
    there = stage.root / os.path.normpath(Path(stage.folder, target)).lstrip("/")
    found = [origin for name in names for origin in context.glob(name.removeprefix("./").lstrip("/"))]
    if len(found) < len(names):
        fail(f"COPY {rest}: this is not there")
    for origin in found:
        if origin.is_dir():
            shutil.copytree(origin, there, symlinks=True, dirs_exist_ok=True)
        else:
            shutil.copy2(origin, there / origin.name if target.endswith("/") else there)


def _layer(base: Path, folder: Path, number: int) -> Path:
    """A copy of the base with what docker gives every container."""
    root = folder / f"stage{number}"
    subprocess.run(["cp", "-a", str(base), str(root)], check=True)
    for name in ("resolv.conf", "hosts"):
        shutil.copy(Path("/etc") / name, root / "etc" / name)
    if CA.is_file():
        shutil.copy(CA, root / "tmp" / "ca.crt")
    subprocess.run(["mount", "-t", "proc", "proc", str(root / "proc")], check=True)
    (root / "dev/shm").mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(root / "dev/shm")], check=True)
    return root


def _network() -> dict[str, str]:
    """What a build needs of this machine to reach others."""
    found = {name: os.environ[name] for name in PASSED if name in os.environ}
    return {**found, **({"PIP_CERT": "/tmp/ca.crt"} if CA.is_file() else {})}


def _groups(root: Path, user: str) -> list[str]:
    """The groups of a user in a stage, as docker gives them to a container."""
    rows = [line.split(":") for line in (root / "etc/group").read_text().splitlines()]
    return [row[0] for row in rows if user == row[0] or user in row[3].split(",")]


def tried(stage: Stage) -> None:
    """Start what the image starts, and see whether its health check tells the truth. Fails otherwise."""
    if stage.user == "root":
        fail("it runs as root")
    expect(stage, 0, "before there is a configuration")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (stage.root / "etc/jkbus/jkbus.yaml").write_text(
        f"buses: [{{link: 'sim:3'}}]\nweb: {{listen: '127.0.0.1:{port}'}}\n"
    )
    expect(stage, 1, "before it runs")
    runs(stage, "var/lib/jkbus")
    expect(stage, 1, "after it was stopped")


def tried_addon(stage: Stage) -> None:
    """The same for the add-on, which Home Assistant gives options and /data, and which has no check."""
    data = stage.root / "data"
    data.mkdir()
    (data / "options.json").write_text('{"link": "sim:3", "mqtt": false, "packs": [], "log_level": "info"}')
    stage.health = ["jkbus", "ping", "--state", "/data"]
    runs(stage, "data")


def runs(stage: Stage, state: str) -> None:
    """Start what the image starts, wait until it is well, and stop it. Fails otherwise."""
    process = subprocess.Popen(stage.command(*stage.entry, *stage.arguments))
    try:
        deadline = time.monotonic() + PATIENCE
        while healthy(stage) != 0:
            if process.poll() is not None or time.monotonic() > deadline:
                fail("it does not get well")
        say("it runs and is well")
        if not (stage.root / state / "memory.json").is_file():
            fail(f"it keeps nothing in /{state}")
    finally:
        process.terminate()
        code = process.wait(PATIENCE)
    if code != 0:
        fail(f"it ended with {code} when it was stopped")


def healthy(stage: Stage) -> int:
    """The exit code of the health check."""
    return subprocess.run(stage.command(*stage.health), timeout=PATIENCE).returncode


def expect(stage: Stage, code: int, when: str) -> None:
    """Fail unless the health check ends so."""
    if (found := healthy(stage)) != code:
        fail(f"{when} the health check ends with {found} instead of {code}")


def say(text: str) -> None:
    """Tell what happens."""
    print(f"container: {text}", file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:
    """End with a sentence."""
    sys.exit(f"container: {text}")


if __name__ == "__main__":
    image = built(*map(Path, sys.argv[1:5]))
    if image.health:
        tried(image)
    else:
        tried_addon(image)
    say("every step of the Dockerfile worked, and what it starts is well")
