"""`import-esphome`, and old YAML where a configuration is expected."""

import logging
from pathlib import Path

from ..config import Config, load
from ..errors import ConfigError, UsageError
from ..importing.converting import Converted, convert
from ..importing.reading import is_old
from ..importing.told import lines
from ..importing.writing import texts, write

log = logging.getLogger("jkbus.cli")

_INVENTED = ("sim:", "replay:")
_TRIAL = "a trial without a bus: nothing is kept, and only this computer reaches the native API"


def import_esphome(file: Path, output: Path, links: tuple[str, ...]) -> None:
    """Write the configuration of an old node, and tell what is different. Raises UsageError."""
    converted = convert(file, links)
    files = texts(converted, output)
    write(files)
    print(f"{summary(converted)}\n")
    for line in lines(converted.remarks):
        print(line)
    print(f"\nWritten: {', '.join(map(str, files))}")
    if not links:
        print(f"Say in {output} where the wires end now, at link:")
    print(f"`jkbus check {output}` looks at it, `jkbus run {output}` starts the gateway; see docs/moving.md")


def summary(converted: Converted) -> str:
    """What comes along, in a sentence."""
    packs = converted.node.packs
    count = sum(len(pack.entities) for pack in packs)
    return (
        f"{converted.node.name}: {len(packs)} pack{'s' * (len(packs) != 1)} and {count} entities come along."
        " What is different:"
    )


def any_configuration(path: Path, links: tuple[str, ...] = (), must_run: bool = False) -> Config:
    """The configuration in a file, ours or that of an ESP32. Raises ConfigError or UsageError."""
    if not is_old(path):
        ours = load(path)
        if links:
            raise UsageError(f"--link is for the YAML of an ESP32; in {path} it stands at buses:")
        return ours
    converted = convert(path, links)
    if must_run and not links:
        raise UsageError(f"{path} is of an ESP32: say where its wires end now, with --link /dev/ttyUSB0")
    if converted.secret and not converted.node.key:
        raise UsageError(f"{path}: secrets.yaml beside it has no {converted.secret}; add the key there")
    return converted.config()


def our_configuration(path: Path) -> Config:
    """The configuration in a file of ours. Raises ConfigError, with one sentence for the YAML of an ESP32."""
    if is_old(path):
        raise ConfigError(
            f"{path}: this is of an ESP32; `jkbus import-esphome {path}` makes a configuration of it"
        )
    return load(path)


def on_trial(config: Config, links: tuple[str, ...]) -> Config | None:
    """An old node on invented packs, so that it cannot be taken for the real one; None for any other."""
    if config.esphome is None or not links or not all(link.startswith(_INVENTED) for link in links):
        return None
    log.info(_TRIAL)
    near = config.esphome.model_copy(update={"listen": "127.0.0.1"})
    return config.model_copy(update={"esphome": near})
