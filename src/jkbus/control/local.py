"""The local API: JSON lines on a Unix socket in the state folder, for commands beside a running gateway.

One request a line, one or more answers a line each; see `answers` and `archive`. The socket is for the user
the gateway runs as, and nobody else. A command that dies in the middle of a change does not stop the change.
"""

import asyncio
import errno
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from ..config.words import reason
from ..errors import JkbusError, UsageError
from .requests import Doings, answer, fault

log = logging.getLogger("jkbus.local")

NAME = "jkbus.sock"
LINE = 1 << 20  # bytes of a request
LONGEST = 1 << 24  # bytes of an answer; the whole log of changes has fewer
CLIENTS = 16
SILENCE = 60.0  # s without a request after which a client is hung up on
SLOWEST = 10.0  # s that a client may take to read an answer
ANSWER = 120.0  # s between two answers of a gateway that lives
_NAME = 100  # bytes of a socket's name; Linux allows 108


async def serve(doings: Doings, folder: Path) -> None:
    """Answer the commands of this computer until cancelled; if that cannot be, say so once and do nothing."""
    path = folder / NAME
    try:
        if await _somebody_answers(path):
            log.warning("%s: another gateway answers there, commands will talk to that one", path)
            return
        listener = _listen(path)
    except OSError as error:
        log.warning("%s: no command can reach this gateway (%s)", path, reason(error))
        return
    clients = _Clients(doings)
    server = await asyncio.start_unix_server(clients.serve, sock=listener, limit=LINE)
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        server.close()
        clients.hang_up()
        path.unlink(missing_ok=True)


class _Clients:
    def __init__(self, doings: Doings) -> None:
        self._doings = doings
        self._writers: set[asyncio.StreamWriter] = set()

    def hang_up(self) -> None:
        """Let nobody wait for an answer that will not come."""
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it hangs up, falls asleep or sends what is no request."""
        self._writers.add(writer)
        try:
            if len(self._writers) > CLIENTS:
                await _say(
                    writer, fault(JkbusError("too many commands talk to the gateway; try again later"))
                )
            else:
                while await self._request(reader, writer):
                    pass
        except (OSError, TimeoutError):
            log.debug("a command hung up")
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when there are no more."""
        try:
            async with asyncio.timeout(SILENCE):
                line = await reader.readline()
            request = json.loads(line) if line else None
        except (ValueError, RecursionError):
            request = "nothing readable"
        if request is None:
            return False
        if not isinstance(request, dict):
            await _say(
                writer, fault(UsageError(f"a request is a JSON object in a line of at most {LINE} bytes"))
            )
            return False
        async for each in answer(self._doings, request):
            await _say(writer, each)
        return True


async def _say(writer: asyncio.StreamWriter, each: Mapping[str, Any]) -> None:
    writer.write(json.dumps(each, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")
    async with asyncio.timeout(SLOWEST):
        await writer.drain()


class Asker(Protocol):
    """Takes requests: a `Client` of a running gateway, or what is `AtHand`."""

    def ask(self, request: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """The objects of the answer as they come; see `answers`."""


class AtHand:
    """What this program can answer by itself, asked as a gateway would be."""

    def __init__(self, doings: Doings) -> None:
        self._doings = doings

    def ask(self, request: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """The objects of the answer as they come."""
        return answer(self._doings, request)


class Client:
    """A command's end of the local API."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    async def there(self) -> bool:
        """Whether a gateway answers. Raises JkbusError if there is one that this user may not talk to."""
        try:
            return await _somebody_answers(self.path)
        except PermissionError:
            raise JkbusError(
                f"{self.path}: the gateway runs as another user; run the command as that user, for instance"
                " with `sudo -u jkbus`"
            ) from None
        except OSError as error:
            raise JkbusError(f"{self.path}: the gateway cannot be reached ({reason(error)})") from None

    async def ask(self, request: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Give the objects of the answer as they come. Raises JkbusError when the gateway goes away."""
        gone = f"{self.path}: the gateway went away in the middle; its log and `jkbus settings log` tell more"
        try:
            reader, writer = await _connect(self.path)
            try:
                await _say(writer, request)
                while True:
                    async with asyncio.timeout(ANSWER):
                        line = await reader.readline()
                    each = json.loads(line)
                    yield each
                    if "result" not in each:
                        return
            finally:
                writer.close()
        except (OSError, ValueError, TimeoutError):
            raise JkbusError(gone) from None


async def _somebody_answers(path: Path) -> bool:
    """Whether there is a socket and somebody listens to it. Raises OSError if that cannot be found out."""
    try:
        _, writer = await _connect(path)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR):
            return False
        raise
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


async def _connect(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    with _short(path) as name:
        return await asyncio.open_unix_connection(name, limit=LONGEST)


def _listen(path: Path) -> socket.socket:
    """A socket for this user alone, in place of one that nobody listens to any more. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(path) as name:
            listener.bind(name)
        path.chmod(0o600)
        listener.listen(CLIENTS)
    except OSError:
        listener.close()
        raise
    return listener


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name of the socket that the system takes: its folder goes by a number where the whole is too long."""
    if len(os.fsencode(path)) <= _NAME:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
