"""Prints the pinned requirements of some of Home Assistant's integrations and of all that these depend on."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path


def requirements(names: list[str]) -> set[str]:
    """What pip shall install for these integrations."""
    package = find_spec("homeassistant")
    assert package is not None and package.origin is not None, "run by the Python that Home Assistant runs on"
    components = Path(package.origin).parent / "components"
    found: set[str] = set()
    seen: set[str] = set()
    while names:
        name = names.pop()
        if name not in seen:
            seen.add(name)
            manifest = json.loads((components / name / "manifest.json").read_text(encoding="utf-8"))
            found.update(manifest.get("requirements", []))
            names += manifest.get("dependencies", [])
    return found


if __name__ == "__main__":
    print("\n".join(sorted(requirements(sys.argv[1:]))))
