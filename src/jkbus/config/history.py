"""How long the past is kept, and how fine."""

from __future__ import annotations

from pydantic import Field

from jkbus.config.fields import Duration, Section

DAY = 86400.0


class HistoryConfig(Section):
    """The history: a file in the state directory with everything that was heard."""

    enabled: bool = Field(default=True, description="false: nothing is kept")
    raw: Duration = Field(default=14 * DAY, description="every report is kept so long; two hours at least")
    minutes: Duration = Field(
        default=180 * DAY, description="lowest, mean and highest of each minute; those of hours stay for ever"
    )
