"""The doctor's try at a broker, on a real one."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiomqtt import Client

from jkbus.app import retaining
from jkbus.app.retaining import Refused, trial
from jkbus.config import MqttConfig, SecretUrl
from outputs.broker import PROGRAM, Broker, old_broker, watching

pytestmark = pytest.mark.skipif(not Path(PROGRAM).exists(), reason="mosquitto is not installed")
Start = Callable[..., Broker]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a broker with these lines in its configuration."""
    monkeypatch.setattr(retaining, "PATIENCE", 2.0)
    monkeypatch.setattr(retaining, "QUIET", 0.2)
    brokers: list[Broker] = []

    def broker(*lines: str) -> Broker:
        brokers.append(Broker(tmp_path, *lines))
        brokers[-1].start()
        return brokers[-1]

    yield broker
    for each in brokers:
        each.close()


def passwords(folder: Path) -> Path:
    """A file with one user, anna, and one password, right."""
    file = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", file, "anna", "right"], check=True)
    file.chmod(0o644)
    return file


def at(port: int, login: str = "") -> MqttConfig:
    return MqttConfig(url=SecretUrl(f"mqtt://{login}127.0.0.1:{port}"))


async def test_a_good_broker_keeps_what_is_published_and_nothing_is_left_there(start: Start) -> None:
    broker = start()
    (kept, _), (used, said) = await trial(at(broker.port), "homeassistant")
    assert (kept, used) == (True, False)
    assert "nobody uses" in said
    async with watching(broker.port) as watcher:
        assert watcher.retained == set()


async def test_a_discovery_prefix_that_others_use_is_the_right_one(start: Start) -> None:
    broker = start()
    async with Client("127.0.0.1", broker.port) as other:
        await other.publish("homeassistant/sensor/barn/config", "{}", retain=True, qos=1)
    _, (used, said) = await trial(at(broker.port), "homeassistant")
    assert used
    assert "1 messages are kept" in said


async def test_an_old_broker_is_tried_with_the_old_protocol(start: Start) -> None:
    async with old_broker(start().port) as port:
        assert await trial(at(port), None)


async def test_a_broker_that_keeps_nothing_is_told_of(start: Start) -> None:
    with pytest.raises(Refused):
        await trial(at(start("retain_available false").port), None)


async def test_a_broker_that_lets_us_write_nothing_is_told_of(start: Start, tmp_path: Path) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic read #\n")
    rules.chmod(0o644)
    with pytest.raises(Refused):
        await trial(at(start(f"acl_file {rules}").port), None)


async def test_a_wrong_password_is_told_of_and_not_told(start: Start, tmp_path: Path) -> None:
    broker = start(f"password_file {passwords(tmp_path)}")
    with pytest.raises(Refused, match="refuses our login") as told:
        await trial(at(broker.port, "anna:wrong-one@"), None)
    assert "wrong-one" not in str(told.value)


async def test_where_nobody_listens_is_told(start: Start) -> None:
    broker = start()
    broker.kill()
    with pytest.raises(Refused, match="nobody listens there"):
        await trial(at(broker.port), None)
