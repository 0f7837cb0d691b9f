"""`jkbus run` where there is no configuration, as a program of its own."""

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from shell import JKBUS, PATIENCE, environment
from staging import free_port

Answer = tuple[int, Any]


class First:
    """`jkbus run` where there is no configuration."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.port = free_port()
        self.folder = folder
        self.file = folder / "config" / "jkbus" / "jkbus.yaml"
        own = {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_STATE_HOME": str(folder / "state")}
        self.process = subprocess.Popen(
            [JKBUS, "run", "--listen", f"{host}:{self.port}"],
            cwd=folder,
            env=environment(HOME=str(folder), **own),
            stderr=subprocess.PIPE,
        )
        assert self.process.stderr is not None
        self.said = self.process.stderr.readline().decode()
        if host == "0.0.0.0":
            self.said += self.process.stderr.readline().decode()
        self.cookie = ""

    def ask(self, path: str, body: Any = None) -> Answer:
        """Status and JSON of an answer; of many lines, a list."""
        headers = {"Content-Type": "application/json", "Cookie": self.cookie}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                self.cookie = (answer.headers.get("Set-Cookie") or self.cookie).partition(";")[0]
                text = answer.read().decode()
                if "ndjson" in answer.headers["Content-Type"]:
                    return answer.status, [json.loads(line) for line in text.splitlines()]
                return answer.status, json.loads(text)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def end(self) -> None:
        """Stop it."""
        self.process.terminate()
        _, told = self.process.communicate(timeout=PATIENCE)
        self.told = told.decode()
        assert "Traceback" not in self.told
