"""What was heard on a bus, in words for its owner."""

from .surveying import Survey

HINTS = (
    "- swap A and B: adapters do not agree on the names",
    "- put 120 ohm between A and B at both ends of the chain, first at this one",
    "- connect ground (pins 3 and 6 of the RS485-2 sockets)",
    "- use the two sockets RS485-2 at the right end of the board, at 115200 baud",
    "- give each pack an address of its own with its DIP switch, and switch it on",
)
BESIDE_MASTER = (
    "jkbus will listen, and ask the others for what the master does not: model, firmware, serial number.",
    "Of pack 0 itself these cannot be had: a JK master does not tell them on its bus.",
)
MOSTLY = 0.8  # share of FF in noise that means an idle line


def told(survey: Survey) -> list[str]:
    """What there is, in the first line, and what to do about what there is not."""
    bus = survey.bus
    slaves = [pack.address for pack in survey.battery.packs if pack.address]
    if 0 in bus.nodes or (bus.master_heard is not None and slaves):
        others = (
            f"{addressed(slaves)} answer{'s' * (len(slaves) == 1)} it"
            if slaves
            else "no other pack answers it"
        )
        return [f"A JK master (pack 0) polls this bus; {others}.", *BESIDE_MASTER]
    if bus.master_heard is not None:
        return ["Somebody asks the packs of this bus, but none answers.", *HINTS]
    if slaves:
        return [
            f"{addressed(slaves).capitalize()} answered us; nobody else asks, so jkbus will be the master."
        ]
    if not bus.counters.bytes_in:
        return ["Not a byte was heard.", *HINTS]
    flood = survey.ones >= MOSTLY * bus.counters.bytes_in
    kind = "an idle line that floats, or A and B swapped" if flood else "a wrong rate, or A and B swapped"
    return [f"Only noise was heard, {bus.counters.noise} bytes: {kind}.", *HINTS]


def addressed(addresses: list[int]) -> str:
    """Addresses as people list them: packs 1, 2 and 3."""
    *most, last = map(str, addresses)
    return f"packs {', '.join(most)} and {last}" if most else f"pack {last}"
