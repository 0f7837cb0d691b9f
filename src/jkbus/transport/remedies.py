"""The sentences for links that fail: what happened, on which link, how to mend it."""

from __future__ import annotations

import errno
import os
import re
import socket
from pathlib import Path

from jkbus.config.ports import ports_there
from jkbus.config.words import printable, redact
from jkbus.errors import LinkError

_NETWORK = {
    errno.ECONNREFUSED: "nothing listens on that port; check the port number and the gateway's settings",
    errno.EHOSTUNREACH: "this host cannot be reached; check the address, and that the gateway has power",
    errno.ENETUNREACH: "there is no way to this host; check the address and this machine's own network",
    errno.ECONNRESET: "the far end hangs up at once; it may serve one client only, so end the other one",
    errno.EBUSY: "this port of the node is already in use; end its other user, perhaps Home Assistant",
    errno.EIO: "the far end hangs up; it may be restarting",
}
_PROXY = {  # by the name of aioesphomeapi's error
    "RequiresEncryptionAPIError": "the node wants encryption; add ?key= with the key under api: in its YAML",
    "InvalidEncryptionKeyAPIError": "the key is not that of the node; take it from api: in its YAML",
    "EncryptionErrorAPIError": "the key is not that of the node; take it from api: in its YAML",
    "EncryptionPlaintextAPIError": "the node uses no encryption; leave the key away",
    "InvalidAuthAPIError": "the node refuses the password; correct ?password=",
}


def not_opened(url: str, error: BaseException) -> LinkError:
    """The error to raise for a link that could not be opened."""
    reason = _network_reason(error) if "://" in url else _serial_reason(url, error)
    return LinkError(f"link {redact(url)}: {reason}")


def lost(url: str, error: BaseException | None) -> str:
    """The sentence for an open link that is no more."""
    if "://" not in url:
        return f"link {url} is lost: its adapter was unplugged or has failed; plug it in again"
    if isinstance(error, TimeoutError):
        return f"link {url} is lost: the far end no longer answers; check its power and network"
    return f"link {url} is lost: the far end hung up; it may be restarting, or serve another client now"


def _serial_reason(path: str, error: BaseException) -> str:
    code = _code(error)
    if code in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return f"there is no such device; {ports_there()}"
    if code in (errno.EACCES, errno.EPERM):
        group = _group(path)
        return f"you may not use it; type `sudo usermod -aG {group} $USER`, then log in again"
    if code == errno.EBUSY:
        return "another program uses it; end that program, or choose another port"
    if code in (errno.ENOTTY, errno.EISDIR, errno.EINVAL):
        return f"this is not a serial port; {ports_there()}"
    return f"it cannot be opened ({_said(error)}); unplug the adapter and plug it in again"


def _group(path: str) -> str:
    """The group that may use a serial port; Debian's where the file tells nothing better."""
    try:
        group = Path(path).group()
    except (OSError, KeyError, NotImplementedError):
        return "dialout"
    return "dialout" if group == "root" else group


def _network_reason(error: BaseException) -> str:
    if reason := _PROXY.get(type(error.__cause__).__name__) or _proxy_port(str(error)):
        return reason
    if isinstance(error, TimeoutError):
        return "no answer; check the address, and that the far end has power and is in this network"
    if isinstance(error, socket.gaierror) or "esolv" in type(error.__cause__).__name__:
        return "this name is not known here; check it, or write the IP address"
    return _NETWORK.get(_code(error) or 0) or f"it cannot be opened ({_said(error)})"


def _proxy_port(said: str) -> str:
    """What to tell when serialx says that a node has no such port, which it does in words only."""
    if "does not exist in" in said:
        there = ", ".join(re.findall(r"'([^']+)': \(\d", said))
        return f"the node has no serial_proxy of that name; it has {printable(there) or 'none'}"
    return "the node has no serial_proxy of that number" if said.startswith("Operation is invalid") else ""


def _code(error: BaseException) -> int | None:
    """The errno; asyncio and aioesphomeapi join the errors of several addresses into one text."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = re.search(r"\[Errno (\d+)\]", str(error))
    return int(found[1]) if found else None


def _said(error: BaseException) -> str:
    code = _code(error)
    text = os.strerror(code) if code else printable(redact(str(error))) or type(error).__name__
    return text[:120].rstrip(".")
