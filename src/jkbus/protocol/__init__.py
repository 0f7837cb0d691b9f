"""Bytes and values of the wire: no clock, no port, no asyncio; runs on MicroPython too."""

from .about import About
from .framing import Framer
from .messages import REPORTS, Message, Noise, Report
from .settings import Settings
from .status import Status

__all__ = ["REPORTS", "About", "Framer", "Message", "Noise", "Report", "Settings", "Status"]
