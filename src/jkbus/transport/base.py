"""What every link is: bytes in, bytes out, and a sentence when it is lost."""

from __future__ import annotations

from typing import Protocol

from jkbus.errors import LinkError


class LinkEnded(LinkError):
    """A recording is at its end: nothing is wrong, and nothing more will come."""


class Link(Protocol):
    """The way of bytes to a bus and back."""

    url: str  # what it is opened with, without secrets: for people and logs
    can_write: bool  # False where nothing that is written can reach a bus

    async def read(self) -> bytes:
        """What has arrived since the last read, at least one byte; may be cancelled without loss.

        Raises LinkError, once everything that was heard has been read, when the link is lost or closed.
        """

    def write(self, data: bytes) -> None:
        """Hand over bytes to be sent; never blocks, never raises and never piles up.

        What a lost or choking link cannot take is dropped; of a loss the next read tells.
        """

    async def close(self) -> None:
        """Give everything back; may be called again, and returns within seconds."""
