"""Whether a broker lets us in, tried on real ones."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jkbus.app.brokers import tried, with_password
from jkbus.config.urls import parse_broker
from outputs.broker import Broker, free_port, old_broker


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Broker]:
    """A broker that only lets `me` in."""
    passwords = tmp_path / "passwords"
    passwords.write_text("")
    subprocess.run(["mosquitto_passwd", "-b", passwords, "me", "Geheim1!"], check=True, capture_output=True)
    broker = Broker(tmp_path, f"password_file {passwords}")
    broker.start()
    yield broker
    broker.close()


async def test_the_right_password_is_let_in_and_a_wrong_one_is_told(guarded: Broker) -> None:
    known = parse_broker(f"mqtt://127.0.0.1:{guarded.port}")
    works, sentence = await tried(with_password(known, "me", "Geheim1!"))
    assert (works, sentence) == (True, f"127.0.0.1:{guarded.port} lets us in")
    works, sentence = await tried(with_password(known, "me", "geheim"))
    assert not works and "check username and password" in sentence and "geheim" not in sentence
    works, sentence = await tried(known)
    assert not works and "check username and password" in sentence


async def test_a_login_in_the_url_counts(guarded: Broker) -> None:
    known = parse_broker(f"mqtt://me:Geheim1!@127.0.0.1:{guarded.port}")
    assert (await tried(with_password(known, "other", "word")))[0]


async def test_a_broker_that_speaks_only_the_old_version_will_do(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    broker.start()
    async with old_broker(broker.port) as port:
        assert (await tried(parse_broker(f"mqtt://127.0.0.1:{port}")))[0]
    broker.close()


async def test_nobody_and_no_such_name_are_told() -> None:
    works, sentence = await tried(parse_broker(f"mqtt://127.0.0.1:{free_port()}"))
    assert not works and "nobody listens there" in sentence
    works, sentence = await tried(parse_broker("mqtt://no-such-host.invalid"))
    assert not works and "no-such-host.invalid:1883" in sentence


async def test_tls_where_there_is_none_is_told(guarded: Broker) -> None:
    works, sentence = await tried(parse_broker(f"mqtts://127.0.0.1:{guarded.port}"))
    assert not works and "Traceback" not in sentence
