"""Enters what health finds wrong with the share of current into the journal of alarms."""

from collections.abc import Iterable

from ..alarms import Alarms, pack_subject
from ..alarms.findings import SHARE_WRONG
from ..health.findings import ACT, UNKNOWN, Finding
from ..health.verdict import Verdict

_CONTACT = "contact"
_SHARING = (_CONTACT, "cable", "circulating")  # topics of findings


def judge(alarms: Alarms, verdict: Verdict) -> None:
    """Tell the journal of every pack whether it carries its part; of one nobody knows it of, tell nothing."""
    for key, findings in verdict.health.findings.items():
        pack = pack_subject(key, verdict.names.get(key, key))
        wrong = next((one for one in findings if one.kind == ACT and one.topic in _SHARING), None)
        if wrong is not None:
            alarms.found(pack, SHARE_WRONG, wrong.sentence)
        elif not _is_unknown(findings):
            alarms.cleared(pack, SHARE_WRONG)


def _is_unknown(findings: Iterable[Finding]) -> bool:
    return any(one.kind == UNKNOWN and one.topic == _CONTACT for one in findings)
