"""Captures: what was heard and said on a bus, as text that people can read; and hex from anywhere.

    # jkbus capture 1
    # link /dev/ttyUSB0
    # started 2026-11-22T10:00:00+01:00
    0.0000 > 011016200001020000d6f1
    0.0213 < 55aaeb900200...

A line is a chunk as it was read or written: seconds since the start, `<` heard or `>` said, bytes. Read are
also hex bytes without times, in any common shape, and files of raw bytes.
"""

from __future__ import annotations

import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from jkbus.errors import JkbusError, UsageError
from jkbus.transport.blanking import Blanker, Reads

HEADER = "# jkbus capture"
VERSION = 1
HEARD, SAID = "<", ">"

_CHUNK = re.compile(r"(?:.*(?=<<<|>>>))?(?:(?:(\d+(?:\.\d*)?)\s+)?([<>])\2*)?(.*)", re.DOTALL)
_TIME = re.compile(r"\s*(\d+\.\d+)\s*s?\s*")  # of a comment behind a chunk
_BETWEEN = re.compile(r"[\s.,:;\-(){}\[\]\"']+")
_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that were read or written together; `at` in seconds, None where no time is known."""

    data: bytes
    at: float | None = None
    direction: str = HEARD


def read_capture(path: str | Path) -> list[Chunk]:
    """The chunks of a file in any shape that `read_chunks` knows; raises UsageError with a sentence."""
    try:
        return read_chunks(Path(path).read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; check the name of the file") from None


def read_chunks(raw: bytes, name: str = "input") -> list[Chunk]:
    """The chunks of a capture, of hex text, or of raw bytes, which are one chunk."""
    text = _text(raw)
    if text is None:
        return [Chunk(raw)]
    first = text.partition("\n")[0].split()
    if first[:3] == HEADER.split():
        if first[3:] != [str(VERSION)]:
            raise UsageError(f"{name} was made by another version of jkbus; update this one to read it")
        text = text[: text.rfind("\n") + 1]  # a last line without an end was cut off while it was written
    return parse_hex(text, name)


def parse_hex(text: str, name: str = "input") -> list[Chunk]:
    """The chunks of hex text, one a line; `#` begins a comment, which may be the time in seconds.

    Bytes may stand together or apart, with spaces, dots, colons, commas, minus signs, brackets and quotes
    between them and 0x or \\x in front; lines of ESPHome's UART log are understood. Raises UsageError that
    names the line and what is wrong in it.
    """
    chunks = []
    for number, line in enumerate(text.splitlines(), 1):
        content, _, comment = line.partition("#")
        found = _CHUNK.fullmatch(content.strip())
        assert found is not None
        data = b"".join(_bytes(piece, f"{name}, line {number}") for piece in _pieces(found[3]))
        time = found[1] or (said[1] if (said := _TIME.fullmatch(comment)) else None)
        if data:
            chunks.append(Chunk(data, float(time) if time else None, found[2] or HEARD))
    return chunks


def _pieces(content: str) -> list[str]:
    return [piece for piece in _BETWEEN.split(content.replace("\\x", " 0x")) if piece]


def _bytes(piece: str, where: str) -> bytes:
    digits = piece[2:] if piece[:2] in ("0x", "0X") else piece
    if digits != piece and len(digits) == 1:
        digits = "0" + digits
    shown = ascii(piece if len(piece) <= 24 else piece[:24] + "...")
    if not _HEX.fullmatch(digits):
        raise UsageError(f"{where}: {shown} is not hex; bytes are pairs of 0-9 and a-f, # begins a comment")
    if len(digits) % 2:
        raise UsageError(f"{where}: {shown} has an odd number of digits; one is missing or too many")
    return bytes.fromhex(digits)


def _text(raw: bytes) -> str | None:
    """The bytes as text, None if they are none; a Windows console writes UTF-16."""
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text if all(char.isprintable() or char in "\t\r\n\f" for char in text) else None


class CaptureWriter:
    """Writes a capture line by line, so that a kill loses no more than the last fraction of a second.

    Unless `blank` is False, PINs, passwords, serial numbers, names and owner's texts are blanked (see
    `blanking`); chunks are held for it until their messages are whole. Raises JkbusError with a sentence when
    the file cannot be written, and from then on takes everything and writes nothing.
    """

    def __init__(
        self,
        target: str | Path | TextIO,
        link: str,
        now: float,
        *,
        blank: bool = True,
        started: datetime | None = None,
    ) -> None:
        """`target` is a path, or a file that stays open; `now` is the clock of `heard` and `said`."""
        from jkbus.config.words import redact

        self._zero = now
        reads: Reads = {}
        self._blankers = {HEARD: Blanker(reads), SAID: Blanker(reads)} if blank else {}
        self._clear = {HEARD: bytearray(), SAID: bytearray()}  # decided, not yet written
        self._held: deque[Chunk] = deque()
        self._owned = isinstance(target, str | Path)
        self._name = str(target) if self._owned else getattr(target, "name", "output")
        self._file: TextIO | None = self._opened(target)
        time = (started or datetime.now().astimezone()).isoformat(timespec="seconds")
        secrecy = "blanked with X" if blank else "NOT blanked: do not publish"
        self._put(
            f"{HEADER} {VERSION}\n# link {redact(' '.join(link.split()))}\n# started {time}\n"
            f"# PINs, passwords, serial numbers and names: {secrecy}\n"
            f"# seconds since start, {HEARD} heard or {SAID} said, bytes\n"
        )

    def heard(self, data: bytes, now: float) -> None:
        """Bytes came from the bus at `now`; without any, what has waited long enough is written."""
        self._take(Chunk(data, now - self._zero, HEARD), now)

    def said(self, data: bytes, now: float) -> None:
        """We spoke to the bus at `now`."""
        self._take(Chunk(data, now - self._zero, SAID), now)

    def close(self) -> None:
        """Write what is held and close the file; may be called again."""
        for direction, blanker in self._blankers.items():
            self._clear[direction] += blanker.finish()
        try:
            self._release()
        finally:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self, chunk: Chunk, now: float) -> None:
        if self._file is None:
            return
        if chunk.data:
            self._held.append(chunk)
        blanker = self._blankers.get(chunk.direction)
        self._clear[chunk.direction] += blanker.feed(chunk.data, now) if blanker else chunk.data
        self._release()

    def _release(self) -> None:
        """Write the oldest chunks whose bytes are decided: the order of the file is that of the bus."""
        while self._held and len(self._clear[self._held[0].direction]) >= len(self._held[0].data):
            chunk = self._held.popleft()
            clear = self._clear[chunk.direction]
            data = clear[: len(chunk.data)]
            del clear[: len(chunk.data)]
            self._put(f"{chunk.at:.4f} {chunk.direction} {data.hex()}\n")

    def _opened(self, target: str | Path | TextIO) -> TextIO:
        if not isinstance(target, str | Path):
            return target
        try:
            return Path(target).open("w", encoding="ascii", errors="backslashreplace", buffering=1)
        except OSError as error:
            raise UsageError(
                f"{target} cannot be written: {error.strerror}; choose another place for the capture"
            ) from None

    def _put(self, text: str) -> None:
        if self._file is None:
            return
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            self._end()
            raise JkbusError(
                f"{self._name}: the capture ends here: {error.strerror}; make room and start it again"
            ) from None

    def _end(self) -> None:
        file, self._file = self._file, None
        if file is not None and self._owned:
            with suppress(OSError):
                file.close()
