"""The web page: where it is served, to whom, and who may change something there."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from jkbus.config.export import Listen
from jkbus.config.fields import ExistingFile, NothingIsAnEmptyList, Secret, Section
from jkbus.config.words import BadValue, shown

LONG_PASSWORD, LONG_TOKEN = 8, 20  # characters at least
HASH = re.compile(r"scrypt\$[0-9]{1,2}\$[0-9]{1,2}\$[0-9]{1,2}\$[A-Za-z0-9+/=]{8,}\$[A-Za-z0-9+/=]{16,}")
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")

Role = Literal["full", "read"]


def check_user(name: str) -> str:
    """A user's name, as it may be typed and shown."""
    if not name.strip() or name != name.strip() or len(name) > 64 or not name.isprintable():
        raise BadValue(f"a name of 1 to 64 letters is expected, without space around it, not {shown(name)}")
    return name


def check_password(password: SecretStr) -> SecretStr:
    """A password that is not too short to be safe, or what `jkbus password` made of one."""
    text = password.get_secret_value()
    if text.startswith("scrypt$") and not HASH.fullmatch(text):
        raise BadValue("this begins as `jkbus password` writes it, but is not complete; copy it again")
    if len(text) < LONG_PASSWORD:
        raise BadValue(f"a password of {LONG_PASSWORD} characters or more is expected; take a longer one")
    return password


def check_token(token: SecretStr) -> SecretStr:
    """A token that nobody guesses and every program can send."""
    if not re.fullmatch(rf"[!-~]{{{LONG_TOKEN},200}}", token.get_secret_value()):
        raise BadValue(
            f"a token has {LONG_TOKEN} to 200 letters, digits and signs; `openssl rand -hex 24` makes one"
        )
    return token


def check_host(name: str) -> str:
    """A name under which the page is asked for, without port and scheme."""
    if not HOST.fullmatch(name):
        raise BadValue(
            f"a name such as battery.home.arpa is expected, without http:// and port, not {shown(name)}"
        )
    return name.lower()


def check_address(text: str) -> str:
    """The address of another computer."""
    try:
        return str(ip_address(text))
    except ValueError:
        raise BadValue(f"an address such as 172.30.32.2 is expected, not {shown(text)}") from None


User = Annotated[str, AfterValidator(check_user)]
Password = Annotated[Secret, AfterValidator(check_password)]
Token = Annotated[Secret, AfterValidator(check_token)]
HostName = Annotated[str, AfterValidator(check_host)]
Computer = Annotated[str, AfterValidator(check_address)]


class UserConfig(Section):
    """Somebody who may log in to the page."""

    name: User = Field(examples=["anna"], description="what is typed at the login")
    password: Password = Field(
        examples=["!secret anna"], description="as it is typed, or better what `jkbus password` prints"
    )
    role: Role = Field(default="full", description="full, or read: sees everything and changes nothing")


class TokenConfig(Section):
    """A program that may ask without a login, with the header Authorization: Bearer TOKEN."""

    name: User = Field(examples=["evcc"], description="what the log of changes calls it")
    token: Token = Field(examples=["!secret evcc_token"], description="20 characters or more, for !secret")
    role: Role = Field(default="read", description="read: sees everything and changes nothing; or full")


class WebConfig(Section):
    """The page of the gateway, for a browser."""

    enabled: bool = Field(default=True, description="false: there is no page")
    listen: Listen = Field(
        default="127.0.0.1:8090",
        description="address and port; 0.0.0.0:8090 lets other computers in, and needs users",
    )
    users: Annotated[tuple[UserConfig, ...], NothingIsAnEmptyList] = Field(
        default=(), description="who may log in; without any, everybody on this computer may do everything"
    )
    tokens: Annotated[tuple[TokenConfig, ...], NothingIsAnEmptyList] = Field(
        default=(), description="programs that may ask"
    )
    cert: ExistingFile | None = Field(
        default=None, description="file with a certificate and what it rests on: the page is https:// then"
    )
    key: ExistingFile | None = Field(default=None, description="file with the key of the certificate")
    hosts: Annotated[tuple[HostName, ...], NothingIsAnEmptyList] = Field(
        default=(),
        description="names of this page beside addresses, localhost and the computer's own name, for a proxy",
    )
    trusted: Annotated[tuple[Computer, ...], NothingIsAnEmptyList] = Field(
        default=(),
        description="addresses of proxies that have checked who asks, such as 172.30.32.2 of Home Assistant",
    )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen at."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def is_local(self) -> bool:
        """Whether only programs on this computer reach it."""
        return is_loopback(self.address[0])

    @model_validator(mode="after")
    def _nobody_comes_in_unasked(self) -> Self:
        if self.enabled and not (self.is_local or self.users or self.tokens or self.trusted):
            raise BadValue(
                f"{self.listen} can be reached from other computers, so it needs to know who may come in; add"
                " users: with a name and a password, or listen: 127.0.0.1:8090"
            )
        return self

    @model_validator(mode="after")
    def _a_proxy_lets_nobody_in_unasked(self) -> Self:
        if self.enabled and self.hosts and not (self.users or self.tokens or self.trusted):
            raise BadValue(
                "hosts: are for a proxy, and whoever comes by it could change everything; add users:, or"
                " trusted: with the address of the proxy if that asks who comes"
            )
        return self

    @model_validator(mode="after")
    def _certificate_and_key_belong_together(self) -> Self:
        if bool(self.cert) != bool(self.key):
            have, lack = ("cert", "key") if self.cert else ("key", "cert")
            raise BadValue(f"{have} needs a {lack}; add {lack}: with its file")
        return self

    @model_validator(mode="after")
    def _names_and_tokens_are_given_once(self) -> Self:
        for what, names in (
            ("users", [user.name for user in self.users]),
            ("tokens", [token.name for token in self.tokens]),
        ):
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise BadValue(f"two {what} are called {shown(twice)}; give each a name of its own")
        secrets = [token.token.get_secret_value() for token in self.tokens]
        if len(set(secrets)) < len(secrets):
            raise BadValue("two tokens are the same; give each program one of its own")
        return self


def is_loopback(host: str) -> bool:
    """Whether an address is only reached from the same computer."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
