"""`import-esphome`, and old YAML where a configuration is expected."""

import shutil
import stat
from pathlib import Path

import pytest

from jkbus.config import load
from jkbus.errors import UsageError
from jkbus.importing.writing import write
from oldyaml import FOLDER, TWO_LINES
from shell import jkbus

ENCRYPTED = FOLDER / "esp32-s3-1master-6slaves.yaml"
PLAIN = FOLDER / "esp32-1master-1slave.yaml"
KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="


def test_it_writes_the_files_and_tells_the_rest(tmp_path: Path) -> None:
    ended = jkbus("import-esphome", str(ENCRYPTED), "--link", "sim:7", cwd=tmp_path)
    assert ended.code == 0, ended.err
    names = {"jkbus.yaml", "esp-rs485-gw.entities.yaml", "secrets.yaml"}
    assert {file.name for file in tmp_path.iterdir()} == names
    assert "7 packs and 1295 entities come along" in ended.out
    assert "alarm_wireres, alarm_mosotp, alarm_cellquantity and 21 more: was read" in ended.out
    assert KEY not in ended.out + (tmp_path / "jkbus.yaml").read_text()
    assert stat.S_IMODE((tmp_path / "secrets.yaml").stat().st_mode) == 0o600
    assert "not-shown" not in (tmp_path / "secrets.yaml").read_text()  # the Wi-Fi's stays where it is
    assert jkbus("check", "jkbus.yaml", cwd=tmp_path).code == 0
    config = load(tmp_path / "jkbus.yaml").esphome
    assert config is not None and config.encryption_key is not None
    assert config.encryption_key.get_secret_value() == KEY


def test_beside_the_old_file_its_secrets_are_used_as_they_are(tmp_path: Path) -> None:
    for file in (ENCRYPTED, FOLDER / "secrets.yaml"):
        shutil.copy(file, tmp_path)
    before = (tmp_path / "secrets.yaml").read_bytes()
    assert jkbus("import-esphome", ENCRYPTED.name, cwd=tmp_path).code == 0
    assert (tmp_path / "secrets.yaml").read_bytes() == before
    text = (tmp_path / "jkbus.yaml").read_text()
    assert "encryption_key: !secret api_key" in text
    assert 'link: "esphome://' in text
    assert load(tmp_path / "jkbus.yaml").buses[0].link.shown.startswith("esphome://jkbus-port")


@pytest.mark.parametrize("there", ["jkbus.yaml", "esp-rs485-gw.entities.yaml"])
def test_nothing_is_overwritten(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_text("mine")
    ended = jkbus("import-esphome", str(PLAIN), cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert f"{there} is there already" in ended.err
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {there: "mine"}


def test_secrets_of_another_kind_beside_the_new_file_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("mqtt_password: mine\n")
    ended = jkbus("import-esphome", str(ENCRYPTED), cwd=tmp_path)
    assert ended.code == 2
    assert "secrets.yaml has no line api_key:" in ended.err
    assert [file.name for file in tmp_path.iterdir()] == ["secrets.yaml"]


def test_a_secret_that_is_nowhere_is_told_of(tmp_path: Path) -> None:
    shutil.copy(ENCRYPTED, tmp_path)
    ended = jkbus("import-esphome", ENCRYPTED.name, cwd=tmp_path)
    assert ended.code == 2
    assert "secrets.yaml has no line api_key:" in ended.err


def test_an_old_file_can_be_checked_as_it_is() -> None:
    ended = jkbus("check", str(TWO_LINES))
    assert ended.code == 0, ended.err
    assert "bus1 at esphome://jkbus-port.local" in ended.out
    assert "2 named packs" in ended.out


def test_running_an_old_file_needs_a_link(tmp_path: Path) -> None:
    ended = jkbus("run", str(PLAIN), cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert "--link /dev/ttyUSB0" in ended.err
    ended = jkbus("run", str(PLAIN), "--link", "tcp://a:1", cwd=tmp_path)
    assert ended.code == 2
    assert "socket://" in ended.err


def test_a_link_beside_a_configuration_of_ours_is_refused(tmp_path: Path) -> None:
    ours = tmp_path / "jkbus.yaml"
    ours.write_text("buses:\n  - link: sim:1\n")
    ended = jkbus("run", str(ours), "--link", "sim:2")
    assert ended.code == 2
    assert "buses:" in ended.err


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lamp.yaml").write_text("esphome: {name: lamp}\n")
    ended = jkbus("import-esphome", "lamp.yaml", cwd=tmp_path)
    assert ended.code == 2
    assert "lamp.yaml:1: jk_rs485_bms: is missing" in ended.err


def test_a_folder_that_is_not_there_is_to_be_made_first(tmp_path: Path) -> None:
    shutil.copy(ENCRYPTED, tmp_path)
    shutil.copy(ENCRYPTED.parent / "secrets.yaml", tmp_path)
    ended = jkbus("import-esphome", ENCRYPTED.name, "--output", "new/jkbus.yaml", cwd=tmp_path)
    assert ended.code == 2
    assert "there is no folder new; make it first" in ended.err
    ended = jkbus("import-esphome", ENCRYPTED.name, "--output", ".", cwd=tmp_path)
    assert "is a folder; name a file in it" in ended.err


@pytest.mark.parametrize("command", [("doctor",), ("dashboard", "--config")])
def test_an_old_file_is_not_taken_for_a_configuration_full_of_faults(command: tuple[str, ...]) -> None:
    ended = jkbus(*command, str(ENCRYPTED))
    assert ended.code != 0
    assert f"`jkbus import-esphome {ENCRYPTED}` makes a configuration of it" in ended.out + ended.err
    assert "unknown key" not in ended.out + ended.err


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    first, second = tmp_path / "jkbus.yaml", tmp_path / "missing" / "entities.yaml"
    with pytest.raises(UsageError, match="nothing was"):
        write({first: "buses: []\n", second: ""})
    assert not first.exists()
