"""alarms: and the URL of its webhook, which lets anybody in who knows it."""

import pytest

from config.conftest import Faults, Write
from jkbus.config import AlarmsConfig, dump

BUS = "buses: [{link: 'sim:2'}]\n"
URL = "https://hooks.example:8443/services/T0/hunter2?key=hunter2"


def test_alarms_have_defaults_and_no_webhook(config: Write) -> None:
    tree = config(BUS)
    assert tree.alarms == AlarmsConfig()
    assert tree.alarms.webhook is None
    assert config(f"{BUS}alarms:\n").alarms == AlarmsConfig()


def test_every_key_of_alarms_is_read(config: Write) -> None:
    text = (
        "alarms:\n"
        "  debounce: {info: 5min, warning: 1min, protection: 2s, fault: 3s, gone: 2min}\n"
        "  cell_spread: 0.35\n"
        "  webhook: {url: !secret hook, severity: protection}\n"
    )
    alarms = config(BUS + text, secrets=f"hook: {URL}\n").alarms
    assert alarms.debounce.model_dump() == {
        "info": 300,
        "warning": 60,
        "protection": 2,
        "fault": 3,
        "gone": 120,
    }
    assert alarms.cell_spread == 0.35
    assert alarms.webhook is not None
    assert alarms.webhook.url.get_secret_value() == URL
    assert alarms.webhook.severity == "protection"


def test_of_a_webhook_only_the_host_is_shown(config: Write) -> None:
    tree = config(f"{BUS}alarms: {{webhook: {{url: '{URL}'}}}}\n")
    assert "hunter2" not in dump(tree) + repr(tree)
    assert "https://hooks.example:8443/****" in dump(tree)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("mqtt://h/hunter2", "a webhook's URL begins with http:// or https://"),
        ("hunter2", "a webhook's URL begins with http:// or https://"),
        ("http:hunter2", "// is missing after the scheme; write http://host/path"),
        ("http:///hunter2", "the host is missing; write http://host/path"),
        ("http://h:99999/hunter2", "the port is no number from 1 to 65535; write http://host/path"),
        (
            "http://h/hunter2 x",
            "a URL holds no spaces and only plain letters; write others as %20 and the like",
        ),
    ],
)
def test_a_url_that_cannot_be_is_told_without_showing_it(faults: Faults, url: str, text: str) -> None:
    (found,) = faults(f"{BUS}alarms:\n  webhook:\n    url: '{url}'\n")
    assert found == f"jkbus.yaml:4: alarms.webhook.url: {text}"


def test_a_spread_of_nothing_is_refused(faults: Faults) -> None:
    (found,) = faults(f"{BUS}alarms: {{cell_spread: 0}}\n")
    assert "a number above 0 is expected" in found
