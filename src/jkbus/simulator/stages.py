"""The charge stage a board of V15 or later asks its charger for: bulk, absorption, float."""

BULK, ABSORPTION, FLOAT = 0, 1, 2
_NEAR = 0.005  # V below the requested cell voltage that count as reached
_REBULK = 90  # % below which a new bulk stage starts where the board has no setting for it


class Stages:
    """`stage` and the seconds it has lasted."""

    def __init__(self, full: bool = False) -> None:
        self.stage = FLOAT if full else BULK
        self.elapsed = 0.0

    def step(
        self, per_cell: float, soc: int, rcv: float, hold: float, rebulk: int, floats: bool, dt: float
    ) -> None:
        """Go on for `dt` s: `rcv` V is held for `hold` s, then comes float if the board `floats`."""
        self.elapsed += dt
        if self.stage != BULK and soc < (rebulk or _REBULK):
            self._enter(BULK)
        elif self.stage == BULK and per_cell >= rcv - _NEAR:
            self._enter(ABSORPTION)
        elif self.stage == ABSORPTION and floats and self.elapsed >= hold:
            self._enter(FLOAT)

    def _enter(self, stage: int) -> None:
        self.stage, self.elapsed = stage, 0.0
