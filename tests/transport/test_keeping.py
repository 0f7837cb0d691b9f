"""A lost link comes back by itself, and the log tells each state once."""

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.errors import LinkError, UsageError
from jkbus.transport.base import Link
from jkbus.transport.captures import Chunk
from jkbus.transport.keeping import LONGEST, PROVEN, Retry, keep_open
from jkbus.transport.links import open_link
from jkbus.transport.playing import Replay
from transport.servers import Gateway, Stick, reached, stick

PULLED, MISSING = "link x is lost: unplugged", "link x: there is no such device"


def test_the_pauses_grow_to_half_a_minute() -> None:
    retry = Retry()
    delays = [retry.failed(MISSING, now)[0] for now in range(0, 800, 100)]
    assert delays == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_link_that_held_for_a_minute_starts_anew() -> None:
    retry = Retry()
    for now in range(5):
        retry.failed(MISSING, now)
    retry.opened(100)
    assert retry.failed(PULLED, 100 + PROVEN - 1)[0] == LONGEST
    retry.opened(200)
    assert retry.failed(PULLED, 200 + PROVEN)[0] == 1


def test_a_loss_is_told_once_and_so_is_the_return() -> None:
    retry = Retry()
    retry.opened(0)
    assert retry.settled(2) == "is open"
    assert retry.failed(PULLED, 100)[1] == f"{PULLED}; trying again until it works"
    assert [retry.failed(MISSING, now)[1] for now in (101, 103, 107)] == [MISSING, "", ""]
    retry.opened(115)
    assert retry.settled(117) == "is back after 17 s"
    assert retry.failed(PULLED, 200)[1] == f"{PULLED}; trying again until it works"


def test_a_gateway_that_hangs_up_at_once_is_not_told_again_and_again() -> None:
    retry = Retry()
    told = []
    for now in range(0, 600, 30):
        retry.opened(now)
        told.append(retry.failed(PULLED, now + 1)[1])
    assert told == [f"{PULLED}; trying again until it works"] + [""] * 19


@given(st.lists(st.tuples(st.sampled_from(["open", "settle", "fail"]), st.floats(0, 1e4))))
def test_whatever_happens_the_pause_stays_within_its_bounds(story: list[tuple[str, float]]) -> None:
    retry, now = Retry(), 0.0
    for what, later in story:
        now += later
        if what == "open":
            retry.opened(now)
        elif what == "settle":
            assert retry.settled(now).startswith("is ")
        else:
            assert 1 <= retry.failed(PULLED, now)[0] <= LONGEST


class Pauses:
    """A sleep that takes no time and is remembered."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0.01)


def spoken(port: Stick) -> bool:
    port.send(b"word")
    return True


def told(caplog: pytest.LogCaptureFixture, url: str) -> list[str]:
    return [
        record.getMessage().replace(url, "URL") for record in caplog.records if record.name == "jkbus.link"
    ]


async def test_a_gateway_that_restarts_is_used_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    far, heard, pauses = Gateway(b"hello"), bytearray(), Pauses()

    async def listen(link: Link) -> None:
        while True:
            heard.extend(await link.read())

    await far.start()
    keeping = asyncio.create_task(keep_open(lambda: open_link(far.url), listen, settle=0, sleep=pauses))
    await reached(lambda: heard == b"hello")
    await far.stop()
    await reached(lambda: len(pauses.taken) >= 4)
    await far.start()
    await reached(lambda: heard == b"hellohello")
    far.send(b"and more")
    await reached(lambda: heard.endswith(b"and more"))
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    await far.stop()
    assert pauses.taken[:3] == [1, 2, 4]
    assert told(caplog, far.url) == [
        "link URL is open",
        "link URL is lost: the far end hung up; it may be restarting, or serve another client now"
        "; trying again until it works",
        "link URL: nothing listens on that port; check the port number and the gateway's settings",
        "link URL is back after 0 s",
    ]


async def test_a_stick_that_is_pulled_out_is_opened_again_when_it_is_back() -> None:
    heard, paths, pauses = bytearray(), [], Pauses()

    async def listen(link: Link) -> None:
        while True:
            heard.extend(await link.read())

    with stick() as first, stick() as second:
        paths = [first.path]
        keeping = asyncio.create_task(keep_open(lambda: open_link(paths[-1]), listen, settle=0, sleep=pauses))
        await reached(lambda: spoken(first) and heard)
        first.unplug()
        paths.append("/dev/ttyUSB99")
        await reached(lambda: len(pauses.taken) >= 3)
        paths.append(second.path)
        heard.clear()
        await reached(lambda: spoken(second) and heard)
        keeping.cancel()
        await asyncio.wait([keeping])
        await (await open_link(second.path)).close()


async def test_the_end_of_a_recording_is_the_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    heard = bytearray()

    async def listen(link: Link) -> None:
        while True:
            heard.extend(await link.read())

    async def open_recording() -> Link:
        return Replay("replay:log", [Chunk(b"once")], 0)

    await keep_open(open_recording, listen)
    assert heard == b"once"
    assert told(caplog, "replay:log") == ["link URL: the recording is at its end"]


async def test_who_is_done_with_a_link_ends_the_keeping() -> None:
    links = []

    async def look(link: Link) -> None:
        links.append(link)

    await keep_open(lambda: open_link("sim:1"), look)
    with pytest.raises(LinkError, match="is closed"):
        await links[0].read()


async def test_a_mistake_of_the_user_is_not_tried_again() -> None:
    async def never(link: Link) -> None:
        raise AssertionError

    with pytest.raises(UsageError, match="no link begins with"):
        await keep_open(lambda: open_link("nonsense:1"), never)


async def test_a_mistake_of_ours_comes_through_and_the_link_is_closed() -> None:
    async def fail(link: Link) -> None:
        raise ZeroDivisionError

    with stick() as port:
        with pytest.raises(ZeroDivisionError):
            await keep_open(lambda: open_link(port.path), fail)
        await (await open_link(port.path)).close()
