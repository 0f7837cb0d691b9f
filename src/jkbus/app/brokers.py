"""Tries whether an MQTT broker lets us in, before a configuration names it."""

from aiomqtt import Client, MqttError, ProtocolVersion

from ..config import Broker
from ..errors import JkbusError
from ..outputs.refusals import BAD_VERSION, NO_ANSWER, reason, refusal
from ..outputs.trust import tls_context

_PATIENCE = 5.0  # s for each version


def with_password(broker: Broker, username: str, password: str) -> Broker:
    """The same with a login, unless its URL has one already."""
    if broker.username is not None or not username:
        return broker
    return Broker(broker.host, broker.port, broker.tls, username, password or None)


async def tried(broker: Broker) -> tuple[bool, str]:
    """Whether it works, and a sentence that says so or tells what is wrong; nothing is published."""
    where, told = f"{broker.host}:{broker.port}", ""
    for version in (ProtocolVersion.V5, ProtocolVersion.V311):
        try:
            async with _client(broker, version):
                return True, f"{where} lets us in"
        except MqttError as error:
            code = refusal(error)
            told = told or f"{where}: {reason(error, code)}"
            if code not in BAD_VERSION and str(error) != NO_ANSWER:
                break
        except (OSError, ValueError, JkbusError) as error:
            return False, f"{where}: cannot be reached ({error})"
    return False, told


def _client(broker: Broker, version: ProtocolVersion) -> Client:
    return Client(
        broker.host,
        broker.port,
        username=broker.username,
        password=broker.password,
        identifier="jkbus-first-start",
        protocol=version,
        timeout=_PATIENCE,
        tls_context=tls_context("mqtt", None, False) if broker.tls else None,
    )
