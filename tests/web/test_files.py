"""The files of the page: small on the wire, never mixed with those of another version."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from jkbus.web.files import Files, answer, takes_gzip


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "js").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>" + "<p>hello</p>" * 100)
    (tmp_path / "js/main.js").write_text("export const one = 1; " * 50)
    (tmp_path / "icon.png").write_bytes(bytes(range(256)))
    (tmp_path / "tiny.css").write_text("a{}")
    return Files(tmp_path)


async def ask(files: Files, path: str, method: str = "GET", root: str = "", **headers: str) -> Any:
    """Status, headers and body."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": root + path, "root_path": root, "headers": raw}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await files(scope, receive, send)
    return sent[0]["status"], Headers(raw=sent[0]["headers"]), sent[1]["body"]


async def test_the_first_page_is_the_index(files: Files) -> None:
    status, headers, body = await ask(files, "/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert body.startswith(b"<!doctype html>")


async def test_a_prefix_of_a_proxy_is_left_out(files: Files) -> None:
    assert (await ask(files, "/js/main.js", root="/battery"))[0] == 200


async def test_who_takes_gzip_gets_it_and_others_the_plain_file(files: Files) -> None:
    _, plain_headers, plain = await ask(files, "/js/main.js")
    _, headers, small = await ask(files, "/js/main.js", accept_encoding="br, gzip")
    assert headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain_headers
    assert gzip.decompress(small) == plain
    assert len(small) < len(plain) / 5
    assert headers["vary"] == "Accept-Encoding"
    assert int(headers["content-length"]) == len(small)


@pytest.mark.parametrize("path", ["/icon.png", "/tiny.css"])
async def test_what_would_not_become_smaller_is_sent_as_it_is(files: Files, path: str) -> None:
    assert "content-encoding" not in (await ask(files, path, accept_encoding="gzip"))[1]


async def test_a_copy_that_is_still_good_is_not_sent_again(files: Files) -> None:
    _, headers, _ = await ask(files, "/")
    assert headers["cache-control"] == "no-cache"
    status, again, body = await ask(files, "/", if_none_match=f'"other", {headers["etag"]}')
    assert (status, body) == (304, b"")
    assert again["etag"] == headers["etag"]
    assert (await ask(files, "/", if_none_match='W/"other"'))[0] == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/js", "/js/", "/../files.py", "/js/../../x", "//index.html/x", "/%00", "/\x00"]
)
async def test_there_is_nothing_but_the_files_themselves(files: Files, path: str) -> None:
    status, _, body = await ask(files, path)
    assert (status, b"there is no such page" in body) == (404, True)


async def test_files_are_only_read(files: Files) -> None:
    status, headers, _ = await ask(files, "/", method="PUT")
    assert (status, headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("*", True),
        ("", False),
        ("br, deflate", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
    ],
)
def test_what_is_accepted_is_understood(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


@given(st.text(), st.text())
def test_no_header_makes_an_answer_fail(encodings: str, tags: str) -> None:
    from jkbus.web.files import File

    file = File("text/plain", b"x", b"y", '"abc"')
    raw = [(b"accept-encoding", encodings.encode()), (b"if-none-match", tags.encode())]
    assert answer(file, Headers(raw=raw)).status_code in (200, 304)


def test_every_file_of_the_page_has_its_own_type() -> None:
    for path, file in Files()._files.items():
        if not path.startswith("vendor/"):
            assert not file.type.startswith("text/plain"), path
