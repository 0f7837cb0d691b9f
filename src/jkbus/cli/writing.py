"""Writing a configuration, and the secrets beside it."""

import json
import os
from pathlib import Path

from ..config import Broker, load
from ..config.secrets import read_secrets
from ..config.syntax import MissingFile
from ..config.template import quoted
from ..errors import UsageError

SECRET = "mqtt_password"


def write(config: Path, text: str, broker: Broker | None) -> None:
    """Write a configuration for that broker; its password goes to secrets.yaml beside it.

    Raises UsageError if there is no writing.
    """
    try:
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(text if broker is None else with_login(text, broker, config.parent))
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}; name another file") from None
    load(config)


def with_login(text: str, broker: Broker, folder: Path) -> str:
    """The configuration with the broker's login behind its URL."""
    login = []
    if broker.username is not None:
        login.append(f"  username: {quoted(broker.username)}")
    if broker.password is not None:
        login.append(f"  password: !secret {keep(broker.password, folder / 'secrets.yaml')}")
    lines = text.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("  url:"))
    return "\n".join([*lines[: place + 1], *login, *lines[place + 1 :], ""])


def keep(password: str, secrets: Path) -> str:
    """Add a password to the secrets under a name that is free; returns the name."""
    try:
        taken = {name: value for name, (value, _) in read_secrets(secrets).items()}
    except MissingFile:
        taken = {}
    names = [SECRET, *(f"{SECRET}_{number}" for number in range(2, 100))]
    name = next(name for name in names if taken.get(name, password) == password)
    if name not in taken:
        text = secrets.read_text() if secrets.exists() else ""
        gap = "" if text.endswith("\n") or not text else "\n"
        with os.fdopen(os.open(secrets, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
            file.write(f"{gap}{name}: {json.dumps(password)}\n")
    return name
