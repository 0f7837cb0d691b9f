"""The times a bus keeps, in seconds. None of them needs to be changed."""

BYTE = 10 / 115200  # s: a start bit, eight data bits and a stop bit


class Timing:
    """What may be set per bus. The defaults follow measurements on real buses."""

    def __init__(
        self,
        listen: float = 5.0,  # before the first byte of our own; longer than a JK master's period of 4.4 s
        takeover: float = 5.0,  # silence of a JK master before we poll in its place; it pauses 0.66 s at most
        gap: float = 0.1,  # after an answer, to begin with; 100 ms are known to be reliable
        gap_floor: float = 0.03,  # a request 2 ms after an answer is lost, one after 30 ms or more is not
        gap_ceiling: float = 0.25,
        answer_timeout: float = 0.2,  # until an answer begins; real ones take 7 to 20 ms
        status: float = 0.0,  # wanted age of each kind of report; 0: as fresh as the line allows
        settings: float = 30.0,
        about: float = 3600.0,
        missed_cycles: float = 3.0,  # a pack is silent after so many
        gone: float = 600.0,  # a silent pack is gone after so long
        write: float = 15.0,  # that a change waits for its turn at most
        jitter: float = 0.0,  # how much later than others a byte may reach us: a network's, not a cable's
        dead: float = 0.0,  # within which a network link that is dead is known to be; a cable is at once
    ) -> None:
        self.listen = listen
        self.takeover = takeover
        self.gap = gap
        self.gap_floor = gap_floor
        self.gap_ceiling = gap_ceiling
        self.answer_timeout = answer_timeout
        self.status = status
        self.settings = settings
        self.about = about
        self.missed_cycles = missed_cycles
        self.gone = gone
        self.write = write
        self.jitter = jitter
        self.dead = dead

    def wanted_age(self, type: int) -> float:
        """How old the report of that type may become before it is asked for."""
        return (self.settings, self.status, self.about)[type - 1]
