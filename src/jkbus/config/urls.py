"""URLs of links and brokers: which are understood, and how they are shown without their secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from jkbus.config.words import BadValue, nearest, redact, shown

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
LINKS = {
    "socket": "socket://host:port",
    "esphome": "esphome://host",
    "replay": "replay:FILE",
    "sim": "sim:6",
}
MEANT = {
    "tcp": "socket",
    "telnet": "socket",
    "ser2net": "socket",
    "rfc2217": "socket",
    "file": "replay",
    "simulator": "sim",
}
BROKER_PORTS = {"mqtt": 1883, "mqtts": 8883}


class SecretUrl(str):
    """A URL whose repr hides passwords and keys; `shown` is for people, the text itself for opening."""

    __slots__ = ()

    @property
    def shown(self) -> str:
        """The URL without its secrets."""
        return redact(self)

    def __repr__(self) -> str:
        return repr(redact(self))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        shown = core_schema.plain_serializer_function_ser_schema(redact, when_used="json")
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=shown
        )


@dataclass(frozen=True, slots=True)
class Broker:
    """An MQTT broker: where it listens, and the login in clear text (hidden from repr)."""

    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)


def check_link(link: str) -> None:
    """Raise `BadValue` unless the link is a serial port's path or a URL of a known scheme."""
    if link.startswith("/"):
        return
    named = SCHEME.match(link)
    if not named:
        raise BadValue(f"{shown(link)} is no link; write the path of a serial port such as /dev/ttyUSB0")
    scheme = named[1]
    if scheme not in LINKS:
        likely = MEANT.get(scheme.lower()) or nearest(scheme, LINKS)
        known = (
            f"did you mean {LINKS[likely]}?" if likely else f"known are /dev/..., {', '.join(LINKS.values())}"
        )
        raise BadValue(f"no link begins with {shown(scheme + ':')}; {known}")
    rest = link[named.end() :]
    if scheme == "sim":
        check_simulation(rest)
    elif scheme == "replay":
        if not rest.strip():
            raise BadValue("the file to replay is missing; write replay:FILE")
    elif endpoint(link, LINKS[scheme]).port is None and scheme != "esphome":
        raise BadValue(f"the port is missing; write {LINKS[scheme]}")


def check_simulation(rest: str) -> None:
    """Raise `BadValue` unless a simulated bus has 1 to 16 packs."""
    packs = rest.partition("?")[0]
    if not re.fullmatch(r"[0-9]{1,3}", packs) or not 1 <= int(packs) <= 16:
        raise BadValue(f"a simulated bus has 1 to 16 packs, not {shown(packs)}; write for instance sim:6")


def endpoint(url: str, example: str) -> SplitResult:
    """The parts of a URL whose host and port (None where absent) can be used; otherwise raise `BadValue`."""
    if not url.partition(":")[2].startswith("//"):
        raise BadValue(f"// is missing after the scheme; write {example}")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadValue(f"this host cannot be read; write {example}, an IPv6 address in [ ]") from None
    try:
        usable = parts.port is None or parts.port > 0
    except ValueError:
        usable = False
    if not usable:
        raise BadValue(f"the port is no number from 1 to 65535; write {example}")
    if not parts.hostname or re.search(r"\s", parts.netloc):
        raise BadValue(f"the host is missing; write {example}")
    return parts


def parse_broker(url: str) -> Broker:
    """The broker of an mqtt:// or mqtts:// URL, user and password percent-decoded."""
    named = SCHEME.match(url)
    if not named or named[1] not in BROKER_PORTS:
        raise BadValue("a broker's URL begins with mqtt://, or with mqtts:// for TLS")
    login, _, _ = url.rpartition("@")
    if re.search(r"[/?#\[\]]", login.partition("://")[2]):
        raise BadValue("a URL's password cannot hold / ? # [ ]; move it to a line password: of its own")
    parts = endpoint(url, f"{named[1]}://host:port")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise BadValue("nothing may follow host and port; the prefix of the topics stands in topic:")
    return Broker(
        host=parts.hostname or "",
        port=parts.port or BROKER_PORTS[named[1]],
        tls=named[1] == "mqtts",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def check_webhook(url: str) -> None:
    """Raise `BadValue` unless it is an http:// or https:// URL; none of it is shown, all of it is secret."""
    named = SCHEME.match(url)
    if not named or named[1].lower() not in ("http", "https"):
        raise BadValue("a webhook's URL begins with http:// or https://")
    endpoint(url, f"{named[1]}://host/path")
    if not (url.isascii() and url.isprintable()) or " " in url:
        raise BadValue("a URL holds no spaces and only plain letters; write others as %20 and the like")


def shown_webhook(url: str) -> str:
    """A webhook's URL as people may see it: scheme, host and port, since the rest lets anybody in."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{port}/****"
