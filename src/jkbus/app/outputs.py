"""Everybody beside the buses: who tells others of what is heard and answers them, and who keeps it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..config import EsphomeConfig, MetricsConfig, MqttConfig
from ..control.aftermath import look_back
from ..control.answers import doings
from ..control.local import serve
from ..control.requests import Doings
from ..errors import UsageError
from ..outputs.push import Push
from ..outputs.webhook import Webhook
from .apart import apart, guarded
from .esphome import esphome
from .judging import judge
from .notify import service, tell
from .page import page
from .published import doings as published
from .watching import doings as watched

if TYPE_CHECKING:
    from .gateway import Gateway

log = logging.getLogger("jkbus.gateway")

Output = Callable[[], Awaitable[None]]


def now() -> float:
    """The clock that the buses are driven with."""
    return asyncio.get_running_loop().time()


def tellers(gateway: Gateway) -> Iterator[Output]:
    """Who tells others of what is heard, and answers them."""
    config = gateway.config
    wires = watched(gateway.watches, now, gateway.wall)
    past, told = gateway.archive.doings, published(gateway.remembered)
    answers = {**doings(gateway.desk), **past, **wires, **told}
    yield partial(apart, "the local API", partial(serve, answers, config.state))
    if (systemd := service()) is not None:
        yield partial(apart, "what systemd is told", partial(tell, systemd, gateway))
    if config.mqtt is not None:
        yield partial(apart, "MQTT", partial(_mqtt, gateway, config.mqtt))
    if config.metrics is not None:
        yield partial(apart, "the page for Prometheus", partial(_metrics, gateway, config.metrics))
    if config.web.enabled:
        yield partial(apart, "the page", partial(_web, gateway, answers))
    if config.esphome is not None:
        yield partial(apart, "ESPHome's native API", partial(_esphome, gateway, config.esphome))


def keepers(gateway: Gateway) -> Iterator[Output]:
    """Who keeps what is heard, in files that only one gateway may write; some listen to every event."""
    config, alarms = gateway.config, gateway.alarms
    yield partial(apart, "the memory of energy", gateway.energy.run)
    yield partial(apart, "the look at the log of changes", partial(look_back, gateway.battery, gateway.audit))
    yield partial(apart, "the journal of alarms", alarms.run)
    gateway.listeners.append(guarded("the journal of alarms", alarms.take))
    if config.history.enabled:
        yield partial(apart, "the history", gateway.recorder.run)
        gateway.listeners.append(guarded("the history", gateway.recorder.take))
        yield partial(apart, "the examination of health", gateway.examiner.run)
        gateway.examiner.listeners.append(partial(judge, alarms))
    if (webhook := config.alarms.webhook) is not None:
        yield partial(apart, "the webhook", lambda: Webhook(webhook, alarms).run())
    if config.export:
        yield partial(apart, "the export", lambda: Push(config, gateway.battery, gateway.buses).run())


async def _mqtt(gateway: Gateway, config: MqttConfig) -> None:
    from ..outputs.mqtt import Mqtt  # its library takes a tenth of a second to load

    await Mqtt(
        config,
        gateway.config.homeassistant,
        gateway.battery,
        gateway.buses,
        gateway.remembered("entities"),
        gateway.desk,
        alarms=gateway.alarms,
        health=gateway.health,
        energy=gateway.energy.whole,
        names=gateway.config.names,
    ).run()


async def _metrics(gateway: Gateway, config: MetricsConfig) -> None:
    from ..outputs.metrics import Metrics  # likewise

    await Metrics(config, gateway.battery, gateway.buses).run()


async def _web(gateway: Gateway, answers: Doings) -> None:
    """The page; what it is made of takes a second to load, which must not keep the buses waiting."""
    await (await asyncio.to_thread(page))(gateway, answers, now).run()


async def _esphome(gateway: Gateway, config: EsphomeConfig) -> None:
    """The native API; where it cannot be, the buses and everybody else go on without it."""
    try:
        node = await asyncio.to_thread(esphome, gateway, config)
    except UsageError as error:
        log.error("%s; there is no native API until then", error)
        return
    await gateway.remember()  # the address that was made up: after a power cut it must be the same
    await node.run()
