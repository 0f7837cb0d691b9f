"""What the tests of the page share: a browser for each module."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from browsing import chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium."""
    async with chromium() as found:
        yield found
