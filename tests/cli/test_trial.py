"""An old node is tried on invented packs without leaving a trace."""

from pathlib import Path

import pytest

from jkbus.cli.importing import any_configuration, on_trial

OLD = Path(__file__).parents[1] / "data/esphome/esp32-1master-1slave.yaml"


def test_a_trial_is_reached_from_this_computer_only() -> None:
    trial = on_trial(any_configuration(OLD, ("sim:2",)), ("sim:2",))
    assert trial is not None and trial.esphome is not None
    assert trial.esphome.listen == "127.0.0.1"


@pytest.mark.parametrize("link", ["/dev/ttyUSB0", "socket://127.0.0.1:8899"])
def test_a_node_on_wires_is_no_trial(link: str) -> None:
    config = any_configuration(OLD, (link,))
    assert on_trial(config, (link,)) is None
    assert config.esphome is not None and config.esphome.listen == "0.0.0.0"
