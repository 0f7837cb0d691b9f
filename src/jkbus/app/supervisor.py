"""What Home Assistant's Supervisor tells an add-on: its own MQTT broker, so that nobody types a password.

Source: the Supervisor's documentation, "Services"; http://supervisor is known in every add-on's network, and
the token is in its environment.
"""

import http.client
import json
import logging
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import JkbusError

log = logging.getLogger("jkbus.gateway")

SUPERVISOR = "http://supervisor"
TRIES, PAUSE, PATIENCE = 20, 3.0, 10.0  # it may be starting itself: a minute
NO_BROKER = (
    "Home Assistant has no MQTT broker for add-ons; install the add-on Mosquitto broker and start this one"
    " again, or name another broker in the configuration. Until then there is only the page."
)


def broker(
    base: str = SUPERVISOR,
    environment: Mapping[str, str] = os.environ,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any] | None:
    """Home Assistant's own broker as `mqtt:` has it; None if there is none. Raises JkbusError."""
    token = environment.get("SUPERVISOR_TOKEN")
    if not token:
        raise JkbusError("this is no add-on of Home Assistant (no SUPERVISOR_TOKEN); type `jkbus run`")
    request = urllib.request.Request(f"{base}/services/mqtt", headers={"Authorization": f"Bearer {token}"})
    why = ""
    for attempt in range(TRIES):
        if attempt:
            sleep(PAUSE)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return _section(json.load(answer))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (400, 404):  # it knows none
                log.warning(NO_BROKER)
                return None
            if error.code in (401, 403):
                raise JkbusError(
                    "the Supervisor does not tell us of its MQTT broker; install this add-on anew"
                ) from None
            why = f"error {error.code}"
        except (OSError, ValueError, http.client.HTTPException) as error:
            why = str(getattr(error, "reason", error))
    raise JkbusError(f"the Supervisor cannot be asked for its MQTT broker ({why}); restart Home Assistant")


def _section(answer: Any) -> dict[str, Any]:
    """`mqtt:` of an answer. Raises ValueError if it is none."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict) or not data.get("host"):
        raise ValueError("its answer names no host")
    scheme = "mqtts" if data.get("ssl") else "mqtt"
    login = {key: data[key] for key in ("username", "password") if data.get(key)}
    return {"url": f"{scheme}://{data['host']}:{data.get('port') or 1883}", **login}
