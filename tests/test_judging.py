"""What health finds wrong with the share of current stands in the journal until it is right again."""

from pathlib import Path

from jkbus.alarms import Alarms
from jkbus.app.judging import judge
from jkbus.config import AlarmsConfig
from jkbus.health.findings import ACT, FINE, UNKNOWN, WATCH, Finding
from jkbus.health.report import Health
from jkbus.health.verdict import Verdict
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities

CABLE = Finding(ACT, "cable", "cable", "takes 2.6 % of a step of the load", "check its lugs")
CARRIES = Finding(FINE, "contact", "contact", "it carries its part")


class Journal:
    """A journal with a clock that is turned by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        battery = Battery(Identities([], {}))
        self.alarms = Alarms(battery, [], AlarmsConfig(), folder, lambda: self.now, lambda: self.now)
        self.alarms.start()

    def told(self, *findings: Finding) -> list[str]:
        """An hour later health says this of a pack; what stands then."""
        self.now += 3600
        judge(self.alarms, Verdict(self.now, 1.0, {"one": "Garage"}, Health({}, {}, {"one": list(findings)})))
        self.now += 100
        self.alarms.tick()
        return [entry.message for entry in self.alarms.standing()]


def test_a_share_that_is_wrong_stands_until_the_pack_carries_its_part(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    (message,) = journal.told(CABLE, CARRIES)
    assert message.startswith("Garage: share of current is wrong; takes 2.6 % of a step of the load; check")
    assert journal.told(CABLE, CARRIES) == [message]
    assert journal.told(CARRIES) == []


def test_who_does_not_know_changes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    unknown = Finding(UNKNOWN, "contact", "contact", "whether it carries its part needs 20 minutes")
    assert journal.told(unknown) == []
    assert len(journal.told(CABLE)) == 1
    assert len(journal.told(unknown)) == 1
    assert len(journal.told()) == 0


def test_what_else_is_wrong_with_a_pack_is_no_matter_of_its_share(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    count = Finding(ACT, "count", "charge count", "0.40 A too much", "calibrate it")
    open_switch = Finding(WATCH, "contact", "contact", "takes no charge", "see its alarms")
    assert journal.told(count, open_switch) == []
