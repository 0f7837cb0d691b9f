"""Whether the ports that we serve pages and the native API at are free, or ours."""

import errno
import socket
from collections.abc import Iterator

from jkbus.config import Config
from jkbus.config.words import reason

from .finding import BAD, GOOD, Finding

Where = tuple[str, str, int]  # what is served, at which address and port


def listeners(config: Config, runs: bool) -> Iterator[Finding]:
    """A finding for each address a gateway listens at; `runs` tells whether one does, then they are taken."""
    for what, host, port in _served(config):
        where = f"{host}:{port}"
        if runs:
            yield Finding(what, *_answered(host, port, where))
        else:
            yield Finding(what, *_free(host, port, where))


def _served(config: Config) -> Iterator[Where]:
    if config.web.enabled:
        yield "page", *config.web.address
    if config.metrics is not None:
        yield "page for Prometheus", *config.metrics.address
    if config.esphome is not None:
        yield "native API", config.esphome.listen, config.esphome.api_port


def _answered(host: str, port: int, where: str) -> tuple[str, str, str]:
    """Whether somebody answers at an address, which should be the gateway."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.create_connection((near, port), timeout=3):
            return GOOD, f"answers at {where}", ""
    except OSError as error:
        return BAD, f"the gateway runs and nobody answers at {where} ({reason(error)})", "look into its log"


def _free(host: str, port: int, where: str) -> tuple[str, str, str]:
    """Whether an address can be listened at."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            return GOOD, f"{where} is free", ""
    except OSError as error:
        remedy = "end that program, or name another port in the configuration"
        if error.errno != errno.EADDRINUSE:
            remedy = "name another address or port in the configuration"
        return BAD, f"{where} cannot be listened at ({reason(error)})", remedy
