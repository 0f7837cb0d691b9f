"""Virtual JK-PB packs, and the wire they talk on; all of it pure, with time as an argument."""

from .air import Tap
from .banks import bank
from .faults import Faults
from .firmware import FIRMWARE
from .line import VirtualLine
from .master import JkMaster
from .pack import VirtualPack
from .world import SunnyDay

__all__ = ["FIRMWARE", "Faults", "JkMaster", "SunnyDay", "Tap", "VirtualLine", "VirtualPack", "bank"]
