"""Somebody who visits the page of a gateway on a virtual line: its routes are called without a socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from controlling import Bench, config, running
from jkbus.app import Gateway
from jkbus.app.page import page
from jkbus.config import Config, WebConfig
from jkbus.control.answers import doings
from jkbus.simulator import VirtualLine
from jkbus.web.live import Live
from jkbus.web.site import site


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        """The objects of an answer of lines."""
        return [json.loads(line) for line in self.body.splitlines()]


class Visit:
    """Calls the application as a server would. `hang_up_after` chunks of an answer the visitor is gone."""

    def __init__(self, gateway: Gateway) -> None:
        clock = asyncio.get_running_loop().time
        asked = {**doings(gateway.desk), **gateway.archive.doings}
        self.shown = page()(gateway, asked, clock)._shown
        self.app = site(self.shown, Live(self.shown), clock)

    async def get(self, path: str, **asked: Any) -> Answer:
        """The answer to GET."""
        return await self._ask("GET", path, urlencode(asked, doseq=True), b"", 1000)

    async def post(self, path: str, hang_up_after: int = 1000, **body: Any) -> Answer:
        """The answer to POST of an object."""
        return await self._ask("POST", path, "", json.dumps(body).encode(), hang_up_after)

    async def _ask(self, method: str, path: str, query: str, body: bytes, hang_up_after: int) -> Answer:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1:8090"), (b"content-type", b"application/json")],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8090),
        }
        waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        waiting.put_nowait({"type": "http.request", "body": body, "more_body": False})
        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(dict(message))
            if len(sent) > hang_up_after:
                waiting.put_nowait({"type": "http.disconnect"})

        await self.app(scope, waiting.get, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:]))


@asynccontextmanager
async def visiting(
    line: VirtualLine, state: Path, given: Config | None = None, after: float = 20.0
) -> AsyncIterator[tuple[Visit, Bench]]:
    """The page of a gateway that has run for some seconds of virtual time."""
    quiet = (given or config(state, listen=0.1)).model_copy(update={"web": WebConfig(enabled=False)})
    async with running(line, state, quiet) as bench:
        await asyncio.sleep(after)
        yield Visit(bench.gateway), bench
