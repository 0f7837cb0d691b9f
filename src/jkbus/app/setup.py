"""The first start: what the wizard of the page needs of ports, buses, a broker and files."""

import asyncio
import errno
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..config import WebConfig, template
from ..config.template import quoted
from ..config.urls import check_link, parse_broker
from ..config.values import check_name, slug
from ..config.words import BadValue, redact
from ..errors import JkbusError, LinkError, UsageError
from ..model.pack import Pack
from ..transport.links import Link, open_link, ports
from ..transport.remedies import not_opened
from ..web.passwords import hashed
from ..web.wizard import Wizard
from ..wiring import check
from . import hearing
from .brokers import tried, with_password
from .surveying import Survey
from .writing import address, keep, with_login, write_new

LISTEN, ASK = 12.0, 20.0  # s; asking takes as long as it takes to ask every address
TELL = 0.4  # s between two lines of progress
_LINGER = 0.5  # s in which the last answer is on its way
Json = dict[str, Any]
Opener = Callable[..., Awaitable[Link]]


class Setup:
    """Does the steps of the wizard, and writes `file` in the end; `written` is set then.

    `web` is where the wizard is served, which is where the page will be. Every step raises UsageError for
    what can never be, JkbusError for what cannot be now.
    """

    def __init__(self, file: Path, web: WebConfig, opener: Opener = open_link) -> None:
        self.file = file
        self.web = web
        self.written = asyncio.Event()
        self._opener = opener
        self._listening = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._heard = ""

    async def begin(self) -> Json:
        """The serial ports with what is wrong with them, the file, and whether others reach the page."""
        found = await asyncio.to_thread(ports)
        told = [
            {"link": port.path, "title": port.description, "problem": problem_of(port.path)} for port in found
        ]
        return {"ports": told, "file": str(self.file), "remote": not self.web.is_local}

    async def listen(self, link: str, baudrate: int, ask: bool) -> AsyncGenerator[Json, None]:
        """Progress while it listens (or, with `ask`, asks as a master does), at last what was found."""
        check_link(link)
        if self._listening.locked():
            raise JkbusError("the wizard listens already, perhaps in another window; wait some seconds")
        async with self._listening:
            opened = await self._opener(link, baudrate=baudrate)
            try:
                survey = Survey(opened, read_only=not ask, listen=1.0 if ask else 5.0, baudrate=baudrate)
                async for progress in _progress(survey, ASK if ask else LISTEN):
                    yield progress
                yield {"found": self._found(survey, opened, ask)}
            finally:
                await opened.close()

    def _found(self, survey: Survey, link: Link, asked: bool) -> Json:
        told = hearing.told(survey)
        survey.ear.finish()
        self._heard = told[0]
        return {
            "packs": [_told(pack) for pack in survey.battery.packs],
            "verdict": told[0],
            "hints": [line.removeprefix("- ") for line in told[1:]],
            "wiring": check(survey.ear).document(),
            "can_ask": link.can_write and not asked and not survey.bus.nodes,
        }

    async def broker(self, url: str, username: str, password: str) -> Json:
        """Whether a broker lets us in, in a sentence."""
        works, sentence = await tried(with_password(parse_broker(url), username, password))
        return {"ok": works, "sentence": sentence}

    async def write(
        self,
        link: str,
        packs: Sequence[tuple[str, int]],
        mqtt: tuple[str, str, str] | None,
        user: tuple[str, str] | None,
        *,
        baudrate: int = 115200,
        writes: bool = False,
    ) -> Json:
        """Write the configuration and say what is in it; the gateway starts then.

        `packs` are (name, address), `mqtt` (url, user, password), `user` (name, password) of the page.
        """
        check_link(link)
        _check_names(packs)
        if user is None and not self.web.is_local:
            raise UsageError("others can reach this page, so it needs a name and a password")
        broker = None if mqtt is None else with_password(parse_broker(mqtt[0]), *mqtt[1:])
        text = template(link, list(packs), None if broker is None else address(broker), self._heard)
        more = ["    writes: true"] * writes + [f"    baudrate: {baudrate}"] * (baudrate != 115200)
        text = text.replace(
            "\n    # read_only:", "".join(f"\n{line}" for line in more) + "\n    # read_only:", 1
        )
        async with self._writing:
            if self.written.is_set():
                raise UsageError(f"{self.file} is written already; the gateway is starting")
            text = await asyncio.to_thread(self._write, text, broker, user)
        self.written.set()
        return {"file": str(self.file), "text": text.replace(quoted(link), quoted(redact(link)))}

    def _write(self, text: str, broker: Any, user: tuple[str, str] | None) -> str:
        folder = self.file.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            whole = text if broker is None else with_login(text, broker, folder)
            whole += self._page(user)
            write_new(self.file, whole)
        except OSError as error:
            reason = error.strerror or str(error)
            raise UsageError(
                f"{error.filename or self.file} cannot be written ({reason}); allow it, or type"
                " `jkbus init FILE` in a terminal with a file that can be"
            ) from None
        return whole

    def _page(self, user: tuple[str, str] | None) -> str:
        """The section of the page, where it is not as it is by itself."""
        if self.web.listen == WebConfig().listen and user is None:
            return ""
        lines = ["", "web:", f"  listen: {quoted(self.web.listen)}"]
        if user is not None:
            name, password = user
            secret = keep(hashed(password), self.file.parent / "secrets.yaml", "web_password")
            lines += ["  users:", f"    - name: {quoted(name)}", f"      password: !secret {secret}"]
        return "\n".join([*lines, ""])


