"""The Dockerfiles and the example for compose: the rules that linters have, and what is ours in them."""

import re
from pathlib import Path

import pytest
from acceptance.container import Stage, instructions
from ruamel.yaml import YAML

from jkbus.config.loading import SYSTEM, SYSTEM_STATE
from material import TESTS
from shell import jkbus

PACKAGING = TESTS.parent / "packaging"
GATEWAY, ADDON = PACKAGING / "docker" / "Dockerfile", PACKAGING / "homeassistant" / "jkbus" / "Dockerfile"
both = pytest.mark.parametrize("file", [GATEWAY, ADDON], ids=["gateway", "addon"])


def of(file: Path, *wanted: str) -> list[str]:
    """What follows these instructions in a Dockerfile, in order."""
    return [rest for name, rest in instructions(file.read_text()) if name in wanted]


@both
def test_the_base_is_one_release_and_not_the_newest_of_the_day(file: Path) -> None:
    bases = {rest.split()[0].removeprefix("docker.io/library/") for rest in of(file, "FROM")}
    assert bases == {"debian:12-slim"}


@both
def test_nothing_that_is_only_needed_to_build_stays(file: Path) -> None:
    for run in of(file, "RUN"):
        if "apt-get" in run:
            assert run.startswith("apt-get update")
            assert "install -y --no-install-recommends" in run
            assert "rm -rf /var/lib/apt/lists/*" in run
        if "pip install" in run:
            assert "--no-cache-dir" in run
        assert "sudo" not in run


@both
def test_what_is_started_gets_the_signals_itself(file: Path) -> None:
    for rest in of(file, "CMD", "ENTRYPOINT"):
        assert re.fullmatch(r'\["[^]]*"\]', rest)  # without a shell between


@both
def test_only_known_instructions_are_used(file: Path) -> None:
    known = {"FROM", "RUN", "WORKDIR", "COPY", "LABEL", "ENV", "VOLUME", "EXPOSE", "USER", "HEALTHCHECK"}
    assert {name for name, _ in instructions(file.read_text())} <= {*known, "ENTRYPOINT", "CMD"}


def test_the_gateway_is_nobody_special_and_may_use_serial_ports() -> None:
    assert of(GATEWAY, "USER") == ["jkbus"]
    (made,) = (run for run in of(GATEWAY, "RUN") if "useradd" in run)
    assert "--groups dialout" in made


def test_its_places_are_those_where_commands_look() -> None:
    assert of(GATEWAY, "VOLUME") == [f'["{SYSTEM}", "{SYSTEM_STATE}"]']
    assert "XDG_CONFIG_HOME=/etc" in of(GATEWAY, "ENV")[0]


def test_what_is_copied_is_there_and_sent_to_the_builder() -> None:
    root = TESTS.parent
    sent = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for rest in of(GATEWAY, "COPY"):
        *names, _ = (word for word in rest.split() if not word.startswith("--"))
        if not rest.startswith("--from"):
            assert set(names) <= sent
            assert all((root / name).exists() for name in names)


def test_its_health_check_is_a_command_of_ours() -> None:
    (check,) = of(GATEWAY, "HEALTHCHECK")
    assert '["jkbus", "ping", "--state", "/var/lib/jkbus"]' in check
    assert "--state" in jkbus("ping", "--help").out
    assert "--listen" in jkbus("run", "--help").out


def test_compose_keeps_what_must_survive_and_asks_for_no_rights() -> None:
    (service,) = YAML(typ="safe").load(PACKAGING / "docker" / "compose.yaml")["services"].values()
    assert {volume.partition(":")[2] for volume in service["volumes"]} == {str(SYSTEM), str(SYSTEM_STATE)}
    assert service["cap_drop"] == ["ALL"]
    assert "privileged" not in service
    assert service["build"]["dockerfile"] == "packaging/docker/Dockerfile"


def test_lines_that_go_on_are_one_instruction() -> None:
    text = '# remark\nFROM a AS b\nRUN one \\\n    && two\n\n# remark\nCMD ["x"]\n'
    assert instructions(text) == [("FROM", "a AS b"), ("RUN", "one  && two"), ("CMD", '["x"]')]
    assert Stage(Path("/nowhere")).command("true")[:2] == ["chroot", "/nowhere"]
