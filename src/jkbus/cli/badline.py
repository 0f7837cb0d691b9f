"""What may go wrong on a simulated line: the arguments for it, and their help."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

Share = Number(gte=0, lte=1)


@Parameter(name="*", group="A bad line")
@dataclass(frozen=True)
class Wire:
    """What may go wrong on a simulated line."""

    lose: Annotated[float, Parameter(help="Share of bytes that are lost, 0 to 1.", validator=Share)] = 0.0
    flip: Annotated[float, Parameter(help="Share of bytes with a flipped bit.", validator=Share)] = 0.0
    lost_requests: Annotated[float, Parameter(help="Share of requests not heard.", validator=Share)] = 0.0
    pad: Annotated[float, Parameter(help="Share of answers with padding zeros.", validator=Share)] = 0.0
    flood: Annotated[float, Parameter(help="Bursts of FF a second.", validator=Number(gte=0))] = 0.0
    delay: Annotated[float, Parameter(help="Seconds that bytes may be late.", validator=Number(gte=0))] = 0.0
    split: Annotated[int, Parameter(help="Bytes that arrive together at most.", validator=Number(gte=0))] = 0
    echo: Annotated[bool, Parameter(help="Who speaks hears itself.")] = False


GOOD = Wire()
