"""The local API over real sockets: who may come, what is no request, and who goes away in the middle."""

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlling import Bench, Tapped, at_hand, config, hurry, three
from jkbus.app import Gateway, desk_for
from jkbus.control import local
from jkbus.control.answers import doings
from jkbus.control.local import Client, serve
from jkbus.control.locks import kept
from jkbus.errors import JkbusError
from shell import PATIENCE

MANY = json.dumps({f"wish {number}": 1 for number in range(300)}).encode()
WISHES = {"charge_current_limit": 80, "charge_overcurrent_delay": 4}


@asynccontextmanager
async def served(state: Path) -> AsyncIterator[Bench]:
    """A desk over packs in real time, that serves the commands of this computer."""
    tapped = Tapped(three())
    gateway = Gateway(config(state, listen=0.05), tapped.open, alone=True)
    async with asyncio.timeout(PATIENCE), gateway.at_hand() as desk:
        server = asyncio.create_task(serve(doings(desk), state))
        for _ in range(100):
            if server.done() or await Client(state).there():
                break
            await asyncio.sleep(0.02)
        try:
            yield Bench(gateway, tapped.line, tapped)
        finally:
            server.cancel()
            await asyncio.gather(server, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)


async def ask(state: Path, do: str, **request: Any) -> list[dict[str, Any]]:
    return [each async for each in Client(state).ask({"do": do, **request})]


async def raw(state: Path, said: bytes, end: bool = False) -> bytes:
    """What is answered to bytes."""
    reader, writer = await asyncio.open_unix_connection(str(state / "jkbus.sock"), limit=1 << 22)
    writer.write(said)
    if end:
        writer.write_eof()
    try:
        return await reader.readline()
    finally:
        writer.close()


async def test_a_command_reads_plans_and_changes_through_the_gateway(tmp_path: Path) -> None:
    async with served(tmp_path) as bench:
        (packs,) = await ask(tmp_path, "packs")
        assert [(pack["name"], pack["address"], pack["writes"]) for pack in packs["packs"]] == [
            ("a", 1, True),
            ("b", 2, True),
            ("c", 3, True),
        ]
        (planned,) = await ask(tmp_path, "plan", packs=["a"], wishes=WISHES)
        who = {"via": "x", "user": "pi"}
        results = await ask(tmp_path, "apply", plans=planned["plans"], word="", who=who)
        assert [each.keys() for each in results] == [{"result"}, {"result"}, {"end"}]
        assert results[-1]["end"]["ok"]
        (log,) = await ask(tmp_path, "log", count=1)
        assert log["entries"][0]["who"] == who
        (got,) = await ask(tmp_path, "get", packs=["a"], names=["charge_current_limit", "state_of_charge"])
        assert got["packs"][0]["values"] == {"charge_current_limit": 80.0, "state_of_charge": 60}
        assert len(bench.tapped.writes) == 2


async def test_the_socket_is_for_its_owner_alone_and_goes_with_the_gateway(tmp_path: Path) -> None:
    path = tmp_path / "jkbus.sock"
    async with served(tmp_path):
        mode = path.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
    assert not path.exists()
    assert not await Client(tmp_path).there()


async def test_a_socket_that_a_dead_gateway_left_behind_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "jkbus.sock"))
    assert not await Client(tmp_path).there()
    async with served(tmp_path):
        assert await ask(tmp_path, "log") == [{"entries": []}]


