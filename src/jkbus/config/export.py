"""Where values go on to: databases that take line protocol by HTTP, and Prometheus, which comes for them."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Annotated, Self
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from jkbus.config.fields import Duration, ExistingFile, Name, NothingIsAnEmptySection, Secret, Section
from jkbus.config.urls import SCHEME, SecretUrl, endpoint
from jkbus.config.values import check_name, slug
from jkbus.config.words import BadValue, shown

PORTS = {"http": 80, "https": 443}
SIZES = {"": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}
KEPT = "/%:@!$&'()*+,;=~"  # of a path, as it stands
OWN_TAGS = ("pack", "bus", "name", "time")
TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where lines are posted to: `target` is path and query; `authorization` is a header's value, secret."""

    host: str
    port: int
    tls: bool
    target: str
    authorization: str | None = field(default=None, repr=False)


def check_url(url: SecretUrl) -> SecretUrl:
    """The URL of a database, if lines can be posted there."""
    _parts(url)
    return url


def _parts(url: str) -> SplitResult:
    named = SCHEME.match(url)
    if not named or named[1] not in PORTS:
        raise BadValue("a database's URL begins with http://, or with https:// for TLS")
    parts = endpoint(url, f"{named[1]}://host:port")
    if parts.fragment or (parts.query and not parts.path.strip("/")):
        raise BadValue("only a path may follow host and port, such as /write; or nothing, which suits most")
    return parts


def parse_size(text: object) -> int:
    """Bytes of a size such as 100MB, 2GB or 500kB; a plain number is bytes. Raises `BadValue`."""
    written = "" if isinstance(text, bool) else str(text).strip()
    found = re.fullmatch(r"([0-9]{1,18}(?:\.[0-9]+)?)\s*(kB|MB|GB|)", written, re.IGNORECASE)
    if not found:
        raise BadValue(f"a size such as 100MB or 2GB is expected, not {shown(text)}")
    units = {unit.lower(): size for unit, size in SIZES.items()}
    size = round(float(found[1]) * units[found[2].lower()])
    if size < SIZES["MB"]:
        raise BadValue(f"{shown(text)} is too small to help; write 1MB or more")
    return size


def format_size(size: int) -> str:
    """A size as people write it, exact: 100MB, 1500kB."""
    unit, one = next(pair for pair in reversed(SIZES.items()) if size % pair[1] == 0)
    return f"{size // one}{unit}"


def check_tags(tags: dict[str, str]) -> dict[str, str]:
    """Tags that can be put to every line."""
    for name, value in tags.items():
        if not TAG.fullmatch(name):
            raise BadValue(f"a tag's name has letters, digits and _ only, unlike {shown(name)}")
        if name in OWN_TAGS:
            raise BadValue(f"the tag {name} is given by jkbus itself; name yours otherwise, such as site")
        check_name(value)
    return tags


def parse_listen(text: object) -> str:
    """An address to listen at as host:port, from 127.0.0.1:9105, [::1]:9105, :9105 or 9105."""
    written = "" if isinstance(text, bool) else str(text).strip()
    found = re.fullmatch(r"(?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*):)?([0-9]{1,5})", written)
    if not found or not 0 < int(found[2]) < 65536:
        raise BadValue(f"an address such as 127.0.0.1:9105 or 0.0.0.0:9105 is expected, not {shown(text)}")
    host = "127.0.0.1" if found[1] is None else found[1] or "0.0.0.0"
    return f"{host}:{found[2]}"


Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(format_size, return_type=str, when_used="json"),
]
DatabaseUrl = Annotated[SecretUrl, AfterValidator(check_url)]
Listen = Annotated[str, BeforeValidator(parse_listen)]
Tags = Annotated[dict[str, str], AfterValidator(check_tags), NothingIsAnEmptySection]


