"""The node is found by zeroconf while it runs, and not before or after."""

import asyncio
from typing import Any

import pytest
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from jkbus.config import EsphomeConfig
from jkbus.esphome import announce
from jkbus.esphome.announce import TYPE, announced, properties
from nodes import KEY, MAC


def node(**said: Any) -> EsphomeConfig:
    return EsphomeConfig.model_validate({"name": "barn", "encryption_key": KEY, **said})


def test_what_is_said_is_what_home_assistant_reads() -> None:
    said = properties(node(friendly_name="Barn"), MAC)
    assert said["mac"] == "246f28abcdef" and said["friendly_name"] == "Barn"
    assert said["api_encryption"] == "Noise_NNpsk0_25519_ChaChaPoly_SHA256"
    assert said["version"] and said["network"] and said["platform"] and said["board"]
    assert KEY not in str(said)


def test_a_node_without_a_key_does_not_speak_of_encryption() -> None:
    said = properties(EsphomeConfig(plaintext=True), MAC)
    assert "api_encryption" not in said and "friendly_name" not in said


async def test_a_node_for_this_computer_only_is_not_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeroconf.asyncio.AsyncZeroconf.__init__", lambda *a, **b: pytest.fail("announced"))
    async with announced(node(listen="127.0.0.1"), MAC):
        pass


async def test_where_there_is_no_network_it_is_told_and_that_is_all(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: Any, **options: Any) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(AsyncZeroconf, "__init__", fail)
    async with announced(node(), MAC):
        pass
    assert "barn cannot be announced" in caplog.text and "add it by address and port" in caplog.text


async def test_a_browser_finds_it_and_sees_it_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "_addresses", lambda listen: ["127.0.0.1"])
    try:
        browsing = AsyncZeroconf(ip_version=IPVersion.V4Only)
    except OSError:
        pytest.skip("there is no multicast here")
    seen: list[tuple[str, str]] = []

    def changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        seen.append((name.partition(".")[0], state_change.name))

    browser = AsyncServiceBrowser(browsing.zeroconf, TYPE, handlers=[changed])
    config = node(name="jkbus-test", api_port=16053)
    async with announced(config, MAC):
        await until(seen, ("jkbus-test", "Added"))
        info = AsyncServiceInfo(TYPE, f"jkbus-test.{TYPE}")
        assert await info.async_request(browsing.zeroconf, 3000)
        assert info.port == 16053 and info.decoded_properties["mac"] == "246f28abcdef"
    await until(seen, ("jkbus-test", "Removed"))
    await browser.async_cancel()
    await browsing.async_close()


async def until(seen: list[tuple[str, str]], wanted: tuple[str, str]) -> None:
    """Wait for what a browser tells, some seconds at most."""
    for _ in range(100):
        if wanted in seen:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(seen)
