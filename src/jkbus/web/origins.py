"""Where a request comes from: the right page of the right host, or a page of somebody else.

A page on the internet can let a browser ask 127.0.0.1, by name (DNS rebinding) or by address (a form). So the
name in Host must be ours, and a browser's word on who asks (Sec-Fetch-Site, Origin) must be: ourselves.
"""

import socket
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers

FORWARDED = ("x-forwarded-for", "x-forwarded-host", "forwarded")


def own_names() -> frozenset[str]:
    """The names of this computer in its own network."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return frozenset({"localhost", name, short, f"{short}.local", f"{short}.lan", f"{short}.fritz.box"})


def host_of(authority: str) -> str:
    """The host of host:port, in small letters, without the brackets of IPv6; "" for what is none."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_ours(authority: str, names: Collection[str]) -> bool:
    """Whether a Host header names this gateway: an address cannot be rebound, a name must be known."""
    host = host_of(authority)
    try:
        return bool(ip_address(host.partition("%")[0]))
    except ValueError:
        return host in names


def is_strange(headers: Headers, names: Collection[str], trusted: bool) -> bool:
    """Whether a page of somebody else sends this; programs that are no browser say nothing of the kind.

    `names` may stand in Origin whatever Host says, for proxies that change it; what a `trusted` one says of
    the host that was asked is believed.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    authority = _authority(origin)
    asked = [headers.get("host", "")]
    if trusted:
        asked.append(headers.get("x-forwarded-host", ""))
    return authority not in map(_plain, asked) and host_of(authority) not in names


def _authority(origin: str) -> str:
    try:
        return _plain(urlsplit(origin).netloc) or "null"
    except ValueError:
        return "null"


def _plain(authority: str) -> str:
    return authority.strip().lower().removesuffix(":80").removesuffix(":443")
