"""Users, sessions and tokens: who comes in, for how long, and what a guess costs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.config import WebConfig
from jkbus.web.accounts import ABSOLUTE, IDLE, SESSIONS, Accounts
from jkbus.web.passwords import hashed, is_hashed, matches
from jkbus.web.problems import Refused

HOME = "192.168.1.20"
TOKEN = "a-token-that-is-long-enough"


class Clock:
    """A clock in the hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def accounts(clock: Clock | None = None, **web: object) -> Accounts:
    """Anna with a hash, Ben with a plain password who only reads, and a program."""
    users = [
        {"name": "anna", "password": hashed("correct horse")},
        {"name": "ben", "password": "battery staple", "role": "read"},
    ]
    given = {"users": users, "tokens": [{"name": "evcc", "token": TOKEN}], **web}
    return Accounts(WebConfig.model_validate(given), clock or Clock())


def test_a_hash_is_written_as_the_configuration_takes_it() -> None:
    found = hashed("correct horse")
    assert re.fullmatch(r"scrypt\$14\$8\$5\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+", found)
    assert is_hashed(found) and not is_hashed("correct horse")
    assert hashed("correct horse") != found
    assert matches("correct horse", found)
    assert not matches("correct horse ", found)


@given(st.text() | st.from_regex(r"scrypt\$\d{1,4}\$\d{1,9}\$\d{1,9}\$[A-Za-z0-9=]*\$[A-Za-z0-9=]*"))
def test_what_is_no_hash_matches_nothing(kept: str) -> None:
    assert not matches("anything", kept)


async def test_a_user_comes_in_with_the_right_password_whichever_way_it_was_written_down() -> None:
    found = accounts()
    for name, password, role in (("anna", "correct horse", "full"), ("ben", "battery staple", "read")):
        session = await found.log_in(name, password, HOME)
        visitor = found.by_session(session)
        assert visitor is not None
        assert (visitor.name, visitor.role) == (name, role)


@pytest.mark.parametrize(
    ("name", "password"), [("anna", "battery staple"), ("anna", ""), ("nobody", "correct horse"), ("", "")]
)
async def test_nobody_else_comes_in_and_learns_which_part_was_wrong(name: str, password: str) -> None:
    with pytest.raises(Refused, match=r"^user or password is wrong$") as refused:
        await accounts().log_in(name, password, HOME)
    assert refused.value.status == 401


async def test_the_hash_itself_is_no_password() -> None:
    kept = hashed("correct horse")
    found = accounts(users=[{"name": "anna", "password": kept}])
    with pytest.raises(Refused):
        await found.log_in("anna", kept, HOME)


async def test_guessing_must_wait_and_says_how_long() -> None:
    found = accounts()
    for _ in range(3):
        with pytest.raises(Refused, match="wrong"):
            await found.log_in("anna", "guess", HOME)
    with pytest.raises(Refused) as refused:
        await found.log_in("anna", "correct horse", HOME)
    assert refused.value.status == 429
    assert refused.value.headers == {"Retry_After": "2"}
    await found.log_in("anna", "correct horse", "192.168.1.21")


async def test_a_session_ends_unused_or_after_a_month_and_when_it_is_left() -> None:
    clock = Clock()
    found = accounts(clock)
    unused, used, left = [await found.log_in("anna", "correct horse", HOME) for _ in range(3)]
    found.log_out(left)
    assert found.by_session(left) is None
    until = clock.now + ABSOLUTE
    while clock.now < until:
        assert found.by_session(used) is not None
        assert found.stands(used)
        clock.now += IDLE - 1
    assert found.by_session(unused) is None
    assert not found.stands(used)
    assert found.stands("")


async def test_a_session_cannot_be_guessed_and_there_is_an_end_of_them() -> None:
    clock = Clock()
    found = accounts(clock)
    sessions = []
    for _ in range(3):
        clock.now += 1
        sessions.append(await found.log_in("anna", "correct horse", HOME))
    assert len(set(sessions)) == 3
    assert min(map(len, sessions)) >= 40
    visitor = found.by_session(sessions[0])
    assert visitor is not None
    for _ in range(SESSIONS):
        clock.now += 1
        found._begin(visitor)
    assert len(found._sessions) == SESSIONS
    assert found.by_session(sessions[1]) is None


def test_a_token_lets_a_program_in_and_a_wrong_one_does_not() -> None:
    found = accounts()
    visitor = found.by_token(TOKEN)
    assert visitor is not None
    assert (visitor.name, visitor.role) == ("evcc", "read")
    for wrong in ("", TOKEN[:-1], TOKEN + "x"):
        assert found.by_token(wrong) is None


def test_without_users_the_page_is_open_on_loopback_and_nowhere_else() -> None:
    assert Accounts(WebConfig(), Clock()).is_open
    assert not accounts().is_open
    trusted = WebConfig(listen="0.0.0.0:8090", trusted=("172.30.32.2",))
    assert not Accounts(trusted, Clock()).is_open
