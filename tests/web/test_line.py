"""The wire on the page: traffic in words, recordings, the last hour, the wiring check; no secret in any."""

import asyncio
import json
from pathlib import Path

import pytest

from controlling import hurry, three
from conversation import answer
from jkbus.app.watching import blanks, recorder
from jkbus.bus.bus import Bus
from jkbus.protocol import About
from jkbus.protocol.messages import closing, request
from jkbus.transport.captures import read_chunks
from jkbus.web.lines import MOST_LOOKING, MOST_TAPES, decoded
from jkbus.web.onlooker import A_SECOND, Onlooker
from jkbus.web.taping import tape
from jkbus.web.traffic import Line, Traffic
from jkbus.wiring.watch import Watch
from visiting import visiting

SERIAL, PIN = "SECRET1234567", "PIN4711X"


def about(address: int) -> bytes:
    frame = About.blank()
    frame.serial_number = SERIAL
    frame.device_password = PIN
    return frame.sealed() + closing(address, 3)


class Desk:
    """A watch that is given bytes by hand."""

    def __init__(self) -> None:
        self.watch = Watch(Bus(name="garage"), "sim:1")
        self.now = 100.0

    def hear(self, data: bytes, wait: float = 0.1) -> None:
        self.now += wait
        self.watch.turn(data, b"", self.now, self.now)

    def say(self, data: bytes, wait: float = 0.1) -> None:
        self.now += wait
        self.watch.turn(b"", data, self.now, self.now)

    def traffic(self) -> Traffic:
        return Traffic(self.watch, blanks, lambda at: at)


def told(lines: list[Line]) -> list[tuple[object, ...]]:
    documents = [line.document() for line in lines]
    return [(one["way"], one["kind"], one["address"], one["ours"]) for one in documents]


def test_what_is_said_is_told_in_words_with_its_way_and_address() -> None:
    desk = Desk()
    traffic = desk.traffic()
    desk.hear(request(3, 2))
    desk.hear(answer(3, 2), 0.02)
    desk.say(request(4, 3))
    desk.hear(request(4, 3), 0.01)
    desk.hear(b"\x99" * 30)
    desk.hear(b"", 2.0)
    assert told(list(traffic.kept)) == [
        ("to", "request", 3, False),
        ("from", "status", 3, False),
        ("from", "ack", 3, False),
        ("to", "request", 4, True),
        ("none", "noise", None, False),
    ]


def test_one_who_comes_late_sees_what_was_said_before() -> None:
    desk = Desk()
    desk.hear(request(3, 2) + answer(3, 2))
    assert [line.message.address for line in desk.traffic().kept] == [3, 3, 3]


def test_nothing_is_done_while_nobody_looks() -> None:
    desk = Desk()
    traffic = desk.traffic()
    traffic.close()
    desk.hear(request(3, 2))
    assert not traffic.kept and not desk.watch.listeners


def test_neither_words_nor_hex_nor_values_tell_a_secret() -> None:
    desk = Desk()
    traffic = desk.traffic()
    desk.hear(about(3))
    desk.hear(about(3)[:-20] + b"\x77" * 12)
    desk.hear(SERIAL.encode())
    desk.hear(b"", 3.0)
    seen = json.dumps([[line.document(), decoded(line)] for line in traffic.kept])
    assert "about" in seen
    for secret in (SERIAL, PIN):
        assert secret not in seen and secret.encode().hex(" ") not in seen


def test_a_flood_is_cut_to_what_one_can_read_and_the_rest_is_counted() -> None:
    desk = Desk()
    traffic = desk.traffic()
    looking = Onlooker(lambda line: True)
    traffic.listeners.append(looking.take)
    for _ in range(4 * A_SECOND):
        desk.hear(request(3, 2), 0.001)
    sent = looking._all().decode()
    assert sent.count("event: message") <= 2 * A_SECOND
    assert f'data: {{"count": {4 * A_SECOND - sent.count("event: message")}}}' in sent


