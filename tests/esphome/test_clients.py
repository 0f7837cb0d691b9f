"""Clients with and without keys, eight at once, and one that comes back by itself."""

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aioesphomeapi.client import APIClient
from aioesphomeapi.core import (
    APIConnectionError,
    InvalidEncryptionKeyAPIError,
    RequiresEncryptionAPIError,
)
from aioesphomeapi.reconnect_logic import ReconnectLogic

from controlling import hurry, three
from nodes import KEY, OTHER_KEY, a_client, configured, node, seen, until


async def refused(client: APIClient, error: type[Exception]) -> None:
    with pytest.raises(error):
        await client.connect(login=True)


def test_who_has_a_wrong_key_or_none_is_told_so_and_the_others_are_served(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given, heard=60), seen(given) as found:
            await refused(a_client(given, OTHER_KEY), InvalidEncryptionKeyAPIError)
            await refused(a_client(given, None), RequiresEncryptionAPIError)
            async with seen(given) as other:
                assert len(other.entities) == len(found.entities)
            assert found.ended == []

    hurry(look())


def test_who_comes_with_a_key_to_a_node_without_one_is_refused(tmp_path: Path) -> None:
    given = configured(tmp_path, plaintext=True)

    async def look() -> None:
        async with node(three(), given, heard=1):
            await refused(a_client(given, KEY), APIConnectionError)
            async with seen(given, None) as found:
                assert found.entities

    hurry(look())


def test_troubles_of_a_client_are_told_once_and_without_the_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given, heard=1):
            for _ in range(5):
                await refused(a_client(given, OTHER_KEY), InvalidEncryptionKeyAPIError)

    hurry(look())
    told = [one for one in caplog.records if one.name == "jkbus.esphome" and one.levelno >= logging.WARNING]
    assert [one.getMessage() for one in told] == [
        "client 127.0.0.1 has another encryption key; it is hung up on"
    ]
    assert KEY not in caplog.text and OTHER_KEY not in caplog.text


def test_eight_clients_at_once_see_the_same(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given, heard=100), AsyncExitStack() as stack:
            every = [await stack.enter_async_context(seen(given, name=f"c{n}")) for n in range(8)]
            await asyncio.sleep(60)
            assert all(one.entities == every[0].entities for one in every)
            assert all(one.states == every[0].states for one in every)
            assert not any(one.ended for one in every)

    hurry(look())


def test_a_client_that_reconnects_by_itself_is_there_again_after_a_restart(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        came: list[int] = []
        client = a_client(given)

        async def on_connect() -> None:
            came.append(len((await client.list_entities_services())[0]))

        async def on_disconnect(expected: bool) -> None:
            assert expected

        logic = ReconnectLogic(client=client, on_connect=on_connect, on_disconnect=on_disconnect, name="barn")
        async with node(three(), given, heard=60):
            await logic.start()
            await until(lambda: came, 60)
        async with node(three(), given, heard=0.5):
            await until(lambda: len(came) > 1, 120)
        assert came[1] >= came[0] > 100
        await logic.stop()
        await client.disconnect(force=True)

    hurry(look())
