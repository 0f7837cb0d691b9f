"""The kinds of values in the tree: how each is read, checked and written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from jkbus.config.urls import SecretUrl, check_link, check_webhook, parse_broker, shown_webhook
from jkbus.config.values import (
    check_button,
    check_name,
    check_topic,
    format_duration,
    parse_address,
    parse_duration,
)
from jkbus.config.words import BadValue, reason, shown


class Section(BaseModel):
    """A part of the configuration: unknown keys are faults, an empty one has defaults, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_an_empty_section(cls, data: object) -> object:
        return {} if data is None else data


def _located(path: Path, info: ValidationInfo) -> Path:
    base: Path = (info.context or {}).get("base", Path())
    try:
        return base / path.expanduser()
    except RuntimeError:
        raise BadValue(f"nobody knows the home directory in {shown(path)}; write the whole path") from None


def _existing(path: Path, info: ValidationInfo) -> Path:
    located = _located(path, info)
    try:
        if not located.is_file():
            raise BadValue(
                f"there is no file {shown(located)}; mend the path, as seen from the configuration"
            )
        with located.open("rb"):
            return located
    except OSError as error:
        raise BadValue(f"{shown(located)} cannot be read: {reason(error)}") from None


def _link(link: SecretUrl, info: ValidationInfo) -> SecretUrl:
    check_link(link)
    scheme, _, file = link.partition(":")
    if scheme != "replay":
        return link
    name, mark, query = file.partition("?")
    return SecretUrl(f"replay:{_existing(Path(name), info)}{mark}{query}")


def _broker_url(url: SecretUrl) -> SecretUrl:
    parse_broker(url)
    return url


def _webhook(url: SecretStr) -> SecretStr:
    check_webhook(url.get_secret_value())
    return url


def _schema(kind: str | list[str], *examples: object) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, "examples": list(examples)})


NothingIsAnEmptyList = BeforeValidator(lambda value: () if value is None else value)
NothingIsAnEmptySection = BeforeValidator(lambda value: {} if value is None else value)

Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str, when_used="json"),
    _schema(["string", "number"], "5s", "500ms", "2min", "1h30min"),
]
Positive = Annotated[Duration, Field(gt=0)]
Address = Annotated[int, BeforeValidator(parse_address), _schema(["integer", "string"], 0, "0x0A")]
Cycles = Annotated[
    float,
    Field(gt=0, allow_inf_nan=False),
    PlainSerializer(lambda count: int(count) if count.is_integer() else count, when_used="json"),
]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, AfterValidator(check_name)]
Button = Annotated[str, AfterValidator(check_button)]
Topic = Annotated[str, AfterValidator(check_topic)]
Link = Annotated[SecretUrl, AfterValidator(_link)]
BrokerUrl = Annotated[SecretUrl, AfterValidator(_broker_url)]
Secret = Annotated[SecretStr, PlainSerializer(lambda _: "****", return_type=str, when_used="json")]
Webhook = Annotated[
    SecretStr,
    AfterValidator(_webhook),
    PlainSerializer(lambda url: shown_webhook(url.get_secret_value()), return_type=str, when_used="json"),
]
Folder = Annotated[Path, AfterValidator(_located)]
ExistingFile = Annotated[Path, AfterValidator(_existing)]
