"""The page's own files: complete, small, and the vendored ones exactly as they were published."""

import gzip
import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "jkbus" / "web" / "static"
VENDOR = STATIC / "vendor"
OURS = sorted(
    path
    for path in STATIC.rglob("*")
    if path.suffix in (".js", ".css", ".html") and VENDOR not in path.parents
)
BUDGET = 150_000  # bytes, compressed: all that any view loads


def code(path: Path) -> str:
    """Its text without the comments that are lines of their own."""
    return "\n".join(line for line in path.read_text().splitlines() if not line.startswith("//"))


def versions() -> list[str]:
    return [line for line in (VENDOR / "VERSIONS").read_text().splitlines() if not line.startswith("#")]


def test_vendored_files_are_those_that_were_published() -> None:
    listed = [line.split("  ") for line in versions() if re.match("[0-9a-f]{64}  ", line)]
    sums = {name: digest for digest, name in listed}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    del found["VERSIONS"]
    assert found == sums


def test_every_vendored_package_comes_with_its_licence() -> None:
    packages = [line for line in versions() if ": " in line]
    assert len(packages) == 3
    for line in packages:
        name, files = line.split(" ", 1)[0], line.split(": ")[1].split()
        assert f"LICENSE.{name}" in files
        assert all((VENDOR / file).stat().st_size for file in files)


def test_the_pinned_versions_are_those_that_lie_here() -> None:
    script = (ROOT / "tools" / "vendor.sh").read_text()
    for line in versions():
        if named := re.match(r"(\w+) ([\d.]+): ", line):
            assert f"{named[1].upper()}={named[2]}" in script


def test_everything_the_page_loads_is_below_150_kilobytes() -> None:
    loaded = {*OURS, *(path for path in VENDOR.iterdir() if path.suffix in (".js", ".css"))}
    wizard = {path for path in loaded if "setup" in (path.stem, path.parent.name)}  # loaded alone, at first
    total = sum(len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in loaded - wizard)
    assert total < BUDGET, f"{total} bytes"


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(STATIC)))
def test_a_file_is_read_in_a_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(STATIC)))
def test_a_file_asks_no_other_host_and_obeys_the_content_policy(path: Path) -> None:
    text = code(path)
    assert not re.search(r"""["'(](https?:)?//(?!www\.w3\.org/)""", text)
    assert not re.search(r"""\sstyle="|\son[a-z]+="|javascript:|innerHTML|\beval\(""", text)


@pytest.mark.parametrize(
    "path", [path for path in OURS if path.suffix == ".js"], ids=lambda path: str(path.relative_to(STATIC))
)
def test_what_a_module_imports_is_there(path: Path) -> None:
    for name in re.findall(r"""(?:from|import)\s*\(?\s*"(\.[^"]+)\"""", code(path)):
        assert (path.parent / name).is_file(), name


def test_what_the_page_and_the_worker_name_is_there() -> None:
    named = re.findall(r'(?:href|src)="([^"#]+)"', (STATIC / "index.html").read_text())
    named += [icon["src"] for icon in json.loads((STATIC / "manifest.webmanifest").read_text())["icons"]]
    worker = (STATIC / "sw.js").read_text()
    named += re.findall(r'"([\w/.-]+\.(?:css|svg|webmanifest))"', worker)
    for names, folder in re.findall(r"\[([^\]]+)\]\.map\(\(name\) => `([\w/]+)\$\{name\}\.js`\)", worker):
        named += [f"{folder}{name}.js" for name in re.findall(r'"([^"]+)"', names)]
    assert len(named) > 40
    assert [name for name in named if not (STATIC / name).is_file()] == []


def test_the_views_of_all_routes_are_there() -> None:
    routes = re.findall(r'\["(/[^"]*)", "(\w+)"(?:, "(\w+)")?\]', (STATIC / "js" / "routes.js").read_text())
    assert len(routes) >= 9
    for _, view, sheet in routes:
        assert (STATIC / "js" / "views" / f"{view}.js").is_file(), view
        assert not sheet or (STATIC / "css" / f"{sheet}.css").is_file(), sheet


def test_the_wheel_takes_the_static_files_along() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["packages"] == ["src/jkbus"]
    assert "exclude" not in build["targets"]["wheel"]
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert not {f"{path.name}/" for path in STATIC.rglob("*") if path.is_dir()} & set(ignored)
