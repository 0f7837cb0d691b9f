"""What Home Assistant was told of: from the gateway that runs, or from what the last one remembered."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any

from ..config import Config
from ..config.words import reason
from ..control.local import Client
from ..control.requests import Doings, Json, Request
from ..errors import JkbusError, UsageError

Section = Callable[[str], Mapping[str, Any]]
_PACKS, _ENTITIES, _ESPHOME = "packs", "entities", "esphome"


def doings(section: Section) -> Doings:
    """`{"do": "published"}`: packs, and their entities over MQTT and the native API, as memory has them."""
    return {"published": partial(_published, section)}


async def _published(section: Section, request: Request) -> AsyncIterator[Json]:
    yield {"published": summary(section)}


def summary(section: Section) -> dict[str, dict[str, Any]]:
    """Packs by key with name, bus and address; entities by pack; nothing that is secret or personal."""
    packs = {
        key: {name: pack.get(name) for name in ("name", "bus", "address")}
        for key, pack in section(_PACKS).items()
    }
    told = {key: {_ENTITIES: known.get(_ENTITIES, {})} for key, known in section(_ENTITIES).items()}
    node = {name: section(_ESPHOME).get(name, {}) for name in ("names", _ENTITIES)}
    return {_PACKS: packs, _ENTITIES: told, _ESPHOME: node}


async def published_by(config: Config) -> dict[str, dict[str, Any]]:
    """The summary of the gateway of a configuration; no link is opened.

    Raises JkbusError if a gateway runs that cannot be asked, or none ever ran.
    """
    client = Client(config.state)
    if await client.there():
        async for answer in client.ask({"do": "published"}):
            if "published" not in answer:
                raise JkbusError(f"{answer.get('error')}; is an older gateway running? Restart it")
            found: dict[str, dict[str, Any]] = answer["published"]
            return found
        raise JkbusError("the gateway hung up without an answer; its log says why")
    file = config.state / "memory.json"
    try:
        sections = json.loads(file.read_text(encoding="utf-8"))
        return summary(lambda name: sections.get(name, {}))
    except FileNotFoundError:
        raise UsageError(f"{file}: no gateway ran with this configuration yet; start `jkbus run`") from None
    except OSError as error:
        raise JkbusError(f"{file}: cannot be read ({reason(error)})") from None
    except (ValueError, AttributeError):
        raise JkbusError(f"{file}: is damaged; start `jkbus run` and ask it") from None
