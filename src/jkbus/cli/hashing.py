"""`password`: a password becomes a hash, and appears neither on the screen nor in the shell's history."""

import sys

from ..config.web import LONG_PASSWORD
from ..errors import UsageError
from ..web.passwords import hashed, is_hashed
from .asking import secret


def password() -> None:
    """Ask for a password and print its hash. Raises UsageError for one that cannot be taken."""
    asks = sys.stdin.isatty()
    typed = secret("the password") if asks else sys.stdin.readline().rstrip("\r\n")
    if len(typed) < LONG_PASSWORD:
        raise UsageError(f"a password of {LONG_PASSWORD} characters or more is expected; take a longer one")
    if is_hashed(typed):
        raise UsageError("this is what `jkbus password` prints, not a password; type the password itself")
    if asks and typed != secret("once more"):
        raise UsageError("these were not the same; nothing was printed, run `jkbus password` again")
    print(hashed(typed))
