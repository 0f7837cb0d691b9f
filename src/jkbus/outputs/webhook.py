"""Tells a server by HTTP of every alarm that comes or goes, as JSON.

One task fills a queue and one empties it, oldest first. While the server is away it is tried again later and
later; what the server refuses is not tried again. The queue is bounded and forgets the oldest: the journal
has them all. The URL lets anybody in who knows it, so the log shows its host only.
"""

import asyncio
import json
import logging
import ssl
from base64 import b64encode
from collections import deque
from typing import Any
from urllib.parse import unquote, urlsplit

from ..alarms import CAME, WENT, Alarms, Change
from ..config.alarms import WebhookConfig
from ..config.urls import shown_webhook
from ..errors import LinkError
from ..model.alarms import Severity
from .trust import tls_context

log = logging.getLogger("jkbus.webhook")

QUEUE = 100  # messages that wait
PATIENCE = 10.0  # s for a whole request
FIRST_DELAY, LAST_DELAY = 1.0, 300.0  # s between two attempts while a server is away
_BUSY = (408, 425, 429)
_KINDS = (CAME, WENT)


class Webhook:
    """A server that is told of alarms from now on, while it `run`s. Raises UsageError for a useless `ca`."""

    first_delay, last_delay = FIRST_DELAY, LAST_DELAY

    def __init__(self, config: WebhookConfig, alarms: Alarms) -> None:
        self._feed = alarms.subscribe()
        self._least = Severity[config.severity.upper()]
        self._url = config.url.get_secret_value()
        is_tls = urlsplit(self._url).scheme.lower() == "https"
        self._tls = tls_context("webhook", config.ca, config.insecure) if is_tls else None
        self._queue: deque[dict[str, Any]] = deque(maxlen=QUEUE)
        self._news = asyncio.Event()
        self._told = ""

    async def run(self) -> None:
        """Tell of alarms until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._gather())
                group.create_task(self._deliver())
        finally:
            self._feed.close()

    async def _gather(self) -> None:
        while True:
            for change in await self._feed.wait():
                if change.kind in _KINDS and change.entry.alarm.severity >= self._least:
                    self._take(message(change))

    def _take(self, told: dict[str, Any]) -> None:
        if len(self._queue) == QUEUE:
            log.warning("%s: more than %d messages wait, the oldest is dropped", self._name, QUEUE)
        self._queue.append(told)
        self._news.set()

    async def _deliver(self) -> None:
        delay = self.first_delay
        while True:
            self._news.clear()
            if not self._queue:
                await self._news.wait()
            elif await self._send(first := self._queue[0]):
                if self._queue[0] is first:  # not dropped meanwhile
                    self._queue.popleft()
                delay = self.first_delay
            else:
                await asyncio.sleep(delay)
                delay = min(2 * delay, self.last_delay)

    async def _send(self, told: dict[str, Any]) -> bool:
        """Whether the server is done with a message, be it taken or refused for good."""
        body = json.dumps(told, ensure_ascii=False).encode()
        try:
            status = await post(self._url, body, self._tls)
        except LinkError as error:
            return self._trouble(str(error))
        if status in _BUSY or status // 100 == 5:
            return self._trouble(f"takes no messages now ({status})")
        if status // 100 == 2:
            if self._told:
                log.info("%s: takes messages again", self._name)
            self._told = ""
        else:
            log.warning("%s: refuses a message (%d); check url under webhook:", self._name, status)
        return True

    def _trouble(self, text: str) -> bool:
        """Tell once why nothing arrives."""
        level = logging.DEBUG if text == self._told else logging.WARNING
        log.log(level, "%s: %s; %d messages wait", self._name, text, len(self._queue))
        self._told = text
        return False

    @property
    def _name(self) -> str:
        return f"webhook {shown_webhook(self._url)}"


def message(change: Change) -> dict[str, Any]:
    """What is posted: the entry as it is shown everywhere, and words for programs that show a text.

    `title` and `message` are what ntfy and Home Assistant show, `text` is what Slack and its likes show.
    """
    entry = change.entry
    came = change.kind == CAME
    title = f"{entry.subject.name}: {entry.alarm.title}{'' if came else ' is over'}"
    text = entry.message if came else entry.ending
    more = {"name": entry.subject.name, "state": change.kind, "title": title, "message": text, "text": text}
    return {**entry.public(), **more}


async def post(url: str, body: bytes, tls: ssl.SSLContext | None) -> int:
    """Post JSON over a connection of its own; the status the server answers. Raises LinkError."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await _exchange(url, body, tls)
    except TimeoutError:
        raise LinkError("no answer; check that the server runs, and host and port of the url") from None
    except ssl.SSLCertVerificationError:
        raise LinkError(
            "its certificate is not trusted; name who signed it with ca: under webhook:"
        ) from None
    except ssl.SSLError:
        raise LinkError("it does not speak TLS as we do; check https:// and the port of the url") from None
    except ConnectionRefusedError:
        raise LinkError("nobody listens there; check that the server runs, and the port of the url") from None
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
        raise LinkError(
            f"cannot be reached ({type(error).__name__}); check host and port of the url"
        ) from None


async def _exchange(url: str, body: bytes, tls: ssl.SSLContext | None) -> int:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if tls else 80)
    reader, writer = await asyncio.open_connection(host, port, ssl=tls)
    try:
        writer.write(_head(url, len(body)) + body)
        await writer.drain()
        status = 100
        while status // 100 == 1:
            head = await reader.readuntil(b"\r\n\r\n")
            status = _status(head)
        return status
    finally:
        writer.close()


def _head(url: str, length: int) -> bytes:
    parts = urlsplit(url)
    lines = [
        f"POST {parts.path or '/'}{'?' if parts.query else ''}{parts.query} HTTP/1.1",
        f"Host: {parts.netloc.rpartition('@')[2]}",
        "User-Agent: jkbus",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {length}",
        "Connection: close",
    ]
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        lines.append(f"Authorization: Basic {b64encode(login.encode()).decode()}")
    return "\r\n".join([*lines, "", ""]).encode()


def _status(head: bytes) -> int:
    """The status in the head of an answer. Raises ValueError for what is none."""
    version, _, rest = head.partition(b"\r\n")[0].partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise ValueError("no HTTP")
    return int(rest[:3])
