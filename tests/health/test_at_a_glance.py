"""What people see of a pack's health at a glance, against packs whose truth is known."""

from biography import Bank
from jkbus.outputs.health_rows import values


def test_figures_are_those_of_the_packs(fortnight: Bank) -> None:
    told = {name: dict(values(fortnight.health, name)) for name in fortnight.health.figures}
    assert (told["sound"]["health"], told["loose"]["health"]) == ("fine", "act")
    shares = {}
    for name, each in told.items():
        resistance, spread, share = each["health_resistance"], each["health_spread_top"], each["health_share"]
        assert isinstance(resistance, float) and 1 < resistance < 20, name  # mΩ
        assert isinstance(spread, float) and 0 <= spread < 500, name  # mV
        assert isinstance(share, float), name  # %
        shares[name] = share
    assert -80 < shares["loose"] < -10 < shares["sound"] < 40
    assert "health_capacity" not in told["sound"]  # it was never empty
