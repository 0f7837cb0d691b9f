"""The errors a user may cause; each is one sentence: what happened, where, how to mend it."""


class JkbusError(Exception):
    """Base of every error of ours: something on our side went wrong (exit code 1)."""


class UsageError(JkbusError):
    """The user asked for something that cannot be: a wrong argument or configuration (exit code 2)."""


class ConfigError(UsageError):
    """A configuration is wrong; the text names file, line and remedy, a line per fault."""


class LinkError(JkbusError):
    """A link could not be opened or was lost; the text names the link and the remedy."""
