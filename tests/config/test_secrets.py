"""!secret: texts that live in a file of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.conftest import Faults, Write

BUS = "buses: [{link: sim:2}]\n"
MQTT = f"{BUS}mqtt: {{url: mqtt://h, password: !secret mqtt_password}}"
A_LINE = "each line is name: text; put a text that begins with ! { [ in 'quotes'"


def test_a_secret_stands_beside_or_above_the_file_that_asks(config: Write, folder: Path) -> None:
    (folder / "more" / "deep").mkdir(parents=True)
    (folder / "more" / "deep" / "mqtt.yaml").write_text(
        "{url: !secret url, username: !secret me, password: !secret pw}"
    )
    (folder / "more" / "deep" / "secrets.yaml").write_text("me: deep")
    (folder / "more" / "secrets.yaml").write_text("me: higher\npw: 00123")
    tree = config(f"{BUS}mqtt: !include more/deep/mqtt.yaml", secrets="me: top\npw: top\nurl: mqtt://top\n")
    assert tree.mqtt is not None
    broker = tree.mqtt.broker
    assert (broker.host, broker.username, broker.password) == ("top", "deep", "00123")


def test_a_secret_may_hold_what_would_be_a_substitution(config: Write) -> None:
    tree = config(MQTT, secrets="mqtt_password: 'a${b}$${c}'")
    assert tree.mqtt is not None
    assert tree.mqtt.broker.password == "a${b}$${c}"


def test_a_fault_in_a_secret_stands_in_the_file_of_secrets(faults: Faults) -> None:
    told = faults(
        f"{BUS}mqtt:\n  url: !secret mqtt_url\n  insecure: !secret sure\n",
        secrets="other: 1\nmqtt_url: http://me:hunter2@h\nsure: perhaps\n",
    )
    assert told == [
        "secrets.yaml:2: mqtt.url: a broker's URL begins with mqtt://, or with mqtts:// for TLS",
        "secrets.yaml:3: mqtt.insecure: true or false is expected, not the value given",
    ]


@pytest.mark.parametrize(
    ("secrets", "fault"),
    [
        (
            "mqtt_pasword: x",
            "jkbus.yaml:2: mqtt.password: secrets.yaml has no 'mqtt_password'; did you mean mqtt_pasword?",
        ),
        ("a: x\nb: y", "jkbus.yaml:2: mqtt.password: secrets.yaml has no 'mqtt_password'; known here: a, b"),
        ("", "jkbus.yaml:2: mqtt.password: secrets.yaml: the file is empty"),
        ("\ta: b", "secrets.yaml:1: column 1: a tab cannot indent; use spaces"),
        ("a: 1\na: 2", "secrets.yaml:2: 'a' stands in line 1 too; remove one of them"),
        (
            "a: 1\nb: [x]",
            f"secrets.yaml:2: {A_LINE}",
        ),
        (
            "a: !hunter2",
            f"secrets.yaml:1: {A_LINE}",
        ),
        ("hunter2", f"secrets.yaml:1: {A_LINE}"),
        (
            "- hunter2",
            f"secrets.yaml:1: {A_LINE}",
        ),
    ],
)
def test_secrets_that_cannot_be_had(faults: Faults, secrets: str, fault: str) -> None:
    assert faults(MQTT, secrets=secrets) == [fault]


def test_no_file_of_secrets(faults: Faults) -> None:
    assert faults(f"{BUS}mqtt:\n  url: !secret url") == [
        "jkbus.yaml:3: mqtt.url: there is no secrets.yaml beside jkbus.yaml; write one with a line url: ..."
    ]
