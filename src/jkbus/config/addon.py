"""A configuration from the options of Home Assistant's add-on, which its Supervisor writes as JSON.

The options suit one bus. Whoever wants more writes a jkbus.yaml into the folder of the add-on; the broker,
the page behind Home Assistant's login and the folder for state are the add-on's then too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jkbus.config.checks import Checks
from jkbus.config.faults import Fault, Place, faulty
from jkbus.config.loading import load
from jkbus.config.places import Places
from jkbus.config.ports import ports_there
from jkbus.config.tree import Config, LogConfig, MqttConfig
from jkbus.config.validate import faults, validate
from jkbus.config.web import WebConfig
from jkbus.config.words import reason, shown

PAGE = (
    "0.0.0.0:8099"  # where Home Assistant finds the page of an add-on, unless its config.yaml says otherwise
)
SUPERVISOR = "172.30.32.2"  # who asks for it, after a login; nobody else may
WHERE = "options of the add-on"

Options = Mapping[str, Any]


def read_options(file: Path) -> Options:
    """The options as they were typed. Raises `ConfigError`."""
    try:
        options = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "this is no JSON"
        raise _wrong(
            f"{file} cannot be read ({why}); outside of Home Assistant type `jkbus run`", ""
        ) from None
    if not isinstance(options, dict):
        raise _wrong(f"{file} holds no options; outside of Home Assistant type `jkbus run`", "")
    return {key: value for key, value in options.items() if value not in (None, "")}


def from_options(options: Options, service: Options | None, state: Path) -> Config:
    """What the options mean; `service` is Home Assistant's own broker as `mqtt:`. Raises `ConfigError`."""
    data: dict[str, Any] = {"buses": [_bus(options)], "state": str(state)}
    data["web"] = {"listen": PAGE, "trusted": [SUPERVISOR]}
    if broker := _mqtt(options) or service:
        data["mqtt"] = broker
    for option, (section, key) in PLACES.items():
        if option in options:
            data.setdefault(section, {})[key] = options[option]
    config, found = validate(data, state)
    places = Places(WHERE)
    told = [*faults(found, places), *Checks(data, places).faults()]
    if config is None or told:
        raise faulty(told, WHERE)
    return config


def from_file(file: Path, options: Options, service: Options | None, state: Path) -> Config:
    """The user's own configuration, made to fit into the add-on. Raises `ConfigError`."""
    config = load(file)
    trusted = (*config.web.trusted, SUPERVISOR)
    page = {"enabled": True, "listen": PAGE, "trusted": trusted, "cert": None, "key": None}
    fitting: dict[str, Any] = {"web": WebConfig(**{**dict(config.web), **page}), "state": state}
    if config.mqtt is None and (broker := _mqtt(options) or service):
        fitting["mqtt"] = MqttConfig.model_validate(broker)
    if "log" not in config.model_fields_set and "log_level" in options:
        fitting["log"] = LogConfig(level=options["log_level"])
    return config.model_copy(update=fitting)


def wants_service(options: Options) -> bool:
    """Whether Home Assistant's own broker is wanted: MQTT was not turned off, and no other one is named."""
    return bool(options.get("mqtt", True)) and "mqtt_url" not in options


PLACES = {  # where an option belongs in the configuration
    "discovery_prefix": ("homeassistant", "discovery_prefix"),
    "esphome_key": ("esphome", "encryption_key"),
    "log_level": ("log", "level"),
}


def _bus(options: Options) -> dict[str, Any]:
    """The one bus; exactly one of a port and a link leads to it."""
    ways = [options[key] for key in ("port", "link") if key in options]
    if not ways:
        raise _wrong(f"choose the port of the RS485 adapter in the add-on's configuration; {ports_there()}")
    if len(ways) > 1:
        raise _wrong(
            f"both a port and a link lead to the bus, {shown(ways[0])} and {shown(ways[1])}; remove one"
        )
    given = {key: options[key] for key in ("read_only", "writes", "packs") if key in options}
    packs = [
        {key: value for key, value in pack.items() if value is not None} for pack in given.pop("packs", ())
    ]
    return {"link": ways[0], **given, "packs": packs}


def _mqtt(options: Options) -> dict[str, Any] | None:
    """The broker that the options name, if they do."""
    if not options.get("mqtt", True) or "mqtt_url" not in options:
        return None
    given = {key: options[f"mqtt_{key}"] for key in ("username", "password") if f"mqtt_{key}" in options}
    return {"url": options["mqtt_url"], **given}


def _wrong(text: str, about: str = "port") -> Exception:
    return faulty([Fault(Place(WHERE), about, text)], WHERE)