async def test_a_recording_can_be_read_again_and_holds_no_secret() -> None:
    desk = Desk()
    pieces = tape(desk.watch, recorder, desk.now, 0.2)
    first = await anext(pieces)
    desk.hear(about(3))
    rest = [piece async for piece in pieces]
    chunks = read_chunks(first + b"".join(rest))
    assert b"".join(chunk.data for chunk in chunks)[:5] == about(3)[:5]
    assert SERIAL.encode() not in b"".join(chunk.data for chunk in chunks)
    assert not desk.watch.listeners


async def test_a_recording_that_is_given_up_leaves_nobody_listening() -> None:
    desk = Desk()
    pieces = tape(desk.watch, recorder, desk.now, 60.0)
    await anext(pieces)
    assert desk.watch.listeners
    await pieces.aclose()
    assert not desk.watch.listeners


def test_a_listener_that_fails_does_not_reach_the_bus(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()

    def fails(chunk: object) -> None:
        raise RuntimeError("a fault")

    desk.watch.listeners.append(fails)
    desk.hear(b"1")
    desk.hear(b"2")
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 1


def test_the_routes_tell_all_of_it(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, _):
            await asyncio.sleep(25)
            assert (await visit.get("/api/bus")).json["buses"][0]["name"] == "bus1"
            verdict = (await visit.get("/api/bus/bus1/wiring")).json
            assert (verdict["state"], verdict["findings"]) == ("good", [])
            assert set((await visit.get("/api/bus/bus1/load")).json) >= {"times", "load", "gap", "reports"}
            tape = await visit.get("/api/bus/bus1/capture", seconds=2)
            assert "attachment" in tape.headers["content-disposition"]
            assert tape.body.startswith(b"# jkbus capture 1") and len(read_chunks(tape.body)) > 20

    hurry(look())


def test_traffic_is_filtered_by_pack_and_kind_and_a_line_is_told_in_full(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, _):
            looking = asyncio.create_task(visit.get("/api/bus/bus1/traffic", kind="status", address=2))
            await asyncio.sleep(20)
            found = [await visit.get(f"/api/bus/bus1/traffic/{one}") for one in range(1, 3000, 7)]
            kinds = {one.json["kind"]: one.json for one in found if one.status == 200}
            assert {"status", "request", "ack"} <= set(kinds)
            assert {row["name"] for row in kinds["status"]["rows"]} >= {"battery_voltage", "state_of_charge"}
            lines = (await looking).body.split(b"\n")
            events = [json.loads(line[6:]) for line in lines if line[:5] == b"data:"]
            seen = {(event["kind"], event["address"]) for event in events if "kind" in event}
            assert seen == {("status", 2)}

    hurry(look())


def test_what_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, _):
            for path in ("traffic", "wiring", "load", "capture", "traffic/7"):
                answer = await visit.get(f"/api/bus/nowhere/{path}")
                assert (answer.status, "there are bus1" in answer.json["error"]) == (404, True)
            assert (await visit.get("/api/bus/bus1/traffic/999999")).status == 404
            assert (await visit.get("/api/bus/bus1/capture", seconds=99999)).status == 400

    hurry(look())


def test_too_many_recordings_and_onlookers_are_refused(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, _):
            for path, most in (("capture", MOST_TAPES), ("traffic", MOST_LOOKING)):
                url = f"/api/bus/bus1/{path}"
                others = [asyncio.create_task(visit.get(url)) for _ in range(most)]
                await asyncio.sleep(1)
                assert (await visit.get(url)).status == 429
                for other in others:
                    other.cancel()
                await asyncio.gather(*others, return_exceptions=True)

    hurry(look())


def test_without_a_link_nothing_is_said_of_the_wires(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, bench):
            bench.gateway.troubles["bus1"] = "link /dev/ttyUSB0: it is gone; plug it in again"
            verdict = (await visit.get("/api/bus/bus1/wiring")).json
            assert (verdict["state"], verdict["findings"]) == ("unsure", [])
            assert "plug it in again" in verdict["sentence"]

    hurry(look())
