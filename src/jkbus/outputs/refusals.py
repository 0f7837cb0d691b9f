"""Why a broker does not let us in, or does not let us hear, in words with the remedy."""

from collections.abc import Sequence

from aiomqtt import MqttCodeError, MqttError
from paho.mqtt.reasoncodes import ReasonCode

NO_ANSWER = "Operation timed out"  # in aiomqtt's words
BAD_LOGIN, BAD_VERSION = (134, 135), (132,)  # reason codes of MQTT 5


def denied(answer: Sequence[int | ReasonCode]) -> bool:
    """Whether a broker does not let us hear what we asked for."""
    return any(code.is_failure if isinstance(code, ReasonCode) else code >= 128 for code in answer)


def refusal(error: MqttError) -> int | None:
    """The reason code of MQTT 5 with which a broker refuses, if it does."""
    rc = error.rc if isinstance(error, MqttCodeError) else None
    return rc.value if isinstance(rc, ReasonCode) else None


def reason(error: MqttError, code: int | None) -> str:
    """Why a broker could not be reached, in words, with the remedy."""
    text = str(error)
    if code in BAD_LOGIN:
        return "refuses our login; check username and password under mqtt:"
    if code in BAD_VERSION:
        return "does not speak MQTT 5; trying 3.1.1"
    if code is not None:
        return f"refuses us ({text})"
    if "Connection refused" in text:
        return "nobody listens there; check that the broker runs, and host and port under mqtt:"
    if "Name or service not known" in text or "name resolution" in text:
        return "this host is not known; check the url under mqtt:"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "its certificate is not trusted; name the authority that signed it with ca: under mqtt:"
    if text == NO_ANSWER:
        return "no answer; check that it is an MQTT broker, and that TLS (mqtts://) is meant or not"
    return f"cannot be reached ({text})"
