"""The commands around the web page: arguments and help only, as in `commands`."""

from .commands import command
from .history_commands import app as app


@command(("jkbus password", "asks twice, prints a line for users: below web: in the configuration"))
def password() -> None:
    """Turn a password for the web page into what may stand in the configuration.

    What it prints lets nobody in who reads it. From a pipe, the first line is the password.
    """
    from .hashing import password

    password()
