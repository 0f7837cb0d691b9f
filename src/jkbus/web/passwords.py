"""Passwords: kept as scrypt$LOG2N$R$P$SALT$HASH, so that a configuration that is lost gives none away.

Source of the cost: OWASP's password storage cheat sheet, whose N=2^14, r=8, p=5 needs 16 MB and not 128,
which a small computer has to spare. A login takes a quarter of a second there, on a Raspberry Pi 4 about one.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

LOG2N, BLOCKS, PARALLEL = 14, 8, 5
_SALT, _LENGTH = 16, 32  # bytes
_ROOM = 64 * 2**20  # bytes that a hash of somebody else may need at most


def hashed(password: str, salt: bytes | None = None) -> str:
    """A password as it may be written down, with a salt of its own."""
    salt = secrets.token_bytes(_SALT) if salt is None else salt
    found = _scrypt(password, salt, LOG2N, BLOCKS, PARALLEL, _LENGTH)
    return f"scrypt${LOG2N}${BLOCKS}${PARALLEL}${b64encode(salt).decode()}${b64encode(found).decode()}"


def is_hashed(text: str) -> bool:
    """Whether this is what `hashed` writes and not a password."""
    return text.startswith("scrypt$")


def matches(password: str, kept: str) -> bool:
    """Whether the password is the one that was hashed; False also for a hash that nobody can have made."""
    try:
        _, log2n, blocks, parallel, salt, found = kept.split("$")
        expected = b64decode(found, validate=True)
        costs = int(log2n), int(blocks), int(parallel)
        tried = _scrypt(password, b64decode(salt, validate=True), *costs, len(expected))
    except ValueError:
        return False
    return hmac.compare_digest(tried, expected)


def _scrypt(password: str, salt: bytes, log2n: int, blocks: int, parallel: int, length: int) -> bytes:
    """Raises ValueError for costs that are none or too high."""
    if not (1 <= log2n <= 20 and 16 <= length <= 64):
        raise ValueError("not the costs of a password")
    costs = {"n": 2**log2n, "r": blocks, "p": parallel}
    return hashlib.scrypt(password.encode(), salt=salt, maxmem=_ROOM, dklen=length, **costs)
