"""Where the past of a configuration is kept."""

from ..config import Config
from ..history.store import Store

_DAY = 86400.0


def history_of(config: Config) -> Store:
    """The history of a configuration; no file is made before something is written."""
    keep = config.history
    return Store(config.state / "history.sqlite", keep.raw / _DAY, keep.minutes / _DAY)
