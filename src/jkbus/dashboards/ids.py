"""The ids that Home Assistant gives to our entities, for each of the two ways by which it hears of them.

Over MQTT discovery says the id itself (`default_entity_id`, see outputs/homeassistant.py). From a node of
ESPHome's kind Home Assistant makes it of the device's name and the entity's name. Either way an id that was
changed by hand, or of a device that was renamed before its entities came, is another one.
"""

import re
import unicodedata

MQTT, ESPHOME = "mqtt", "esphome"
PREFIX = re.compile(r"[a-z0-9_]*[a-z0-9]")  # what ids may begin with
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_PLATFORMS = {"text_sensor": "sensor"}  # as the native API calls what is a sensor in Home Assistant


def over_mqtt(platform: str, owner: str, key: str) -> str:
    """The id that discovery asks for; `owner` as outputs/homeassistant.py has it."""
    return f"{platform}.{owner.replace('-', '_')}_{key}"


def over_esphome(platform: str, device: str, title: str) -> str:
    """The id made of the names of a device and of an entity on it."""
    return f"{_PLATFORMS.get(platform, platform)}.{slugified(f'{device} {title}')}"


def slugified(text: str) -> str:
    """What Home Assistant makes of a name in an id: a-z and digits, anything between them is one _."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    ascii_only = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_") or "unknown"
