"""The old YAML in tests: where the examples are, and their entities read in a second, simpler way."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from jkbus.outputs.reference import counterparts

FOLDER = Path(__file__).parent / "data" / "esphome"
SHAPES = {  # by file, the addresses on its line
    "esp32-1master-1slave.yaml": range(2),
    "esp32-s3-1master-6slaves.yaml": range(7),
    "esp32-0master-2slaves.yaml": range(1, 3),
    "esp32-s3-0master-7slaves.yaml": range(1, 8),
}
TWO_LINES = FOLDER / "small" / "two-lines.yaml"
PLATFORMS = ("sensor", "binary_sensor", "text_sensor", "number", "switch")
BROADCAST = ("switch", "Broadcast changes to all BMSs")
NEVER = {"precharging", "info_device_password", "info_device_setup_passcode"}  # empty there, or secret


def named(file: Path) -> dict[tuple[str, str], str]:
    """Each entity of the packs by platform and name with its key, found by plain text replacement."""
    text = re.sub(r"!(secret|lambda)", "", file.read_text("utf-8"))
    yaml = YAML(typ="safe", pure=True)
    for name, value in yaml.load(text)["substitutions"].items():
        text = text.replace(f"${{{name}}}", value)
    tree: Any = yaml.load(text)
    return {
        (platform, said if isinstance(said, str) else said["name"]): key
        for platform in PLATFORMS
        for block in tree[platform]
        if block["platform"] == "jk_rs485_bms"
        for key, said in block.items()
        if key not in ("platform", "jk_rs485_bms_id")
    }


def shown(file: Path) -> set[tuple[str, str]]:
    """Those that have a value which may be shown, and the old switch."""
    old = named(file)
    assert all((platform, key) in counterparts() for (platform, _), key in old.items())
    return {entity for entity, key in old.items() if key not in NEVER} | {BROADCAST}
