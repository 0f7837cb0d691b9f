"""Posts compressed lines to one server over one connection that is kept.

By the standard library in a thread of its own: there is one request every ten seconds to one host, and what
is sent is read from disk, which needs a thread anyway. For that aiohttp would bring eight more packages, half
of them compiled. What a thread lacks, an end to waiting, comes from shutting its socket.
"""

import asyncio
import gzip
import ssl
import zlib
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from socket import SHUT_RDWR, gaierror
from typing import NamedTuple

from ..config.export import Endpoint
from ..config.words import printable
from ..errors import LinkError
from .trust import tls_context

STEP = 5.0  # s for connecting, and for each piece of an answer
WHOLE = 30.0  # s for a request in all
READ = 64_000  # bytes of an answer that are read
SAID = 200  # characters of it that are told
HEADERS = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "jkbus"}


class Answer(NamedTuple):
    """What a server said: the status of HTTP, and its words or where it has moved to."""

    status: int
    text: str


class Unreachable(LinkError):
    """The server could not be reached or did not answer; the text says why and how to mend it."""


class Poster:
    """A connection to a server, opened when needed. Raises UsageError for a `ca` that is no certificate.

    `lost` becomes True when a connection that was kept turns out to be gone: the server may have been away.
    """

    def __init__(self, endpoint: Endpoint, ca: Path | None = None, insecure: bool = False) -> None:
        self._endpoint = endpoint
        self._tls = tls_context("export", ca, insecure) if endpoint.tls else None
        self.lost = False
        self._connection: HTTPConnection | None = None
        self._plain = False  # the server takes nothing compressed
        self._thread = ThreadPoolExecutor(1, "export")

    async def post(self, body: bytes) -> Answer:
        """What the server says to a body that is gzip. Raises Unreachable."""
        try:
            async with asyncio.timeout(WHOLE):
                return await asyncio.get_running_loop().run_in_executor(self._thread, self._post, body)
        except (OSError, HTTPException, UnicodeError) as error:  # a time that is over among them
            self.close()
            raise Unreachable(reason(error)) from None
        except asyncio.CancelledError:
            self.close()
            raise

    def close(self) -> None:
        """End the connection, and with it a request that is under way; the next one opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.shutdown(SHUT_RDWR)
            connection.close()

    def end(self) -> None:
        """Close for good."""
        self.close()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _post(self, body: bytes) -> Answer:
        if not _is_whole(body):  # some servers would call that a fault of their own
            return Answer(400, "the file was damaged, by a power cut perhaps")
        answer = self._request(body)
        if not self._plain and _wants_plain(answer):
            self._plain = True
            return self._request(body)
        return answer

    def _request(self, body: bytes) -> Answer:
        """One request; once more where a connection that was kept turns out to be gone."""
        kept = self._connection
        if kept is not None:
            try:
                return self._exchange(kept, body)
            except ConnectionError:
                self.lost = True
        self._connection = fresh = self._open()
        return self._exchange(fresh, body)

    def _exchange(self, connection: HTTPConnection, body: bytes) -> Answer:
        try:
            connection.request("POST", self._endpoint.target, self._body(body), self._headers())
            response = connection.getresponse()
            words = response.read(READ)
        except (OSError, HTTPException):
            self._connection = None
            connection.close()
            raise
        if not response.isclosed():
            connection.close()  # there is more, which nobody wants; the next request opens it again
        text = (
            response.getheader("Location", "")
            if response.status // 100 == 3
            else words.decode(errors="replace")
        )
        return Answer(response.status, self._discreet(text))

    def _body(self, body: bytes) -> bytes:
        return gzip.decompress(body) if self._plain else body

    def _headers(self) -> dict[str, str]:
        login = self._endpoint.authorization
        said = {} if login is None else {"Authorization": login}
        return HEADERS | said | ({} if self._plain else {"Content-Encoding": "gzip"})

    def _open(self) -> HTTPConnection:
        to = self._endpoint
        if self._tls is None:
            return HTTPConnection(to.host, to.port, timeout=STEP)
        return HTTPSConnection(to.host, to.port, timeout=STEP, context=self._tls)

    def _discreet(self, text: str) -> str:
        """Words of a server as they may be logged: in one line, short, without our login."""
        scheme, _, secret = (self._endpoint.authorization or "").partition(" ")
        secrets = [secret, self._endpoint.target.partition("?")[2]]  # a key may be in the url
        if scheme == "Basic":
            secrets.append(b64decode(secret).decode().partition(":")[2])
        for one in filter(None, secrets):
            text = text.replace(one, "****")
        text = printable(" ".join(text.split()))
        return text if len(text) <= SAID else text[: SAID - 1] + "…"


def _is_whole(body: bytes) -> bool:
    try:
        return bool(gzip.decompress(body))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return False


def _wants_plain(answer: Answer) -> bool:
    """Whether a server refuses what is compressed, as QuestDB does."""
    return answer.status == 415 or (answer.status // 100 == 4 and "gzip" in answer.text.lower())


def reason(error: Exception) -> str:
    """Why a server could not be reached, in words, with the remedy."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not trusted; name the authority that signed it with ca: under export:"
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS as we do; check https:// and the port in the url under export:"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there; check that the database runs, and host and port under export:"
    if isinstance(error, gaierror | UnicodeError):
        return "this host is not known; check the url under export:"
    if isinstance(error, TimeoutError):
        return "no answer; check that the database runs, and host and port under export:"
    if isinstance(error, HTTPException) and not isinstance(error, OSError):
        return "what answers there does not speak HTTP; check https:// and the port in the url under export:"
    return f"cannot be reached ({error})"
