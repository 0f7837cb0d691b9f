"""The native API's framing, without a socket: bytes in, messages out, and the way back.

In plain text a message is `00`, its length and its type as varints, and its bytes. Encrypted, everything is
in frames of `01` and a length of two bytes, big-endian. The client's first frame is empty, the second is `00`
and the first half of the handshake; we answer with `01 name 00 mac 00`, then with `00` and the other half, or
with `01` and a reason. After it a frame is the cipher text of type and length (two bytes each) and message.
Source: aioesphomeapi's client, and what real Home Assistants accept.
"""

import base64
import binascii
from typing import Any, NamedTuple, Protocol

from ..errors import JkbusError, UsageError

LONGEST = 32_768  # bytes of a client's message; the longest that is of use to us has a hundred
_PROTOCOL = b"Noise_NNpsk0_25519_ChaChaPoly_SHA256"
_PROLOGUE = b"NoiseAPIInit\x00\x00"
_KEY = 32  # bytes
_VARINT = 5  # bytes at most
BAD_KEY = b"Handshake MAC failure"  # the words by which clients know that their key is wrong


class Message(NamedTuple):
    """The number of a message's type, and its bytes."""

    type: int
    data: bytes


class WireError(JkbusError):
    """A client says what nobody understands; `last` is to be sent before hanging up."""

    def __init__(self, text: str, last: bytes = b"") -> None:
        super().__init__(text)
        self.last = last


class Framing(Protocol):
    """One client's framing, from the first byte on."""

    def receive(self, data: bytes) -> tuple[list[Message], bytes]:
        """The messages that became whole, and what is to be sent at once. Raises WireError."""

    def encode(self, message: Message) -> bytes:
        """A message as it goes over the wire."""


def key_of(text: str) -> bytes:
    """The 32 bytes of an encryption key in base64, as ESPHome shows it. Raises UsageError."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY:
        raise UsageError(
            "an encryption key is 32 bytes in base64, 44 characters; make one: openssl rand -base64 32"
        )
    return key


class Plain:
    """Messages in plain text."""

    def __init__(self) -> None:
        self._buffer = b""

    def receive(self, data: bytes) -> tuple[list[Message], bytes]:
        """The messages that became whole; nothing has to be sent at once. Raises WireError."""
        self._buffer += data
        messages = []
        while (found := self._next()) is not None:
            messages.append(found)
        return messages, b""

    def encode(self, message: Message) -> bytes:
        """A message as it goes over the wire."""
        return b"\x00" + _varint(len(message.data)) + _varint(message.type) + message.data

    def _next(self) -> Message | None:
        if not self._buffer:
            return None
        if self._buffer[0] != 0:
            encrypted = self._buffer[0] == 1
            what = (
                "speaks encrypted, but there is no encryption_key here"
                if encrypted
                else "does not speak this"
            )
            raise WireError(what, b"\x00Bad indicator byte")
        length, start = _read_varint(self._buffer, 1)
        type, start = _read_varint(self._buffer, start) if start else (0, 0)
        if length > LONGEST:
            raise WireError(f"sends a message of {length} bytes")
        if not start or len(self._buffer) < start + length:
            return None
        message = Message(type, self._buffer[start : start + length])
        self._buffer = self._buffer[start + length :]
        return message


class Noise:
    """Encrypted messages; `key` has 32 bytes, `name` and `mac` (12 digits) are told before the handshake."""

    def __init__(self, key: bytes, name: str, mac: str) -> None:
        from noise.connection import NoiseConnection  # takes a tenth of a second to load

        self._hello = b"\x01" + name.encode() + b"\x00" + mac.encode() + b"\x00"
        self._greeted = False
        self._buffer = b""
        self._noise: Any = NoiseConnection.from_name(_PROTOCOL)
        self._noise.set_as_responder()
        self._noise.set_psks(key)
        self._noise.set_prologue(_PROLOGUE)
        self._noise.start_handshake()

    def receive(self, data: bytes) -> tuple[list[Message], bytes]:
        """The messages that became whole, and our part of the handshake. Raises WireError."""
        self._buffer += data
        messages, answer = [], b""
        while (frame := self._frame(answer)) is not None:
            if self._noise.handshake_finished:
                messages.append(self._open(frame))
            elif not self._greeted:
                self._greeted, answer = True, answer + _framed(self._hello)
            else:
                answer += self._shake(frame, answer)
        return messages, answer

    def encode(self, message: Message) -> bytes:
        """A message as it goes over the wire; only after the handshake."""
        head = message.type.to_bytes(2, "big") + len(message.data).to_bytes(2, "big")
        return _framed(bytes(self._noise.encrypt(head + message.data)))

    def _frame(self, answer: bytes) -> bytes | None:
        if not self._buffer:
            return None
        if self._buffer[0] != 1:
            hello = b"" if self._greeted else _framed(self._hello)
            raise WireError(
                "speaks in plain text, but an encryption key is needed here",
                answer + hello + _framed(b"\x01Bad indicator byte"),
            )
        if len(self._buffer) < 3:
            return None
        end = 3 + int.from_bytes(self._buffer[1:3], "big")
        if end > LONGEST:
            raise WireError(f"sends a frame of {end} bytes", answer)
        if len(self._buffer) < end:
            return None
        frame, self._buffer = self._buffer[3:end], self._buffer[end:]
        return frame

    def _shake(self, frame: bytes, answer: bytes) -> bytes:
        """Our half of the handshake, after the client's."""
        try:
            if frame[:1] != b"\x00":
                raise ValueError
            self._noise.read_message(frame[1:])
            return _framed(b"\x00" + bytes(self._noise.write_message()))
        except Exception:  # of several libraries, and all of them mean that the key is another one
            raise WireError("has another encryption key", answer + _framed(b"\x01" + BAD_KEY)) from None

    def _open(self, frame: bytes) -> Message:
        try:
            clear = bytes(self._noise.decrypt(frame))
        except Exception:
            raise WireError("sends what cannot be decrypted") from None
        length = int.from_bytes(clear[2:4], "big")
        if len(clear) < 4 + length:
            raise WireError("sends a message that ends too early")
        return Message(int.from_bytes(clear[:2], "big"), clear[4 : 4 + length])


def _framed(frame: bytes) -> bytes:
    return b"\x01" + len(frame).to_bytes(2, "big") + frame


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _read_varint(data: bytes, start: int) -> tuple[int, int]:
    """The number at `start` and where it ends; 0 for the end while it is not whole. Raises WireError."""
    number = 0
    for place, byte in enumerate(data[start : start + _VARINT]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, start + place + 1
    if len(data) - start >= _VARINT:
        raise WireError("sends a number that does not end")
    return 0, 0
