"""What runs here."""

import platform
from importlib.metadata import PackageNotFoundError, version

from .finding import GOOD, Finding

LIBRARIES = ("serialx", "aiomqtt", "pydantic", "fastapi", "uvicorn", "aioesphomeapi", "pyarrow")


def versions() -> Finding:
    """The versions to tell when something is reported."""
    there = [f"{name} {found}" for name in LIBRARIES if (found := _version(name))]
    machine = f"{platform.system()} {platform.release()} {platform.machine()}"
    said = f"jkbus {_version('jkbus')}, Python {platform.python_version()}, {machine}, {', '.join(there)}"
    return Finding("versions", GOOD, said)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
