"""What changes reaches everybody who looks; who looks away costs nothing and misses nothing that lasts."""

import asyncio
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jkbus.web.live import Client, event


async def test_of_what_came_too_fast_only_the_newest_is_sent() -> None:
    client = Client("", lambda: True)
    for age in range(1000):
        client.put({"pack 1": event("pack", age), "pack 2": event("pack", -age)})
    assert await anext(client.chunks()) == event("pack", 999) + event("pack", -999)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=50))
def test_a_client_that_never_reads_holds_one_event_of_each_kind(told: list[tuple[str, int]]) -> None:
    client = Client("", lambda: True)
    for name, value in told:
        client.put({name: event(name, value)})
    assert client._waiting == {name: event(name, value) for name, value in dict(told).items()}


async def test_nothing_is_lost_between_two_chunks() -> None:
    client = Client("", lambda: True)
    chunks = client.chunks()
    client.put({"a": b"1"})
    assert await anext(chunks) == b"1"
    client.put({"b": b"2"})
    client.put({})
    assert await anext(chunks) == b"2"
    waiting = asyncio.ensure_future(anext(chunks))
    await asyncio.sleep(0)
    assert not waiting.done()
    client.put({"c": b"3"})
    assert await waiting == b"3"


async def test_who_may_look_no_longer_is_sent_nothing_more() -> None:
    may = [True]
    client = Client("", lambda: may[0])
    client.put({"a": b"1"})
    chunks = client.chunks()
    await anext(chunks)
    may[0] = False
    client.put({"b": b"2"})
    assert [chunk async for chunk in chunks] == []


async def test_everybody_is_sent_away_at_the_end() -> None:
    client = Client("", lambda: True)
    client.put({"a": b"1"})
    chunks = client.chunks()
    await anext(chunks)
    rest = asyncio.ensure_future(anext(chunks, None))
    await asyncio.sleep(0)
    client.close()
    assert await rest is None


@given(
    st.recursive(
        st.none() | st.floats() | st.text(), lambda more: st.lists(more) | st.dictionaries(st.text(), more)
    )
)
def test_an_event_is_always_one_event(document: Any) -> None:
    text = event("pack", document)
    assert text.startswith(b"event: pack\ndata: ") and text.endswith(b"\n\n")
    assert text.count(b"\n") == 3
    json.loads(text.splitlines()[1].removeprefix(b"data: "))
