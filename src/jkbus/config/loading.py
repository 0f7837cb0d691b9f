"""A configuration from its file, and back to text."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from jkbus.config.checks import Checks
from jkbus.config.faults import Fault, faulty
from jkbus.config.reader import BROKEN, Reader
from jkbus.config.tree import Config
from jkbus.config.validate import faults, validate
from jkbus.config.words import shown

SYSTEM, SYSTEM_STATE = Path("/etc/jkbus"), Path("/var/lib/jkbus")


def load(path: str | Path) -> Config:
    """The configuration in a YAML file, with all it includes.

    Raises `ConfigError` with a line for every fault: file, line, path, what is wrong and how to mend it.
    Relative files are looked for beside the configuration.
    """
    main = Path(path)
    reader = Reader(main)
    data = reader.read()
    told = reader.faults
    if data is not BROKEN and not isinstance(data, dict):
        text = f"keys such as buses: and mqtt: are expected, not {shown(data)}; write key: value lines"
        told.append(Fault(reader.places.value(()), "", text))
    elif data is not BROKEN:
        config, found = validate(data, main.parent)
        told += faults(found, reader.places)
        told += Checks(data, reader.places).faults()
        if config and not told:
            return _with_state(config, main)
    raise faulty(told, str(main))


def _with_state(config: Config, main: Path) -> Config:
    """The system's configuration has the system's state, also for a command beside the service."""
    if main.parent != SYSTEM or "state" in config.model_fields_set or os.environ.get("STATE_DIRECTORY"):
        return config
    return config.model_copy(update={"state": SYSTEM_STATE})


def dump(config: Config) -> str:
    """The whole configuration as YAML, defaults included, secrets as ****."""
    text = StringIO()
    YAML().dump(config.model_dump(mode="json", exclude_none=True), text)
    return text.getvalue()


def json_schema() -> dict[str, Any]:
    """The JSON schema of the configuration, for editors that complete and check YAML."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}
