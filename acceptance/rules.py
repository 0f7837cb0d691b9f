"""Home Assistant's own rules for MQTT discovery, as JSON for our unit tests.

Run by the Python that Home Assistant runs on (`acceptance/run.sh rules`), so that the
tests judge our payloads by what Home Assistant says and not by what we believe.
"""

import json
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any


def names(values: Iterable[Any]) -> list[str | None]:
    """Enum members or texts as sorted texts; None, Home Assistant's "no unit", comes first."""
    found = {None if value is None else str(value) for value in values}
    return sorted(found, key=lambda name: (name is not None, name or ""))


def table(rows: dict[Any, Iterable[Any]]) -> dict[str, list[str | None]]:
    """A dict of enum member to a set, with texts on both sides."""
    return {str(key): names(values) for key, values in sorted(rows.items())}


def keys(schema: Any) -> dict[str, bool]:
    """The keys a schema knows; True where a key is required."""
    while not isinstance(schema, dict):
        schema = schema.schema if hasattr(schema, "schema") else max(schema.validators, key=has_keys)
    return {str(key.schema): type(key).__name__ == "Required" for key in sorted(schema, key=str)}


def has_keys(validator: Any) -> bool:
    """Whether this part of a schema is the one that lists keys (others are checks on the whole)."""
    return isinstance(getattr(validator, "schema", validator), dict)


def rules() -> dict[str, Any]:
    """Everything our discovery payloads are checked against; each key says where it comes from."""
    components = "homeassistant.components"
    sensor = import_module(f"{components}.sensor.const")
    schemas = import_module(f"{components}.mqtt.schemas")
    short = import_module(f"{components}.mqtt.abbreviations")
    number = import_module(f"{components}.number.const")
    platforms = ("sensor", "binary_sensor", "event", "number", "switch", "button")
    return {
        "homeassistant": import_module("homeassistant.const").__version__,
        "device_classes": {name: device_classes(f"{components}.{name}") for name in platforms},
        "number_device_class_units": table(number.DEVICE_CLASS_UNITS),
        "sensor_device_class_units": table(sensor.DEVICE_CLASS_UNITS),
        "sensor_device_class_state_classes": table(sensor.DEVICE_CLASS_STATE_CLASSES),
        "sensor_non_numeric_device_classes": names(sensor.NON_NUMERIC_DEVICE_CLASSES),
        "sensor_state_classes": names(sensor.SensorStateClass),
        "sensor_state_class_units": table(sensor.STATE_CLASS_UNITS),
        "entity_categories": names(import_module("homeassistant.const").EntityCategory),
        "abbreviations": short.ABBREVIATIONS,
        "device_abbreviations": short.DEVICE_ABBREVIATIONS,
        "origin_abbreviations": short.ORIGIN_ABBREVIATIONS,
        "keys": {
            "message": keys(schemas.DEVICE_DISCOVERY_SCHEMA),
            "device": keys(schemas.MQTT_ENTITY_DEVICE_INFO_SCHEMA),
            "origin": keys(schemas.MQTT_ORIGIN_INFO_SCHEMA),
            **{name: keys(import_module(f"{components}.mqtt.{name}").DISCOVERY_SCHEMA) for name in platforms},
        },
    }


def device_classes(module: str) -> list[str | None]:
    """Every device class of a platform, from its one enum named `...DeviceClass`."""
    platform = import_module(module)
    (enum,) = {value for name, value in vars(platform).items() if name.endswith("DeviceClass")}
    return names(enum)


def main() -> None:
    """Write the rules to the file named on the command line."""
    text = json.dumps(rules(), indent=1, ensure_ascii=False, sort_keys=True)
    Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
