"""Whatever else the disk may hold: files that are none, and any bytes at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.conftest import as_nobody
from jkbus.config import load
from jkbus.errors import ConfigError

BUS = "buses: [{link: sim:2}]\n"


def test_files_that_may_not_be_read(folder: Path) -> None:
    (folder / "jkbus.yaml").write_text(f"{BUS}mqtt: {{url: !secret url}}\nlog: !include log.yaml\n")
    for name in ("alone", "secrets", "log"):
        (folder / f"{name}.yaml").touch(mode=0)
    folder.chmod(0o755)
    denied = "the file cannot be read: permission denied; `ls -l` shows who may read it"
    with as_nobody(), pytest.raises(ConfigError, match=f"^alone.yaml: {denied}$"):
        load("alone.yaml")
    with as_nobody(), pytest.raises(ConfigError) as raised:
        load("jkbus.yaml")
    assert str(raised.value).splitlines() == [
        f"jkbus.yaml:2: mqtt.url: secrets.yaml: {denied}",
        f"jkbus.yaml:3: log: log.yaml: {denied}",
    ]


def test_a_file_that_is_not_there(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"^gone.yaml: there is no such file; `jkbus init` writes one$"):
        load("gone.yaml")


def test_a_directory_is_no_file(folder: Path) -> None:
    with pytest.raises(ConfigError, match=rf"^{folder}: this is a directory, not a file$"):
        load(folder)


def test_a_file_without_end(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"^/dev/zero: the file is larger than 1 MB"):
        load("/dev/zero")


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_a_name_that_no_file_can_have(folder: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        load(name)


@pytest.mark.parametrize(
    ("data", "line"), [(b"a: 1\nb: \xff\n", 2), ("a: ü".encode("latin-1"), 1), (b"\xff\xfea\0", 1)]
)
def test_text_that_is_not_utf_8(folder: Path, data: bytes, line: int) -> None:
    (folder / "jkbus.yaml").write_bytes(data)
    with pytest.raises(ConfigError) as raised:
        load("jkbus.yaml")
    assert str(raised.value) == f"jkbus.yaml:{line}: this is not UTF-8 text; save the file with that encoding"


WORDS = "buses mqtt substitutions link packs name address url sim:2 mqtt://h a 0x1 ~ jkbus.yaml secrets.yaml"
MARKS = ": | :|- |[|]|{|}|,|&a |*a|<<: |? |> |#|!secret |!include |!env_var |!x|${a}|$${|'|@|`|%|\\|\\ud800"
LINES = '\n*\n  *\n  - *\t*\0*\x85*\u2028*\ufeff*---\n*...\n*%YAML 1.1\n*|*"'
PIECES = st.sampled_from(WORDS.split() + MARKS.split("|") + LINES.split("*"))


def only_config_errors(path: Path, data: bytes) -> None:
    """Loading these bytes gives a tree or sentences of one printable line each."""
    path.write_bytes(data)
    try:
        load(path)
    except ConfigError as error:
        for line in str(error).splitlines():
            assert line.startswith(str(path.parent))
            assert line.isprintable()


@given(data=st.binary(max_size=300))
@example(data=b"\xef\xbb\xbf")
def test_any_bytes_at_all_give_sentences(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    only_config_errors(tmp_path_factory.getbasetemp() / "jkbus.yaml", data)


@given(pieces=st.lists(PIECES, max_size=40))
def test_any_yaml_gives_a_tree_or_sentences(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "secrets.yaml").write_text("a: 1\nlink: sim:2\n")
    only_config_errors(folder / "jkbus.yaml", "".join(pieces).encode("utf-8", "surrogatepass"))


def test_the_systems_configuration_keeps_the_systems_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jkbus.config.loading.SYSTEM", tmp_path)
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    file = tmp_path / "jkbus.yaml"
    file.write_text("buses:\n  - link: sim:3\n")
    assert load(file).state == Path("/var/lib/jkbus")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/private/jkbus")
    assert load(file).state == Path("/var/lib/private/jkbus")
    file.write_text("buses:\n  - link: sim:3\nstate: /srv/jkbus\n")
    assert load(file).state == Path("/srv/jkbus")
