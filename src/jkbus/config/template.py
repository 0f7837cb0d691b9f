"""The commented configuration that `jkbus init` writes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from jkbus.config.fields import Section
from jkbus.config.tree import HomeAssistantConfig, LogConfig, TimingConfig
from jkbus.config.words import printable

TEXT = """\
# Configuration of jkbus. `jkbus check FILE` says what is wrong with it, `jkbus run FILE` starts the gateway.
# Whatever stands behind a # is a remark; the values in remarks are the defaults.
# Passwords may live in secrets.yaml beside this file: `password: !secret mqtt_password`.
{heard}
buses:
  - link: {link}  # a serial port, socket://host:port, esphome://host, replay:FILE or sim:6
    # read_only: false  # true: never send a byte
    # writes: false  # true: settings may be changed from here
    # timing:
{timing}
    # Names for packs; others that are found are added by themselves. The address is that of the DIP switch,
    # 0 to 15. A serial number instead of it follows the pack: - {{name: garage-1, serial: "40123456789"}}
{packs}

{mqtt}
#   topic: jkbus  # every topic begins with it

# homeassistant:
{homeassistant}

# log:
{log}

# state: /var/lib/jkbus  # directory for what survives a restart
"""
NO_PACKS = "    # packs:\n    #   - {name: garage-1, address: 0}"
NO_MQTT = "# mqtt:\n#   url: mqtt://user:password@127.0.0.1:1883  # mqtts:// for TLS"
PLAIN = re.compile(r"/[A-Za-z0-9_./-]+|[a-z0-9]+:[A-Za-z0-9_./:-]+|[A-Za-z][A-Za-z0-9_-]*")


def template(link: str, packs: Sequence[tuple[str, int]], mqtt_url: str | None, heard: str) -> str:
    """A configuration for one bus with remarks that explain it; `load` takes it as it is.

    `packs` are (name, address); `heard` is what was heard on the bus, in any number of lines.
    """
    entries = "".join(f"\n      - {{name: {quoted(name)}, address: {address}}}" for name, address in packs)
    mqtt = (
        f"mqtt:\n  url: {quoted(mqtt_url.replace('$', '%24'))}  # mqtts:// for TLS" if mqtt_url else NO_MQTT
    )
    return TEXT.format(
        heard="".join(f"# {printable(line)}".rstrip() + "\n" for line in ["", *heard.splitlines()]),
        link=quoted(link),
        timing=remarks(TimingConfig(), "    #   "),
        packs=f"    packs:{entries}" if entries else NO_PACKS,
        mqtt=mqtt,
        homeassistant=remarks(HomeAssistantConfig(), "#   "),
        log=remarks(LogConfig(), "#   "),
    )


def remarks(section: Section, margin: str) -> str:
    """The keys of a section with their defaults and meaning, a line each."""
    values = section.model_dump(mode="json")
    fields = type(section).model_fields.items()
    return "\n".join(f"{margin}{key}: {written(values[key])}  # {field.description}" for key, field in fields)


def written(value: object) -> str:
    """A default as YAML."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def quoted(text: str) -> str:
    """A text as YAML, in quotes where it needs them."""
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
