"""Real servers for tests, each on free ports of this machine with its data in a folder of the test."""

import contextlib
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from outputs.broker import free_port


def program(name: str, package: str) -> str:
    """Where a server's program is; the test is skipped without it, unless this is CI, which installs it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}: sudo apt-get install {package}")
    return found


def fetch(url: str, **parameters: str) -> str:
    """What GET answers."""
    with urlopen(f"{url}?{urlencode(parameters)}" if parameters else url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def posted(url: str, **parameters: str) -> str:
    """What POST answers to a form."""
    with urlopen(Request(url, urlencode(parameters).encode()), timeout=10) as answer:
        text: str = answer.read().decode()
        return text


class Server:
    """A program that listens at `port`; it can be killed and started again with the data it has."""

    ready = "/health"

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder)
        for _ in range(600):
            with contextlib.suppress(URLError, OSError):
                fetch(self.url + self.ready)
                return
            time.sleep(0.05)
        raise AssertionError(f"did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class VictoriaMetrics(Server):
    """VictoriaMetrics, which shows at once what it was sent; `scrape` is a file of Prometheus's format."""

    def __init__(self, folder: Path, scrape: Path | None = None) -> None:
        super().__init__(folder)
        self._program = program("victoria-metrics", "victoria-metrics")
        self._scrape = [f"-promscrape.config={scrape}"] if scrape else []

    def command(self) -> list[str]:
        options = ("-storageDataPath=data", "-retentionPeriod=100y", "-search.latencyOffset=0s")
        more = ("-search.disableCache", "-memory.allowedBytes=64MB", *self._scrape)
        return [self._program, f"-httpListenAddr=127.0.0.1:{self.port}", *options, *more]

    def points(self, name: str) -> dict[tuple[tuple[str, str], ...], list[tuple[int, float]]]:
        """All points of the series of a name, (ms, value) in order of time, by their labels."""
        fetch(f"{self.url}/internal/force_flush")
        found = {}
        for line in fetch(f"{self.url}/api/v1/export", **{"match[]": name}).splitlines():
            series = json.loads(line)
            labels = tuple(sorted((key, text) for key, text in series["metric"].items() if key[:2] != "__"))
            pairs = zip(series["timestamps"], series["values"], strict=True)
            found[labels] = sorted(set(pairs))
        return found

    def query(self, text: str) -> list[dict[str, Any]]:
        """The result of a query at this moment."""
        fetch(f"{self.url}/internal/force_flush")
        found: list[dict[str, Any]] = json.loads(fetch(f"{self.url}/api/v1/query", query=text))["data"][
            "result"
        ]
        return found


class Influx(Server):
    """InfluxDB 1 with a database `jkbus`; with `password`, user `me` must log in."""

    ready = "/ping"

    def __init__(self, folder: Path, password: str = "") -> None:
        super().__init__(folder)
        self._program = program("influxd", "influxdb")
        self._password = password
        rpc = free_port()
        (folder / "influxdb.conf").write_text(
            f'reporting-enabled = false\nbind-address = "127.0.0.1:{rpc}"\n'
            f'[meta]\ndir = "{folder}/meta"\n[data]\ndir = "{folder}/data"\nwal-dir = "{folder}/wal"\n'
            f'[http]\nbind-address = "127.0.0.1:{self.port}"\nauth-enabled = {str(bool(password)).lower()}\n'
            "[monitor]\nstore-enabled = false\n"
        )

    def command(self) -> list[str]:
        return [self._program, "-config", "influxdb.conf"]

    def create(self) -> None:
        if self._password:
            user = f"CREATE USER me WITH PASSWORD '{self._password}' WITH ALL PRIVILEGES"
            posted(f"{self.url}/query", q=user)
        posted(self._queries, q="CREATE DATABASE jkbus")

    @property
    def _queries(self) -> str:
        login = f"?u=me&p={self._password}" if self._password else ""
        return f"{self.url}/query{login}"

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows a query gives, each by column; times in ms."""
        text = posted(self._queries, q=query, db="jkbus", epoch="ms")
        return [
            dict(zip(series["columns"], values, strict=True)) | series.get("tags", {})
            for result in json.loads(text)["results"]
            for series in result.get("series", [])
            for values in series["values"]
        ]


class Prometheus(Server):
    """Prometheus, which asks the given addresses every second."""

    ready = "/-/ready"

    def __init__(self, folder: Path, targets: list[str]) -> None:
        super().__init__(folder)
        self._program = program("prometheus", "prometheus")
        scrape_config(folder / "prometheus.yml", targets)

    def command(self) -> list[str]:
        options = ("--config.file=prometheus.yml", "--storage.tsdb.path=data")
        return [self._program, f"--web.listen-address=127.0.0.1:{self.port}", *options]

    def query(self, text: str) -> list[dict[str, Any]]:
        """The result of a query at this moment."""
        found: list[dict[str, Any]] = json.loads(fetch(f"{self.url}/api/v1/query", query=text))["data"][
            "result"
        ]
        return found


def scrape_config(file: Path, targets: list[str]) -> Path:
    """A configuration that has the given addresses asked every second."""
    scrape = {"job_name": "jkbus", "scrape_interval": "1s", "static_configs": [{"targets": targets}]}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"scrape_configs": [scrape]}))
    return file


def eventually(condition: Callable[[], object], within: float = 20.0) -> None:
    """Wait until something is so, for tests that are not asynchronous; fail if it takes too long."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"still not so after {within:g} s")