def problem_of(path: str) -> str | None:
    """Why a serial port cannot be opened, as far as that is known without trying."""
    if os.access(path, os.R_OK | os.W_OK):
        return None
    code = errno.EACCES if Path(path).exists() else errno.ENOENT
    sentence = str(not_opened(path, OSError(code, os.strerror(code))))
    return sentence.partition(": ")[2]


async def _progress(survey: Survey, seconds: float) -> AsyncIterator[Json]:
    """Lines about a survey until it has ended. Raises LinkError."""
    clock = asyncio.get_running_loop().time
    began = clock()
    running = asyncio.create_task(survey.run(seconds, lambda _: None))
    try:
        while not (await asyncio.wait([running], timeout=TELL))[0]:
            yield {
                "progress": {
                    "seconds": round(clock() - began, 1),
                    "of": seconds,
                    "bytes": survey.bus.counters.bytes_in,
                    "packs": sorted(pack.address for pack in survey.battery.packs),
                }
            }
        running.result()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError, JkbusError):
            await running


def _told(pack: Pack) -> Json:
    about, status = pack.about, pack.status
    return {
        "address": pack.address,
        "name": f"pack-{pack.address}",
        "role": pack.role,
        "model": about.model.strip() or None if about is not None else None,
        "serial": pack.serial,
        "state_of_charge": None if status is None else status.state_of_charge,
        "battery_voltage": None if status is None else status.battery_voltage,
    }


def _check_names(packs: Sequence[tuple[str, int]]) -> None:
    """Raise UsageError for names that cannot be, or not beside each other."""
    known: set[str] = set()
    for name, number in packs:
        try:
            check_name(name)
            if slug(name) in known:
                raise BadValue(f"another pack is called {name}; each needs a name of its own")
        except UsageError as error:
            raise UsageError(f"address {number}: {error}") from None
        known.add(slug(name))


async def first_start(setup: Setup, ready: Callable[[], None]) -> None:
    """Serve the wizard until the configuration is written; `ready` is called when it can be opened.

    Raises LinkError if nobody can be listened to there.
    """
    serving = asyncio.create_task(Wizard(setup, setup.web).run(ready), name="wizard")
    written = asyncio.create_task(setup.written.wait())
    try:
        await asyncio.wait([serving, written], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        await asyncio.sleep(_LINGER)
    except OSError as error:
        reason = error.strerror or str(error)
        raise LinkError(
            f"the wizard cannot be served at {setup.web.listen} ({reason}); name another address with"
            " --listen, or type `jkbus init`"
        ) from None
    finally:
        for task in (serving, written):
            task.cancel()
        await asyncio.gather(serving, written, return_exceptions=True)
