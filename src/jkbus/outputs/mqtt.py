"""The connection to the MQTT broker: sends what the publisher says, one message at a time, and comes back.

While the broker is away nothing is queued; after that everything is told as it is then. A slow broker slows
nobody but this connection: each message is made when the one before it has left, so the newest values win.
"""

import asyncio
import logging
import secrets
import socket
import ssl
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

from aiomqtt import Client, MqttError, ProtocolVersion, Will
from paho.mqtt.subscribeoptions import SubscribeOptions

from ..alarms import Alarms
from ..bus.bus import Bus
from ..config.tree import HomeAssistantConfig, MqttConfig
from ..control.desk import Desk
from ..errors import UsageError
from ..model.battery import Battery, Subscription
from ..model.energy import Energy
from ..model.pack import Pack
from . import health_rows
from .commands import Commands
from .controls import NOTHING, permitted
from .groups import policies
from .homeassistant import BORN, Discovery
from .naming import OURS, Names
from .publisher import Known, Publisher
from .refusals import BAD_LOGIN, BAD_VERSION, NO_ANSWER, denied, reason, refusal
from .sources import Sources
from .topics import OFFLINE, Topics
from .trust import tls_context

log = logging.getLogger("jkbus.mqtt")
_paho = logging.getLogger("jkbus.mqtt.paho")  # says in its own words what is told here once and clearly
_paho.setLevel(logging.CRITICAL)

KEEPALIVE = 20  # s
GLANCE = 1.0  # s within which a birth message and a lost connection are noticed
_SOCKET = (
    (socket.SOL_SOCKET, socket.SO_SNDBUF, 65536),  # little room for old values on their way
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),  # small messages do not wait for each other
)
_SURELY: dict[ProtocolVersion, dict[str, Any]] = {  # how to ask for commands; retained ones shall say so
    ProtocolVersion.V5: {"options": SubscribeOptions(qos=1, retainAsPublished=True)},
    ProtocolVersion.V311: {"qos": 1},
}
_VERSIONS = {ProtocolVersion.V5: "5", ProtocolVersion.V311: "3.1.1"}


