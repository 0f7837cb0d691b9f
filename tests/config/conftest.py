"""A folder of its own for each test, in which configurations are written and loaded by their bare names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jkbus.config import Config, load
from jkbus.errors import ConfigError

Write = Callable[..., Config]
Faults = Callable[..., list[str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the test works."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def config(folder: Path) -> Write:
    """Writes jkbus.yaml, and other files by keyword (secrets="..."), and loads it."""

    def written(text: str, **others: str) -> Config:
        (folder / "jkbus.yaml").write_text(text)
        for name, content in others.items():
            (folder / f"{name}.yaml").write_text(content)
        return load("jkbus.yaml")

    return written


@pytest.fixture
def faults(config: Write) -> Faults:
    """The same, for a configuration with faults: returns their lines."""

    def told(text: str, **others: str) -> list[str]:
        with pytest.raises(ConfigError) as raised:
            config(text, **others)
        return str(raised.value).splitlines()

    return told


@contextmanager
def as_nobody() -> Iterator[None]:
    """Permissions hold here, whoever runs the tests: root is nobody meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
