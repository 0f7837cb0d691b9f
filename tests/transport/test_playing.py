"""Recordings and simulated buses as links."""

import asyncio
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.errors import LinkError, UsageError
from jkbus.protocol.framing import Framer
from jkbus.protocol.messages import Report, request
from jkbus.transport.captures import Chunk
from jkbus.transport.links import Link, LinkEnded, open_link
from jkbus.transport.playing import LINGER, UNTIMED, Replay, plan
from material import STREAMS, TESTS, chunks


async def everything(link: Link) -> list[bytes]:
    heard = []
    while True:
        try:
            heard.append(await link.read())
        except LinkEnded:
            return heard


async def test_the_real_captures_are_played_byte_for_byte() -> None:
    links = [await open_link(f"replay:{TESTS}/captures/{capture}.stream.hex?speed=0") for capture in STREAMS]
    heard = await asyncio.gather(*map(everything, links))
    assert heard == [list(chunks(capture)) for capture in STREAMS]


async def test_a_recording_cannot_be_spoken_to_and_stays_at_its_end() -> None:
    link = await open_link(f"replay:{TESTS}/captures/phinix_readme.stream.hex?speed=0")
    await everything(link)
    assert not link.can_write
    link.write(b"nobody hears this")
    with pytest.raises(LinkEnded, match="the recording is at its end"):
        await link.read()
    await link.close()
    await link.close()


def test_the_plan_keeps_the_pace_of_the_recording() -> None:
    recording = [Chunk(b"a", 10.0), Chunk(b"b", 10.5), Chunk(b"said", 10.6, ">"), Chunk(b"c", 12.0)]
    assert plan(recording) == [(0.0, b"a"), (0.5, b"b"), (2.0, b"c")]
    assert plan(recording, 4) == [(0.0, b"a"), (0.125, b"b"), (0.5, b"c")]
    assert plan(recording, 0) == [(0.0, b"a"), (0.0, b"b"), (0.0, b"c")]


def test_chunks_without_times_come_one_after_the_other() -> None:
    assert plan([Chunk(b"a"), Chunk(b"b"), Chunk(b"c")]) == [(0, b"a"), (UNTIMED, b"b"), (2 * UNTIMED, b"c")]


@given(
    st.lists(st.builds(Chunk, st.binary(), st.none() | st.floats(0, 1e6), st.sampled_from("<>"))),
    st.floats(0, 1000),
)
def test_a_plan_never_goes_backwards_and_loses_nothing(recording: list[Chunk], speed: float) -> None:
    made = plan(recording, speed)
    assert [due for due, _ in made] == sorted(due for due, _ in made)
    heard = b"".join(chunk.data for chunk in recording if chunk.direction == "<")
    assert b"".join(data for _, data in made) == heard


async def test_a_replay_takes_its_time() -> None:
    link = Replay("replay:x", [Chunk(b"a", 0.0), Chunk(b"b", 0.1)])
    start = time.monotonic()
    assert await link.read() == b"a"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await link.read()
    assert await link.read() == b"b"
    assert time.monotonic() - start >= 0.1
    with pytest.raises(LinkEnded):
        await link.read()
    assert time.monotonic() - start >= 0.1 + LINGER


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("55aa", "?speed=fast", "this speed is no number; write"),
        ("55aa", "?speed=-1", "this speed is no number; write"),
        ("# only words", "", "nothing was heard in this recording"),
        ("0.5 > 55aa", "", "nothing was heard in this recording"),
        ("nonsense", "", "line 1: 'nonsense' is not hex"),
    ],
)
async def test_a_recording_that_cannot_be_played_gets_a_sentence(
    tmp_path: Path, content: str, options: str, sentence: str
) -> None:
    (tmp_path / "log").write_text(content)
    with pytest.raises(UsageError, match=sentence):
        await open_link(f"replay:{tmp_path}/log{options}")


async def test_a_simulated_bus_lives_in_real_time() -> None:
    link = await open_link("sim:2")
    framer, reports = Framer(), 0
    async with asyncio.timeout(10):
        while reports < 2:
            data = await link.read()
            assert data
            reports += sum(isinstance(message, Report) for message in framer.feed(data))
    await link.close()
    with pytest.raises(LinkError, match="link sim:2 is closed"):
        await link.read()


async def test_a_simulated_pack_answers_where_there_is_no_master() -> None:
    link = await open_link("sim:2?master=no&seed=3")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await link.read()
    link.write(request(1, 2))
    heard = b""
    async with asyncio.timeout(10):
        while len(heard) < 300:
            heard += await link.read()
    assert heard.startswith(b"\x55\xaa\xeb\x90\x02")
    await link.close()


async def test_a_simulated_adapter_echoes_on_demand() -> None:
    link = await open_link("sim:1?master=no&echo=yes")
    link.write(request(9, 2))
    heard = b""
    async with asyncio.timeout(10):
        while len(heard) < 11:
            heard += await link.read()
    assert heard == request(9, 2)
    await link.close()


async def test_closing_a_simulated_bus_wakes_its_reader() -> None:
    link = await open_link("sim:1?master=no")
    reading = asyncio.create_task(link.read())
    await asyncio.sleep(0)
    await link.close()
    with pytest.raises(LinkError):
        await asyncio.wait_for(reading, 10)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sim:3?seed=x", "this cannot be read; write for instance sim:6"),
        ("sim:3?master=perhaps", "this cannot be read; write for instance sim:6"),
        ("sim:3?colour=red", "colour is unknown; write for instance sim:6"),
        ("sim:16?master=no", "16 packs: addresses 1 to 15 take 1 to 15"),
        ("sim:0", "1 to 16 packs, not 0"),
    ],
)
async def test_a_simulated_bus_that_cannot_be_gets_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        await open_link(url)
