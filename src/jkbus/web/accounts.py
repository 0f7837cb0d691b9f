"""Who may come in: users with a password, browsers with a session, programs with a token."""

import asyncio
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from ..config import WebConfig
from .passwords import hashed, is_hashed, matches
from .problems import Refused
from .throttle import Throttle
from .visitors import Role, Visitor

IDLE, ABSOLUTE = 7 * 86400.0, 30 * 86400.0  # s that a session lasts unused, and at all
SESSIONS = 100  # the one that was longest unused goes first


@dataclass(slots=True)
class _Session:
    visitor: Visitor
    began: float
    seen: float


class Accounts:
    """Users, sessions and tokens of a configuration; sessions are forgotten with the process.

    `clock` gives seconds and never goes back. Without users everybody who reaches the page may do
    everything: then it only listens on loopback.
    """

    def __init__(self, config: WebConfig, clock: Callable[[], float]) -> None:
        self.is_open = not config.users and config.is_local
        self.asks_for_login = bool(config.users)
        self._clock = clock
        self._given = {user.name: user.password.get_secret_value() for user in config.users}
        self._roles: dict[str, Role] = {user.name: user.role for user in config.users}
        self._tokens = {
            _digest(token.token.get_secret_value()): Visitor(token.name, token.role)
            for token in config.tokens
        }
        self._kept: dict[str, str] = {}
        self._nobody = ""
        self._sessions: dict[str, _Session] = {}
        self._throttle = Throttle()
        self._turn = asyncio.Semaphore()

    async def log_in(self, name: str, password: str, address: str) -> str:
        """The session for a user from an address. Raises Refused: 401 for a wrong password, 429 for too many.

        An unknown user takes as long as a wrong password.
        """
        self._may_try(address)
        self._throttle.failed(address, self._clock())
        async with self._turn:
            right = await asyncio.to_thread(self._matches, name, password)
        if not right:
            raise Refused(401, "user or password is wrong")
        self._throttle.worked(address)
        return self._begin(Visitor(name, self._roles[name]))

    def log_out(self, session: str) -> None:
        """Forget a session."""
        self._sessions.pop(session, None)

    def by_session(self, session: str) -> Visitor | None:
        """Whose session it is; None if it is nobody's or over."""
        found, now = self._sessions.get(session), self._clock()
        if found is None:
            return None
        if now - found.seen > IDLE or now - found.began > ABSOLUTE:
            del self._sessions[session]
            return None
        found.seen = now
        return found.visitor

    def stands(self, session: str) -> bool:
        """Whether who looks may go on looking: without a session there is none that could end."""
        return not session or self.by_session(session) is not None

    def by_token(self, token: str) -> Visitor | None:
        """Whose token it is; None for a wrong one. It is too long to be guessed, so nobody has to wait."""
        tried, right = _digest(token), None
        for known, visitor in self._tokens.items():
            if hmac.compare_digest(known, tried):
                right = visitor
        return right

    def _may_try(self, address: str) -> None:
        wait = self._throttle.wait(address, self._clock())
        if wait > 0:
            seconds = str(int(wait) + 1)
            raise Refused(429, f"there were too many wrong tries; wait {seconds} s", Retry_After=seconds)

    def _matches(self, name: str, password: str) -> bool:
        if not self._kept:
            self._nobody = hashed(secrets.token_hex())
            self._kept = {who: p if is_hashed(p) else hashed(p) for who, p in self._given.items()}
        return matches(password, self._kept.get(name, self._nobody)) and name in self._kept

    def _begin(self, visitor: Visitor) -> str:
        session, now = secrets.token_urlsafe(32), self._clock()
        self._sessions[session] = _Session(Visitor(visitor.name, visitor.role, session), now, now)
        while len(self._sessions) > SESSIONS:
            del self._sessions[min(self._sessions, key=lambda known: self._sessions[known].seen)]
        return session


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