class Mqtt:
    """Publishes a battery and its buses, and takes commands to the desk where its permits allow writes.

    `known` is a part of memory: which entities were announced before. Without a desk nothing can be set.
    `alarms`, `health` and `energy` are whom to ask for these, see sources.Sources.
    Raises UsageError if the configuration cannot be used. `first_delay` to `last_delay` are the seconds
    between two attempts to connect, `login_delay` those after a refused login, `timeout` those in which the
    broker has to answer.
    """

    first_delay = 1.0
    last_delay = 30.0
    login_delay = 60.0
    timeout = 10.0

    def __init__(
        self,
        config: MqttConfig,
        homeassistant: HomeAssistantConfig,
        battery: Battery,
        buses: Sequence[Bus],
        known: Known | None = None,
        desk: Desk | None = None,
        *,
        alarms: Alarms | None = None,
        health: health_rows.Source | None = None,
        energy: Callable[[], Energy] | None = None,
        names: Names = OURS,
    ) -> None:
        self.connected = False
        self._broker = config.broker
        self._name = f"mqtt broker {self._broker.host}:{self._broker.port}"
        self._tls = trust(config) if self._broker.tls else None
        self._client_id = config.client_id or f"jkbus-{socket.gethostname()}-{secrets.token_hex(3)}"
        self._version = ProtocolVersion.V5
        self._topics = Topics(config.topic)
        self._battery = battery
        groups = policies(config.groups)
        prefix = homeassistant.discovery_prefix
        discovery = (
            Discovery(prefix, self._topics, groups, version("jkbus"), alarms is not None, names)
            if homeassistant.enabled
            else None
        )
        sources = Sources(lambda: battery.packs, energy, alarms, health)
        self._birth_topic = discovery.birth_topic if discovery else ""
        self._writing = permitted(desk, homeassistant.buttons) if desk is not None else NOTHING
        self._publisher = Publisher(self._topics, groups, buses, discovery, known, self._writing, sources)
        self._desk = desk
        self._buses = [bus.name for bus in buses if self._writing.bus(bus.name)]
        self._commands: Commands | None = None
        self._heard_at: set[str] = set()  # topics of commands that the broker tells us of
        self._born = False  # Home Assistant has just started
        self._delay = self.first_delay
        self._told = ""  # the last trouble, so that each is told once

    async def run(self) -> None:
        """Publish until cancelled; then tell the broker that we are gone."""
        subscription = self._battery.subscribe()
        if self._desk is not None and self._buses:
            self._commands = Commands(
                self._desk,
                self._battery,
                self._buses,
                self._topics,
                self._writing,
                self._publisher,
                subscription.changed,
            )
        try:
            while True:
                try:
                    await self._session(subscription)
                except MqttError as error:
                    self._trouble(error)
                self.connected = False
                end_if_cancelled()
                await asyncio.sleep(self._delay)
                self._delay = min(2 * self._delay, self.last_delay)
        finally:
            if self._commands is not None:
                await self._commands.close()
            subscription.close()
            self._publisher.close()

    async def _session(self, subscription: Subscription) -> None:
        async with self._client() as client:
            self._welcome()
            if self._birth_topic:
                await client.subscribe(self._birth_topic)
            listener = asyncio.create_task(self._listen(client), name="mqtt listener")
            try:
                await self._serve(client, subscription, listener)
            except asyncio.CancelledError:
                await self._farewell(client)
                raise
            finally:
                listener.cancel()
                await asyncio.gather(listener, return_exceptions=True)

    async def _serve(self, client: Client, subscription: Subscription, listener: asyncio.Task[None]) -> None:
        clock = asyncio.get_running_loop().time
        self._publisher.forget()
        self._heard_at.clear()
        changed = self._battery.packs
        while True:
            for message in self._publisher.due(changed, clock()):
                await client.publish(
                    message.topic,
                    message.payload,
                    qos=int(message.retain or message.surely),
                    retain=message.retain,
                )
                end_if_cancelled()
            end_if_cancelled()
            await self._hear_commands(client)
            changed = await self._changes(subscription, min(self._publisher.wake_at, clock() + GLANCE))
            if listener.done():
                listener.result()
            if self._born:
                self._born = False
                self._publisher.forget()

    @staticmethod
    async def _changes(subscription: Subscription, until: float) -> list[Pack]:
        try:
            async with asyncio.timeout_at(until):
                return await subscription.wait()
        except TimeoutError:
            return []

    async def _listen(self, client: Client) -> None:
        async for message in client.messages:
            topic, payload = str(message.topic), message.payload
            if topic != self._birth_topic:
                if self._commands is not None and isinstance(payload, bytes):
                    self._commands.take(topic, payload, message.retain)
            elif payload == BORN.encode() and not message.retain:
                log.info("%s: Home Assistant has started; telling it everything", self._name)
                self._born = True

    async def _hear_commands(self, client: Client) -> None:
        """Ask the broker for the commands to packs that may be written, and for no others."""
        wanted = self._commands.topics() if self._commands is not None else set()
        for topic in sorted(self._heard_at - wanted):
            await client.unsubscribe(topic)
        for topic in sorted(wanted - self._heard_at):
            if denied(await client.subscribe(topic, **_SURELY[self._version])):
                log.warning("%s: denies us commands at %s; allow them for our login", self._name, topic)
        self._heard_at = wanted

    async def _farewell(self, client: Client) -> None:
        try:
            await client.publish(self._topics.gateway, OFFLINE, qos=1, retain=True, timeout=2)
        except MqttError:
            log.debug("%s: could not be told that we are leaving", self._name)

    def _client(self) -> Client:
        return Client(
            self._broker.host,
            self._broker.port,
            username=self._broker.username,
            password=self._broker.password,
            identifier=self._client_id,
            protocol=self._version,
            will=Will(self._topics.gateway, OFFLINE, qos=1, retain=True),
            keepalive=KEEPALIVE,
            timeout=self.timeout,
            tls_context=self._tls,
            socket_options=_SOCKET,
            logger=_paho,
        )

    def _welcome(self) -> None:
        self.connected, self._told, self._delay = True, "", self.first_delay
        log.info("%s: connected (MQTT %s)", self._name, _VERSIONS[self._version])

    def _trouble(self, error: MqttError) -> None:
        """Tell it once, and decide how to go on."""
        code = refusal(error)
        if not self.connected and (code in BAD_VERSION or str(error) == NO_ANSWER):
            self._version = next(other for other in _VERSIONS if other != self._version)
        if code in BAD_LOGIN and not self.connected:
            self._delay = self.login_delay
        text = f"connection lost ({error})" if self.connected else reason(error, code)
        log.log(logging.DEBUG if text == self._told else logging.WARNING, "%s: %s", self._name, text)
        self._told = text


def end_if_cancelled() -> None:
    """Be cancelled after all: asyncio.wait_for of Python 3.11, which aiomqtt uses, may swallow it."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def trust(config: MqttConfig) -> ssl.SSLContext:
    """TLS as configured. Raises UsageError for a file that is no certificate or key."""
    context = tls_context("mqtt", config.ca, config.insecure)
    try:
        if config.cert:
            context.load_cert_chain(config.cert, config.key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"mqtt: cert: {config.cert}: cannot be used with its key ({error})") from None
    return context
