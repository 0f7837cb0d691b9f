"""The files of the page: read once, compressed once, and sent again only where they have changed."""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .problems import Refused, problem

TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "webmanifest": "application/manifest+json",
    "json": "application/json",
    "woff2": "font/woff2",
}
PLAIN = "text/plain; charset=utf-8"
_SQUEEZED = ("text/", "image/svg", "application/")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent; `small` is it compressed, None where that gains nothing."""

    type: str
    body: bytes
    small: bytes | None
    tag: str


class Files:
    """Answers GET and HEAD for the files of a folder; every browser asks whether its copy is still good.

    They have no names that change with their content, since there is no build step: so a copy is used only
    after a look at its ETag, which costs a round trip in the home's own network and never mixes two versions.
    """

    def __init__(self, folder: Traversable | None = None) -> None:
        top = files("jkbus.web").joinpath("static") if folder is None else folder
        self._files = {path: _read(path, file) for path, file in _below(top, "")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of ASGI."""
        await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        root = str(scope.get("root_path", ""))
        path = str(scope["path"]).removeprefix(root).lstrip("/") or "index.html"
        if scope["method"] not in ("GET", "HEAD"):
            return problem(Refused(405, f"{scope['method']} is not possible here", Allow="GET, HEAD"))
        file = self._files.get(path)
        if file is None:
            return problem(Refused(404, "there is no such page; / is the first one"))
        return answer(file, Headers(scope=scope))


def answer(file: File, asked: Headers) -> Response:
    """A file for whoever asks so: compressed, or only the word that nothing has changed."""
    headers = {"ETag": f"W/{file.tag}", "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    known = [tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")]
    if file.tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    if file.small is not None and takes_gzip(asked.get("accept-encoding", "")):
        return Response(file.small, 200, {**headers, "Content-Encoding": "gzip"}, file.type)
    return Response(file.body, 200, headers, file.type)


def takes_gzip(accepted: str) -> bool:
    """Whether somebody who says so takes gzip."""
    for one in accepted.lower().split(","):
        name, _, quality = one.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{path}{entry.name}/")
        else:
            yield f"{path}{entry.name}", entry


def _read(path: str, entry: Traversable) -> File:
    body = entry.read_bytes()
    type = TYPES.get(path.rpartition(".")[2], PLAIN)
    small = gzip.compress(body, 9, mtime=0) if type.startswith(_SQUEEZED) else None
    if small is not None and len(small) >= len(body):
        small = None
    return File(type, body, small, f'"{hashlib.sha256(body).hexdigest()[:20]}"')
