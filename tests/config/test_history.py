"""history: how long the past is kept."""

from config.conftest import Faults, Write
from jkbus.config import HistoryConfig, demo_config, dump

BUS = "buses: [{link: 'sim:2'}]\n"
DAY = 86400


def test_history_is_kept_unless_somebody_says_otherwise(config: Write) -> None:
    assert config(BUS).history == HistoryConfig(enabled=True, raw=14 * DAY, minutes=180 * DAY)
    assert config(f"{BUS}history:\n").history == HistoryConfig()
    assert demo_config().history.enabled
    assert not config(f"{BUS}history: {{enabled: no}}\n").history.enabled


def test_times_are_given_in_days_and_told_so(config: Write) -> None:
    tree = config(f"{BUS}history: {{raw: 90d, minutes: 730d}}\n")
    assert (tree.history.raw, tree.history.minutes) == (90 * DAY, 730 * DAY)
    assert "raw: 90d" in dump(tree)
    assert "minutes: 730d" in dump(tree)


def test_what_is_no_time_is_a_fault_with_its_line(faults: Faults) -> None:
    raw, hours = faults(f"{BUS}history:\n  raw: for ever\n  hours: 1d\n")
    assert raw.startswith("jkbus.yaml:3: history.raw: a duration such as")
    assert hours.endswith(":4: history.hours: unknown key; known here: enabled, raw, minutes")
