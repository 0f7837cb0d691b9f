"""Answers that come damaged: by whom, and since how many packs.

One answer in 500 may be lost on a good line without anybody noticing; more has a cause. A cable, a plug or
a stub of one pack damages the answers of that pack. Missing termination or ground damages all, and the more
the more packs hang on the line, since each adds a stub and a load. So the damage is compared between
addresses, and between the times when few and when many packs were there. What collisions damage looks the
same; two masters are looked for first.
"""

from collections.abc import Iterable

from .tally import Step, by_packs, share
from .verdict import Finding

TOLERABLE = 0.002  # share of damaged answers
FEWEST = 3  # damaged answers, less than which are an accident
_PIECES, _PIECES_SHARE = 10, 0.02  # answers that are cut short, as many and this share of all
_GROUP = 40  # answers with so many packs, or of one pack, less than which are not compared
_GROWN = 3.0  # times as much damage, from which one is told apart from another
_SOME = 0.5  # damaged answers that a group without any is taken to have had

TERMINATION = (
    "Put 120 ohm across A and B at both ends of the line and nowhere else, connect ground from pack to pack, "
    "lead the cable from pack to pack without branches, and keep it away from battery cables"
)


def damage(recent: Step, hour: Iterable[Step]) -> Finding | None:
    """The finding where too many answers come damaged."""
    damaged, whole = recent.damaged.total(), recent.reports.total()
    if damaged < FEWEST or share(damaged, whole) < TOLERABLE:
        return None
    return _grew(hour) or _one(recent) or _all(recent)


def pieces(recent: Step) -> Finding | None:
    """The finding where answers are cut short: not the wires lose them, but their bytes come too late."""
    whole = recent.reports.total()
    if recent.cut < _PIECES or share(recent.cut, whole) < _PIECES_SHARE:
        return None
    return Finding(
        "late",
        "Answers arrive in pieces, with pauses between them.",
        "This is not the wires. See what keeps this computer busy; over a network, prefer a cable to Wi-Fi "
        "and switch off whatever collects bytes before it sends them.",
        f"{recent.cut} of {whole + recent.cut} answers were cut short by a pause, with right bytes before",
        "likely",
    )


def _grew(hour: Iterable[Step]) -> Finding | None:
    """Damage that came with the packs."""
    groups = {packs: pair for packs, pair in sorted(by_packs(hour).items()) if sum(pair) >= _GROUP and packs}
    if len(groups) < 2:
        return None
    few, many = min(groups), max(groups)
    before, after = _rate(*groups[few]), _rate(*groups[many])
    if after < _GROWN * before or groups[many][1] < FEWEST + 2:
        return None
    return Finding(
        "termination",
        f"The more packs hang on the line, the more answers are damaged: {_percent(groups[few])} with {few}, "
        f"{_percent(groups[many])} with {many}.",
        f"{TERMINATION}. If it remains, try with fewer packs until the one is found that brings it.",
        ", ".join(f"{packs} packs: {pair[1]} of {sum(pair)}" for packs, pair in groups.items()),
        "sure" if groups[many][1] >= 20 else "likely",
    )


def _one(recent: Step) -> Finding | None:
    """Damage that is one pack's own."""
    pairs = _by_address(recent)
    if len(pairs) < 2:
        return None
    worst = max(pairs, key=lambda address: _rate(*pairs[address]))
    others = [pair for address, pair in pairs.items() if address != worst]
    rest = sum(whole for whole, _ in others), sum(damaged for _, damaged in others)
    if pairs[worst][1] < FEWEST + 2 or _rate(*pairs[worst]) < 2 * _GROWN * _rate(*rest):
        return None
    return Finding(
        "one_pack",
        f"Only the answers of address {worst} are damaged: {_percent(pairs[worst])}.",
        "Look at that pack: its cable, its plug, its ground, a branch that is too long. Exchange its cable "
        "with another pack's; if the fault moves along, it is the cable.",
        f"{pairs[worst][1]} of {sum(pairs[worst])} answers of address {worst}, "
        f"{rest[1]} of {sum(rest)} of all others",
        "likely" if pairs[worst][1] < 20 else "sure",
    )


def _all(recent: Step) -> Finding:
    """Damage that is everybody's."""
    pairs = _by_address(recent)
    told = ", ".join(
        f"address {address}: {_percent(pair)}" for address, pair in sorted(pairs.items()) if pair[1]
    )
    sums = recent.reports.total(), recent.damaged.total()
    return Finding(
        "damage",
        f"{_percent(sums)} of the answers are damaged.",
        f"{TERMINATION}. Shorten the line or take packs off to see when it ends.",
        f"{sums[1]} of {sum(sums)} answers" + (f"; {told}" if told else ""),
        "likely" if len(pairs) > 1 else "possible",
    )


def _by_address(recent: Step) -> dict[int, tuple[int, int]]:
    """Whole and damaged answers of each address that spoke often enough to be compared."""
    known = {address for address in recent.reports if address is not None}
    pairs = {address: (recent.reports[address], recent.damaged[address]) for address in known}
    return {address: pair for address, pair in pairs.items() if sum(pair) >= _GROUP // 2}


def _rate(whole: int, damaged: int) -> float:
    return max(damaged, _SOME) / max(whole + damaged, 1)


def _percent(pair: tuple[int, int]) -> str:
    return f"{100 * share(pair[1], pair[0]):.1f} %"
