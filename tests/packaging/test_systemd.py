"""The unit for systemd: right for the program, and shut to everything else."""

import shutil
import subprocess
from pathlib import Path

import pytest

from material import TESTS

UNIT = TESTS.parent / "packaging" / "systemd" / "jkbus.service"
EXPOSED_AT_MOST = 20  # tenths; systemd calls anything below 2.0 OK

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


def service() -> dict[str, str]:
    """The section of the program; what stands there twice, once."""
    lines = UNIT.read_text().partition("[Service]")[2].partition("[Install]")[0].splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def elsewhere(folder: Path) -> Path:
    """The unit with a program that is there."""
    file = folder / "jkbus.service"
    file.write_text(UNIT.read_text().replace("/opt/jkbus/bin/jkbus", "/bin/true"))
    return file


def test_it_waits_for_what_the_program_tells() -> None:
    told = service()
    assert told["Type"] == "notify"
    assert int(told["WatchdogSec"]) >= 30  # a busy machine is no failure
    assert told["ExecStart"] == "/opt/jkbus/bin/jkbus run /etc/jkbus/jkbus.yaml"


def test_a_configuration_that_is_wrong_is_not_tried_again_and_again() -> None:
    assert service()["RestartPreventExitStatus"] == "2"


def test_its_state_is_where_commands_look_for_the_gateway() -> None:
    from jkbus.config.loading import SYSTEM, SYSTEM_STATE

    told = service()
    assert f"/var/lib/{told['StateDirectory']}" == str(SYSTEM_STATE)
    assert told["ExecStart"].endswith(f"{SYSTEM}/jkbus.yaml")


def test_it_may_use_serial_ports_and_is_nobody_special() -> None:
    told = service()
    assert told["SupplementaryGroups"] == "dialout"
    assert told["User"] == "jkbus"
    assert told["CapabilityBoundingSet"] == ""


@needs_systemd
def test_systemd_understands_it(tmp_path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(elsewhere(tmp_path))], capture_output=True, text=True, timeout=60
    )
    ours = [line for line in done.stderr.splitlines() if "jkbus" in line]
    assert (done.returncode, ours) == (0, [])


@needs_systemd
def test_systemd_calls_it_well_shut(tmp_path: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}"]
    done = subprocess.run([*command, str(elsewhere(tmp_path))], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