async def test_a_second_gateway_leaves_the_first_its_socket(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(tmp_path) as bench:
        await serve(doings(bench.desk), tmp_path)
        assert "another gateway answers there" in caplog.text
        assert await Client(tmp_path).there()


async def test_a_folder_with_a_long_name_is_no_hindrance(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    async with served(deep):
        assert await ask(deep, "log") == [{"entries": []}]


async def test_a_folder_that_cannot_be_used_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("in the way")
    async with served(tmp_path / "state"):
        assert "no command can reach this gateway" in caplog.text


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (b"hello\n", "a request is a JSON object"),
        (b"[1]\n", "a request is a JSON object"),
        (b"\xff\xfe\n", "a request is a JSON object"),
        (b"{}\n", "a request says what to do"),
        (b'{"do": ["get"]}\n', "a request says what to do"),
        (b'{"do": "shutdown"}\n', "one of packs, get, plan, action, apply, log"),
        (b'{"do": "get", "packs": "a"}\n', "packs: a list of names is expected"),
        (b'{"do": "get", "packs": ["a"], "names": ["setup_password"]}\n', "no value 'setup_password'"),
        (b'{"do": "plan", "packs": ["a"], "wishes": []}\n', "wishes: an object is expected"),
        (b'{"do": "plan", "packs": ["a"], "each": {"a": 1}}\n', "each: by pack"),
        (b'{"do": "plan", "packs": [], "wishes": {}}\n', "no pack was named"),
        (b'{"do": "apply"}\n', "plans: the plans that were answered"),
        (b'{"do": "apply", "plans": [{}]}\n', "this is no plan"),
        (b'{"do": "log", "count": "all"}\n', "count: a number"),
        (b"[" * 100_000 + b"\n", "a request is a JSON object"),
        (b'{"do": "get", "packs": ["\\ud800"]}\n', "there is no pack '\\ud800'"),
        (b'{"do": "action", "packs": ["a"], "action": "\\ud800"}\n', "there is no action"),
        (b'{"do": "get", "packs": [' + b'"a",' * 300 + b'"a"]}\n', "packs: 301 are too many; 256 at most"),
        (b'{"do": "plan", "packs": ["a"], "wishes": ' + MANY + b"}\n", "wishes: 300 are too many"),
        (b'{"do": "plan", "packs": [], "each": {"a": ' + MANY + b"}}\n", "each: 'a': 300 are too many"),
        (b'{"do": "apply", "plans": [' + b"{}," * 300 + b"{}]}\n", "plans: 301 are too many"),
    ],
)
async def test_what_is_no_request_gets_a_sentence(tmp_path: Path, said: bytes, message: str) -> None:
    async with served(tmp_path):
        answer = json.loads(await raw(tmp_path, said))
        assert message in answer["error"]
        assert answer["asked_wrong"]


async def test_who_asks_cannot_spoil_the_log_of_changes(tmp_path: Path) -> None:
    async with served(tmp_path):
        (planned,) = await ask(tmp_path, "plan", packs=["a"], wishes=WISHES)
        who = {"via": ["x"] * 1000, "user": "\ud800\n"}
        request = {"do": "apply", "plans": planned["plans"], "who": who}
        assert b'"ok": true' in await raw(tmp_path, json.dumps(request).encode() + b"\n")
        (log,) = await ask(tmp_path, "log", count=1)
        assert log["entries"][0]["who"]["user"] == "\\ud800\\u000a"
        assert len(log["entries"][0]["who"]["via"]) == 64


async def test_what_nobody_foresaw_is_a_sentence_and_a_line_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(tmp_path) as bench:
        monkeypatch.setattr(bench.desk.audit, "entries", lambda count: 1 / 0)
        assert "the log of the gateway tells more" in (await ask(tmp_path, "log"))[0]["error"]
        assert "a request to log failed" in caplog.text
        assert (await ask(tmp_path, "packs"))[0]["packs"]


async def test_the_whole_log_of_changes_can_be_asked_for(tmp_path: Path) -> None:
    async with served(tmp_path) as bench:
        for number in range(20):
            bench.desk.audit.note({"plan": "p", "step": number, "result": "done", "message": "x" * 90_000})
        (log,) = await ask(tmp_path, "log", count=20)
        assert len(log["entries"]) == 20


async def test_a_line_beyond_all_measure_is_refused_and_the_next_client_served(tmp_path: Path) -> None:
    async with served(tmp_path):
        answer = json.loads(await raw(tmp_path, b'{"do": "' + b"x" * (1 << 21) + b'"}\n'))
        assert "in a line of at most 1048576 bytes" in answer["error"]
        assert await ask(tmp_path, "log") == [{"entries": []}]


async def test_a_client_that_hangs_up_before_its_line_is_whole_is_forgotten(tmp_path: Path) -> None:
    async with served(tmp_path):
        assert b"a request is a JSON object" in await raw(tmp_path, b'{"do": "lo', end=True)
        assert await raw(tmp_path, b"", end=True) == b""


async def test_there_is_room_for_so_many_clients_and_no_more(tmp_path: Path) -> None:
    async with served(tmp_path):
        path = str(tmp_path / "jkbus.sock")
        idle = [await asyncio.open_unix_connection(path) for _ in range(local.CLIENTS)]
        assert "too many commands" in (await ask(tmp_path, "log"))[0]["error"]
        for _, writer in idle:
            writer.close()
        await asyncio.sleep(0.1)
        assert await ask(tmp_path, "log") == [{"entries": []}]


