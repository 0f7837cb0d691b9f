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


def write_new(config: Path, text: str) -> None:
    """Write a configuration that is not there yet, whole or not at all.

    Raises UsageError if there is one already or this one is wrong, OSError if there is no writing.
    """
    if config.exists():
        raise UsageError(f"{config} is there already; nothing was changed, start again to use it")
    fresh = config.with_name(f".{config.name}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        load(fresh)
        config.touch(exist_ok=False)
        fresh.replace(config)
    except FileExistsError:
        raise UsageError(f"{config} was made by somebody meanwhile; nothing was changed") from None
    finally:
        fresh.unlink(missing_ok=True)


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


def address(broker: Broker) -> str:
    """A broker's URL without the login."""
    host = f"[{broker.host}]" if ":" in broker.host else broker.host
    return f"{'mqtts' if broker.tls else 'mqtt'}://{host}:{broker.port}"


def keep(password: str, secrets: Path, wanted: str = SECRET) -> str:
    """Add a password to the secrets under a name that is free; returns the name."""
    try:
        taken = {name: value for name, (value, _) in read_secrets(secrets).items()}
    except MissingFile:
        taken = {}
    names = [wanted, *(f"{wanted}_{number}" for number in range(2, 100))]
    name = next(name for name in names if taken.get(name, password) == password)
    if name not in taken:
        text = secrets.read_text() if secrets.exists() else ""
        gap = "" if text.endswith("\n") or not text else "\n"
        with os.fdopen(os.open(secrets, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
            file.write(f"{gap}{name}: {json.dumps(password)}\n")
    return name
