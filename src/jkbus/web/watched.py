"""What the page is given to look at the wires with."""

from collections.abc import Mapping
from typing import NamedTuple

from ..wiring.watch import Watch
from .taping import Recorders
from .traffic import Blanks


class Watched(NamedTuple):
    """`watches` by name of a bus; `blanks` free bytes of secrets, `recorders` write a blanked recording."""

    watches: Mapping[str, Watch]
    blanks: Blanks
    recorders: Recorders
