"""What is handed out: a wheel with everything in it, which runs where only it is installed."""

import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
from email import message_from_string
from pathlib import Path
from zipfile import ZipFile

import pytest

from material import TESTS
from outputs.broker import free_port

ROOT = TESTS.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
VERSION = PROJECT["version"]
PATIENCE = 300.0  # s


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel and the source archive are."""
    made = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(made)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)
    return made


@pytest.fixture(scope="module")
def wheel(folder: Path) -> Path:
    """The one wheel, for every machine."""
    return folder / f"jkbus-{VERSION}-py3-none-any.whl"


def test_all_of_the_program_is_in_the_wheel(wheel: Path) -> None:
    source = ROOT / "src"
    wanted = {
        str(path.relative_to(source))
        for path in (source / "jkbus").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    packed = {name for name in ZipFile(wheel).namelist() if name.startswith("jkbus/")}
    assert wanted - packed == set()
    kinds = {name.rpartition(".")[2] for name in packed}
    assert {"py", "typed", "csv", "json", "html", "css", "js", "svg", "png", "webmanifest"} <= kinds


def test_nothing_but_the_program_is_in_the_wheel(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"jkbus", f"jkbus-{VERSION}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.startswith("jkbus/tests")]


def test_licences_of_what_others_wrote_come_along(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert f"jkbus-{VERSION}.dist-info/licenses/LICENSE" in names
    vendored = [name for name in names if "/vendor/" in name]
    assert vendored
    assert [name for name in vendored if re.search("licen[cs]e", name, re.IGNORECASE)]


def test_the_version_stands_in_one_place(wheel: Path) -> None:
    about = message_from_string(ZipFile(wheel).read(f"jkbus-{VERSION}.dist-info/METADATA").decode())
    assert about["Version"] == VERSION
    written = [path for path in (ROOT / "src").rglob("*.py") if f'"{VERSION}"' in path.read_text()]
    assert written == []


def test_the_source_archive_builds_the_same(folder: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(folder / f"jkbus-{VERSION}.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    source = tmp_path / f"jkbus-{VERSION}"
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=PATIENCE)
    assert sorted(ZipFile(tmp_path / wheel.name).namelist()) == sorted(ZipFile(wheel).namelist())


def test_the_wheel_runs_where_nothing_else_of_us_is(wheel: Path, tmp_path: Path) -> None:
    """Its libraries are lent by this environment, so that no network is needed; `try.sh` fetches them all."""
    venv.create(tmp_path / "venv", with_pip=False)
    program = tmp_path / "venv" / "bin" / "jkbus"
    install = ["--python", str(program.with_name("python")), "install", "--no-deps", "--no-index", str(wheel)]
    run(sys.executable, "-m", "pip", *install)
    (site,) = (tmp_path / "venv" / "lib").glob("python3*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = run(str(program.with_name("python")), "-c", "import jkbus; print(jkbus.__file__)")
    assert where.startswith(str(site))
    assert run(str(program), "--version").strip() == VERSION
    listen = f"127.0.0.1:{free_port()}"
    assert run(str(program), "demo", "--seconds", "3", "--no-view", "--listen", listen) is not None


def run(*command: str) -> str:
    """What a command says, which must end well."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout
