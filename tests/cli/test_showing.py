"""Plans as an owner reads them."""

from jkbus.cli.showing import measured


def test_a_calibration_has_its_unit() -> None:
    assert measured({"action": "calibrate_voltage", "value": "53,2"}) == "53,2 V"
    assert measured({"action": "calibrate_current", "value": "9 A"}) == "9 A"
    assert measured({"action": "set_clock", "value": ""}) == ""
