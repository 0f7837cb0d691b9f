"""When an alarm counts, and who is told of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jkbus.config.fields import Amount, Duration, ExistingFile, NothingIsAnEmptySection, Section, Webhook


class DebounceConfig(Section):
    """How long an alarm must stand, and be gone, before it counts; two reports must show it in any case."""

    info: Duration = Field(default=60.0, description="a remark must stand so long")
    warning: Duration = Field(default=10.0, description="a warning must stand so long")
    protection: Duration = Field(
        default=0.0, description="a protection that acted; 0s: two reports in a row are enough"
    )
    fault: Duration = Field(default=0.0, description="a broken part; 0s: two reports in a row are enough")
    gone: Duration = Field(
        default=60.0, description="any alarm must be gone so long to be over; until then it is the same one"
    )


class WebhookConfig(Section):
    """Where alarms are told as they come and go, by HTTP."""

    url: Webhook = Field(
        examples=["http://homeassistant.local:8123/api/webhook/a-long-random-text"],
        description="gets a POST with JSON for every alarm that comes or goes; is kept secret",
    )
    severity: Literal["info", "warning", "protection", "fault"] = Field(
        default="warning", description="from which severity on: info, warning, protection or fault"
    )
    ca: ExistingFile | None = Field(
        default=None, description="file with the authority that signed the server's certificate"
    )
    insecure: bool = Field(default=False, description="true: do not check the server's certificate")


class AlarmsConfig(Section):
    """The journal of alarms, and who is told."""

    debounce: DebounceConfig = Field(
        default=DebounceConfig(), description="how long an alarm must stand before it counts"
    )
    cell_spread: Amount = Field(
        default=0.2,
        gt=0,
        description="V between highest and lowest cell of a pack from which it is a warning",
    )
    webhook: Annotated[WebhookConfig | None, NothingIsAnEmptySection] = Field(
        default=None, description="where alarms are told by HTTP"
    )
