"""Tries at an MQTT broker what the gateway will need there: that what it publishes is kept, and heard."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiomqtt import Client, MqttError, ProtocolVersion

from ..config import MqttConfig
from ..errors import JkbusError
from ..outputs.mqtt import trust
from ..outputs.refusals import BAD_VERSION, NO_ANSWER, reason, refusal

PATIENCE = 5.0  # s for each step
QUIET = 1.0  # s without another retained message: that was all


class Refused(JkbusError):
    """The broker does not do what the gateway needs; the text says what, and the remedy."""


async def trial(config: MqttConfig, prefix: str | None) -> list[tuple[bool, str]]:
    """Sentences on what works, and whether there is a doubt. Raises Refused or another JkbusError.

    One message is published below our own topic, as retained, and taken away again. `prefix` is that of Home
    Assistant's discovery, where only is looked.
    """
    where = f"{config.broker.host}:{config.broker.port}"
    try:
        async with _connected(config, where) as client:
            told = [(True, f"{where} lets us in and keeps what we publish below {config.topic}/")]
            await _kept(client, config.topic, where)
            if prefix is not None:
                told.append(await _neighbours(client, prefix))
            return told
    except (MqttError, OSError, ValueError) as error:
        why = reason(error, refusal(error)) if isinstance(error, MqttError) else str(error)
        raise Refused(f"{where}: {why}") from None


@asynccontextmanager
async def _connected(config: MqttConfig, where: str) -> AsyncIterator[Client]:
    """A client, of MQTT 3.1.1 where the broker knows nothing newer."""
    client = _client(config, ProtocolVersion.V5)
    try:
        await client.__aenter__()
    except MqttError as error:
        if refusal(error) not in BAD_VERSION and str(error) != NO_ANSWER:
            raise
        client = _client(config, ProtocolVersion.V311)
        await client.__aenter__()
    try:
        yield client
    finally:
        with suppress(MqttError):
            await client.__aexit__(None, None, None)


def _client(config: MqttConfig, version: ProtocolVersion) -> Client:
    broker = config.broker
    return Client(
        broker.host,
        broker.port,
        username=broker.username,
        password=broker.password,
        identifier=f"jkbus-doctor-{secrets.token_hex(3)}",
        protocol=version,
        timeout=PATIENCE,
        tls_context=trust(config) if broker.tls else None,
    )


async def _kept(client: Client, topic: str, where: str) -> None:
    """Publish a retained message, hear it as such, and take it away. Raises Refused."""
    trial, said = f"{topic}/doctor/{secrets.token_hex(4)}", b"kept?"
    await client.publish(trial, said, qos=1, retain=True)
    try:
        await client.subscribe(trial, qos=1)
        async with asyncio.timeout(PATIENCE):
            async for message in client.messages:
                if message.topic.value == trial and message.payload == said:
                    break
        if not message.retain:
            raise TimeoutError
    except TimeoutError:
        raise Refused(
            f"{where}: does not keep what we publish below {topic}/; let this user"
            f" write and read {topic}/#, and let the broker keep retained messages"
        ) from None
    finally:
        with suppress(MqttError):
            await client.publish(trial, b"", qos=1, retain=True)
            await client.unsubscribe(trial)


async def _neighbours(client: Client, prefix: str) -> tuple[bool, str]:
    """Who else is known to Home Assistant below its discovery prefix."""
    await client.subscribe(f"{prefix}/#", qos=0)
    others = 0
    with suppress(TimeoutError):
        messages = aiter(client.messages)
        while True:
            async with asyncio.timeout(QUIET):
                message = await anext(messages)
            others += bool(message.retain and message.topic.value.endswith("/config"))
    if others:
        return True, f"Home Assistant's discovery prefix {prefix} is in use: {others} messages are kept there"
    said = f"nobody uses Home Assistant's discovery prefix {prefix} yet"
    return False, f"{said}; it must be that of its MQTT integration"
