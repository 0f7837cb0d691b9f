"""The gateway as an ESPHome device: what may be said of it, and what is told about the rest."""

import base64
from collections.abc import Callable

import pytest

from jkbus.config import EsphomeConfig

KEY = base64.b64encode(bytes(range(32))).decode()
Faults = Callable[[str], list[str]]


def of(text: str) -> str:
    return f"buses: [{{link: sim:2}}]\nesphome:\n{text}"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("  name: barn", "2: esphome: encryption_key is missing; make one with `openssl rand -base64 32`"),
        ("  encryption_key: abc", "3: esphome.encryption_key: a key is 32 bytes in base64, 44 characters"),
        (f"  encryption_key: {KEY}\n  plaintext: true", "2: esphome: plaintext: true and an encryption_key"),
        ("  plaintext: true\n  name: Barn 1", "4: esphome.name: a name of 1 to 31 letters a-z, digits, -"),
        (
            "  plaintext: true\n  mac: 1234",
            "4: esphome.mac: an address such as 24:6F:28:AB:CD:EF is expected",
        ),
        (
            "  plaintext: true\n  broadcast: {name: to all}",
            "2: esphome: broadcast: is for a node whose place",
        ),
        ("  plaintext: true\n  api_port: 0", "4: esphome.api_port:"),
        ("  plaintext: true\n  layout: tree", "4: esphome.layout:"),
        (
            "  plaintext: true\n  entities: {barn: {sensor: {power: {}}}}",
            "4: esphome.entities.barn.sensor.power",
        ),
    ],
)
def test_faults_name_the_line_and_the_remedy(faults: Faults, text: str, fault: str) -> None:
    (told,) = faults(of(text))
    assert told.startswith(f"jkbus.yaml:{fault}"), told


def test_a_key_is_never_shown() -> None:
    config = EsphomeConfig.model_validate({"encryption_key": KEY})
    assert KEY not in repr(config) + config.model_dump_json()


def test_an_address_is_written_in_capitals() -> None:
    assert EsphomeConfig(plaintext=True, mac="24:6f:28:ab:cd:ef").mac == "24:6F:28:AB:CD:EF"
