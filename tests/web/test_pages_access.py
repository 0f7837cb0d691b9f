"""Who comes in and what they may do: a login, somebody who only reads, and the keyboard alone."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from browsing import Visit, visiting
from staging import Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

USERS = [
    {"name": "anna", "password": "correct horse", "role": "full"},
    {"name": "ben", "password": "battery staple", "role": "read"},
]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A page that wants to know who comes."""
    folder = tmp_path_factory.mktemp("guarded")
    with stage(folder, 3, master=False, writes=True, web={"users": USERS}) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, guarded: Stage) -> AsyncIterator[Visit]:
    """Somebody nobody knows yet."""
    async with visiting(browser, guarded.url) as found:
        found.forgiven = ["401"]
        yield found


async def log_in(visit: Visit, name: str, password: str) -> None:
    await visit.page.get_by_label("Name").fill(name)
    await visit.page.get_by_label("Password").fill(password)
    await visit.page.keyboard.press("Enter")


async def test_who_is_not_known_sees_a_login_and_nothing_else(visit: Visit) -> None:
    await visit.go()
    await expect(visit.page.get_by_label("Password")).to_be_visible()
    assert "rs485" not in await visit.page.content()
    for size in ("phone", "wall"):
        await visit.size(size)
        for scheme in ("light", "dark"):
            await visit.look(scheme)
            assert await visit.everything() == [], f"{size}, {scheme}"


async def test_a_wrong_password_is_told_and_a_right_one_opens_the_page(visit: Visit) -> None:
    await visit.go()
    await log_in(visit, "anna", "wrong horse")
    await expect(visit.page.get_by_role("alert")).to_be_visible()
    await log_in(visit, "anna", "correct horse")
    await expect(visit.page.locator("main a[href^='#/pack/']")).to_have_count(3)
    cookies = await visit.page.context.cookies()
    assert [(one["httpOnly"], one["sameSite"]) for one in cookies] == [(True, "Strict")]
    await visit.page.get_by_role("button", name="Log out anna").click()
    await expect(visit.page.get_by_label("Password")).to_be_visible()
    assert [fault for fault in visit.faults if "correct horse" in fault] == []


async def test_who_only_reads_sees_everything_and_nothing_to_change_it_with(
    visit: Visit, guarded: Stage
) -> None:
    await visit.go()
    await log_in(visit, "ben", "battery staple")
    await expect(visit.page.locator("main a[href^='#/pack/']")).to_have_count(3)
    for route in (f"#/pack/{guarded.key(1)}/settings", "#/settings"):
        await visit.go(route)
        await visit.settled("rs485-bms1" if "pack" in route else "Settings")
        await expect(visit.page.get_by_text("Cell count").first).to_be_visible()
        changing = visit.page.locator("main input:not([type=search]), main [role=switch], main .button-main")
        await expect(changing).to_have_count(0)
    guarded.alarm(2)
    await visit.go("#/alarms")
    await visit.settled("Alarms")
    entry = visit.page.locator(".alarm-entry").filter(
        has=visit.page.get_by_role("heading", name="rs485-bms2")
    )
    await expect(entry).to_be_visible()
    await expect(entry.get_by_role("button")).to_have_count(0)
    await expect(visit.page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    guarded.alarm(2, False)
    assert visit.faults == []


async def test_the_keyboard_alone_reaches_everything_and_one_sees_where_one_is(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with stage(tmp_path_factory.mktemp("keys"), 3, master=False) as running:
        async with visiting(browser, running.url, viewport={"width": 1440, "height": 900}) as visit:
            await visit.go()
            await expect(visit.page.locator("main a[href^='#/pack/']")).to_have_count(3)
            seen: set[str] = set()
            for _ in range(40):
                await visit.page.keyboard.press("Tab")
                at = await visit.page.evaluate("window.audit.focus()")
                if at is None:
                    break
                assert at["ring"] and not at["covered"], at
                seen.add(at["href"] or at["where"])
            wanted = {"#main", "#/", "#/history", "#/health", "#/alarms", "#/settings", "#/bus", "#/api"}
            wanted |= {f"#/pack/{running.key(address)}" for address in (1, 2, 3)}
            assert wanted <= seen
            tile = visit.page.locator(f"main a[href='#/pack/{running.key(2)}']").first
            await tile.focus()
            await visit.page.keyboard.press("Enter")
            await visit.settled("rs485-bms2")
            await expect(visit.page.locator("h1")).to_be_focused()
            assert visit.faults == []