async def test_a_client_that_says_nothing_is_hung_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "SILENCE", 0.05)
    async with served(tmp_path):
        assert await raw(tmp_path, b"") == b""


async def test_a_client_that_dies_in_the_middle_does_not_stop_its_change(tmp_path: Path) -> None:
    async with served(tmp_path) as bench:
        (planned,) = await ask(tmp_path, "plan", packs=["a", "b"], wishes=WISHES)
        request = json.dumps({"do": "apply", "plans": planned["plans"]}).encode() + b"\n"
        assert b'"ok": true' in await raw(tmp_path, request)
        await until(lambda: len(bench.desk.audit.entries()) == 8)
        assert [entry["result"] for entry in bench.desk.audit.entries()] == ["begun", "done"] * 4


async def test_a_client_that_does_not_read_holds_up_nobody(tmp_path: Path) -> None:
    async with served(tmp_path):
        path = str(tmp_path / "jkbus.sock")
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(b'{"do": "get", "packs": ["all"], "names": []}\n' * 200)
        (got,) = await ask(tmp_path, "get", packs=["a"], names=["charge_current_limit"])
        assert got["packs"][0]["values"]["charge_current_limit"] == 120
        writer.close()


KEYS = st.sampled_from(
    ["packs", "names", "wishes", "each", "plans", "action", "value", "word", "who", "count"]
)
SOMETHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["a", "all", "charge_enabled", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.just("a"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60)
@given(
    do=st.sampled_from(["packs", "get", "plan", "action", "apply", "log"]),
    asked=st.dictionaries(KEYS, SOMETHING, max_size=4),
)
def test_whatever_is_asked_is_answered_and_never_written(
    do: str, asked: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path_factory.mktemp("state")) as bench:
            answers = await bench.ask(do, **asked)
            assert answers
            json.dumps(answers)
            assert not bench.tapped.writes

    hurry(work())


async def test_a_command_talks_to_the_gateway_that_runs(tmp_path: Path) -> None:
    async with served(tmp_path), desk_for(config(tmp_path)) as desk:
        assert isinstance(desk, Client)


async def test_without_a_gateway_a_command_opens_the_link_itself(tmp_path: Path) -> None:
    tapped = Tapped(three())
    async with asyncio.timeout(PATIENCE), desk_for(config(tmp_path, listen=0.05), tapped.open) as desk:
        (got,) = [
            each async for each in desk.ask({"do": "get", "packs": ["b"], "names": ["heating_enabled"]})
        ]
        assert got["packs"][0]["values"] == {"heating_enabled": False}
    assert not tapped.writes


async def test_two_commands_do_not_open_the_link_together(tmp_path: Path) -> None:
    with (
        kept(tmp_path / "command.lock"),
        pytest.raises(JkbusError, match="another command talks to the packs"),
    ):
        async with desk_for(config(tmp_path), Tapped(three()).open):
            pass


async def test_a_gateway_that_does_not_answer_is_told_of(tmp_path: Path) -> None:
    with (
        kept(tmp_path / "memory.json.lock"),
        pytest.raises(JkbusError, match="a gateway runs with this folder, but does not answer"),
    ):
        async with desk_for(config(tmp_path), Tapped(three()).open):
            pass


async def test_a_gateway_that_goes_away_in_the_middle_is_told_of(tmp_path: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_unix_server(hang_up, str(tmp_path / "jkbus.sock"))
    async with server:
        with pytest.raises(JkbusError, match="the gateway went away in the middle"):
            await ask(tmp_path, "log")


async def test_a_link_that_cannot_be_opened_is_the_error_of_the_command(tmp_path: Path) -> None:
    async def refuse(*args: object, **options: object) -> Any:
        raise JkbusError("link /dev/ttyUSB0: there is no such device")

    async with asyncio.timeout(PATIENCE), desk_for(config(tmp_path), refuse) as desk:
        for request in ({"do": "packs"}, {"do": "get", "packs": ["a"]}, {"do": "plan", "packs": ["nobody"]}):
            (told,) = [each async for each in desk.ask(request)]
            assert told == {"error": "link /dev/ttyUSB0: there is no such device", "asked_wrong": False}