class ExportConfig(Section):
    """A database of time series that is sent every value, as line protocol by HTTP."""

    url: DatabaseUrl = Field(
        examples=["http://nas:8428"],
        description="http://host:port of VictoriaMetrics, InfluxDB, QuestDB or Telegraf; https:// for TLS;"
        " a path that is given is used as it stands",
    )
    name: Name = Field(default="", description="its name in the log and below state; the host if not given")
    database: str | None = Field(default=None, min_length=1, description="InfluxDB 1 and 3: the database")
    bucket: str | None = Field(default=None, min_length=1, description="InfluxDB 2: the bucket")
    org: str | None = Field(default=None, min_length=1, description="InfluxDB 2: the organisation")
    token: Secret | None = Field(default=None, description="InfluxDB 2 and 3: the API token, for !secret")
    username: str | None = Field(default=None, description="instead of the one in the url")
    password: Secret | None = Field(default=None, description="instead of the one in the url, for !secret")
    interval: Duration = Field(
        default=0.0, description="values of a pack at most once in this time; 0s: of every report"
    )
    tags: Tags = Field(default={}, description="more tags for every line, such as {site: barn}")
    spool: Size = Field(
        default=500 * SIZES["MB"], description="on disk while the database is away; the oldest goes first"
    )
    ca: ExistingFile | None = Field(
        default=None, description="file with the authority that signed the database's certificate"
    )
    insecure: bool = Field(default=False, description="true: do not check the database's certificate")

    @property
    def host(self) -> str:
        """The host of the URL."""
        return _parts(self.url).hostname or ""

    @property
    def endpoint(self) -> Endpoint:
        """Where lines are posted to, and with which login."""
        parts = _parts(self.url)
        given = {"db": self.database, "org": self.org, "bucket": self.bucket}
        said = urlencode({key: value for key, value in given.items() if value is not None}, quote_via=quote)
        path = parts.path if parts.path.strip("/") else "/api/v2/write" if self.bucket else "/write"
        query = "&".join(part for part in (quote(parts.query, safe=KEPT + "?"), said) if part)
        return Endpoint(
            host=parts.hostname or "",
            port=parts.port or PORTS[parts.scheme],
            tls=parts.scheme == "https",
            target=quote(path, safe=KEPT) + (f"?{query}" if query else ""),
            authorization=self._authorization(parts),
        )

    def _authorization(self, parts: SplitResult) -> str | None:
        """As InfluxDB 2 wants a token, or as everybody else does; else user and password."""
        if self.token is not None:
            return f"{'Token' if self.bucket else 'Bearer'} {self.token.get_secret_value()}"
        username = self.username or unquote(parts.username or "")
        password = self.password.get_secret_value() if self.password else unquote(parts.password or "")
        if not username and not password:
            return None
        return "Basic " + b64encode(f"{username}:{password}".encode()).decode()

    @model_validator(mode="after")
    def _what_is_given_belongs_together(self) -> Self:
        parts = urlsplit(self.url)
        if self.bucket and self.database:
            raise BadValue("bucket is for InfluxDB 2 and database for InfluxDB 1 and 3; remove one of them")
        if self.org and not self.bucket:
            raise BadValue("org needs a bucket; add bucket: with its name")
        if self.token and (self.username or self.password or parts.username):
            raise BadValue("either a token or a user with a password is expected; remove one of them")
        if self.token and not re.fullmatch(r"[!-~]+", self.token.get_secret_value()):
            raise BadValue("a token has plain letters, digits and signs only; copy it again")
        if parts.scheme != "https" and (self.ca or self.insecure):
            raise BadValue("without TLS there is no use for ca and insecure; write https:// in the url")
        return self


class MetricsConfig(Section):
    """Where Prometheus finds the present values, at /metrics."""

    listen: Listen = Field(
        default="127.0.0.1:9105",
        description="address and port; 0.0.0.0:9105 lets other computers read, who may then read all",
    )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen at."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def named(exports: tuple[ExportConfig, ...]) -> tuple[ExportConfig, ...]:
    """The same, each with a name; those without have that of their host. Raises `BadValue` for two alike."""
    found: dict[str, ExportConfig] = {}
    for export in exports:
        name = export.name or export.host
        if slug(name) in found:
            raise BadValue(f"two databases are called {shown(name)}; give each a name: of its own")
        found[slug(name)] = export if export.name else export.model_copy(update={"name": name})
    return tuple(found.values())
