"""The messages of the native API by name; definitions and numbers are those of ESPHome's own client."""

from typing import Any

from aioesphomeapi import api_pb2
from aioesphomeapi.core import MESSAGE_TYPE_TO_PROTO

from .frames import Message, WireError

_NUMBERS = {cls.__name__: number for number, cls in MESSAGE_TYPE_TO_PROTO.items()}
_CLASSES: dict[int, Any] = dict(MESSAGE_TYPE_TO_PROTO)


def message(name: str, /, **fields: Any) -> Message:
    """A message of that name."""
    number = _NUMBERS[name]
    return Message(number, _CLASSES[number](**fields).SerializeToString())


def read(received: Message) -> tuple[str, Any]:
    """The name of a message and its fields; "" for one that nobody here knows. Raises WireError."""
    cls = _CLASSES.get(received.type)
    if cls is None:
        return "", None
    try:
        return cls.__name__, cls.FromString(received.data)
    except Exception:  # google.protobuf.message.DecodeError, and what else its implementations raise
        raise WireError(f"sends a {cls.__name__} that cannot be read") from None


def part(name: str, /, **fields: Any) -> Any:
    """What is in messages and none by itself, such as DeviceInfo."""
    return getattr(api_pb2, name)(**fields)
