"""The files of the new configuration: jkbus.yaml, the old names beside it, and the key if need be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..config.secrets import read_secrets
from ..config.syntax import MissingFile, UnreadableFile
from ..config.words import reason
from ..errors import UsageError
from .converting import Converted

HEAD = """\
# {old} as a configuration of jkbus.
# `jkbus check FILE` says what is wrong with it, `jkbus run FILE` starts the gateway.
# Home Assistant finds the same node with the same entities; docs/moving.md leads through the move.

buses:
"""
LINK = """\
    # Where the wires end now; docs/moving.md tells how:
    #   the ESP32 stays as a remote port: link: !secret {secret}, and in secrets.yaml a line
    #     {secret}: "{url}key=KEY-OF-THE-PORT"
    #   a USB adapter at this computer: link: /dev/serial/by-id/usb-...
    #   a network gateway: link: socket://192.168.1.7:8899
"""
ONE_LINK = LINK.format(secret="port", url="esphome://jkbus-port.local/?")
MAC = """\
  # If the ESP32 is taken away, its MAC address (on the node's page in Home Assistant, below Device info)
  # lets the gateway take its place without a question. If the ESP32 stays as a remote port, leave the line as
  # it is, as there must not be two devices of one MAC; Home Assistant then asks once: choose to migrate.
  # mac: "AA:BB:CC:DD:EE:FF"
"""


def texts(converted: Converted, output: Path) -> dict[Path, str]:
    """Every file to write with its text. Raises UsageError where one is there already, or a secret is not."""
    aside = output.parent / f"{converted.node.name}.entities.yaml"
    files = {output: main_text(converted, aside.name)}
    if converted.entities:
        files[aside] = entities_text(converted.entities)
    files |= _secrets(converted, output.parent / "secrets.yaml")
    if output.is_dir():
        raise UsageError(f"{output} is a folder; name a file in it, such as {output / 'jkbus.yaml'}")
    if not output.parent.is_dir():
        raise UsageError(f"{output} cannot be written, as there is no folder {output.parent}; make it first")
    for file in files:
        if file.exists() or file.is_symlink():
            raise UsageError(f"{file} is there already; move it away, or name another file with --output")
    return files


def write(files: dict[Path, str]) -> None:
    """Write them, all or none, never over another. Raises UsageError."""
    made: list[Path] = []
    for file, text in files.items():
        try:
            file.touch(0o600 if file.name == "secrets.yaml" else 0o644, exist_ok=False)
            made.append(file)
            file.write_text(text, "utf-8")
        except OSError as error:
            for one in made:
                one.unlink(missing_ok=True)
            raise UsageError(f"{file} cannot be written: {reason(error)}; nothing was") from None


def main_text(converted: Converted, aside: str) -> str:
    """The configuration with remarks; old names are in a file of their own."""
    lines = [HEAD.format(old=converted.file.name)]
    for number, bus in enumerate(converted.data["buses"], start=1):
        several = "?" in bus["link"]
        note = LINK.format(secret=f"port{number}", url=f"{bus['link']}&") if several else ONE_LINK
        lines.append(f"  - link: {scalar(bus['link'])}\n" + ("" if converted.is_link_known else note))
        if "writes" in bus:
            lines.append("    writes: true  # as before; false: Home Assistant only shows\n")
        lines.append("    packs:\n")
        lines += [f"      - {flow(pack)}\n" for pack in bus["packs"]]
    lines.append("\nesphome:\n")
    esphome = converted.data["esphome"]
    lines += [f"  {key}: {scalar(esphome[key])}\n" for key in ("name", "friendly_name") if esphome[key]]
    if converted.node.port != 6053:
        lines.append(f"  api_port: {converted.node.port}\n")
    key = f"encryption_key: !secret {converted.secret}" if converted.secret else "plaintext: true"
    lines += [f"  {key}\n", MAC, "  layout: flat\n"]
    lines += [f"  entities: !include {aside}\n"] if converted.entities else []
    lines += [f"  broadcast: {flow(esphome['broadcast'])}\n"] if "broadcast" in esphome else []
    return "".join(lines)


def entities_text(entities: dict[str, Any]) -> str:
    """The old names: pack, platform, key of the old firmware."""
    return "# Exactly these entities are shown; a line that is taken away takes its entity away.\n" + "".join(
        _blocks(entities)
    )


def _blocks(entities: dict[str, Any]) -> Iterator[str]:
    for pack, platforms in entities.items():
        yield f"\n{json.dumps(pack, ensure_ascii=False)}:\n"
        for platform, found in platforms.items():
            yield f"  {platform}:\n"
            for key, said in found.items():
                yield f"    {key}: {flow(said)}\n"


def flow(section: dict[str, Any]) -> str:
    """A section on one line."""
    return "{" + ", ".join(f"{key}: {scalar(value)}" for key, value in section.items()) + "}"


def scalar(value: object) -> str:
    """A text in quotes, or a number."""
    return json.dumps(value, ensure_ascii=False)


def _secrets(converted: Converted, file: Path) -> dict[Path, str]:
    """The file with the key, if the key is not where the new configuration looks for it."""
    name, key = converted.secret, converted.node.key
    if key is None:
        return {}
    try:
        known = read_secrets(file)
    except MissingFile:
        if not key:
            where = converted.file.with_name(file.name)
            raise UsageError(f"{where} has no line {name}: with the key of the node; add it") from None
        line = f"{json.dumps(name)}: {json.dumps(str(key))}"
        return {file: f"# The key of the native API, as the ESP32 had it.\n{line}\n"}
    except UnreadableFile as bad:
        raise UsageError(f"{file} cannot be read: {bad.why}") from None
    if name not in known or (key and known[name][0] != key):
        what = "has no line" if name not in known else "has another key in its line"
        raise UsageError(f"{file} {what} {name}: for the key of {converted.file}; mend that, then try again")
    return {}
