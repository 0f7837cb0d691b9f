"""Who may use a serial port, who does, and whether its name stays the same."""

import getpass
import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from jkbus.config.ports import ports_there

from .finding import BAD, GOOD, NOTE, Finding, Machine

MEDDLERS = {  # programs that open serial ports they do not know, by the name of the process
    "ModemManager": "tries modem commands on new ports; `sudo systemctl disable --now ModemManager`",
    "brltty": "takes CH340 adapters for braille displays; `sudo apt remove brltty`",
}


def permission(port: Path) -> Finding:
    """Whether this user may use a port, and how to be allowed to."""
    user = _user()
    try:
        about = port.stat()
    except OSError:
        return Finding("port", BAD, f"{port} is not there", ports_there())
    if not stat.S_ISCHR(about.st_mode):
        return Finding("port", BAD, f"{port} is not a serial port", ports_there())
    if os.access(port, os.R_OK | os.W_OK):
        hint = "; root may use all, so look as the gateway's user too" if os.geteuid() == 0 else ""
        return Finding("port", GOOD, f"{user} may use {port}{hint}")
    group = _group(about.st_gid)
    remedy = f"type `sudo usermod -aG {group} {user}`, then log in again; a service needs a restart"
    if group in _groups_in_file(user):
        remedy = f"{user} is in the group {group} since the last login: log in again, or restart the service"
    return Finding("port", BAD, f"{user} may not use {port}, which belongs to the group {group}", remedy)


def stable(port: Path, machine: Machine) -> Iterator[Finding]:
    """Whether a port goes by a name that may be another adapter's after a restart."""
    folder = machine.dev / "serial" / "by-id"
    if port.is_symlink() or not folder.is_dir():
        return
    for name in sorted(folder.iterdir()):
        if name.resolve() == port.resolve():
            said = f"{port} may be another adapter after a restart"
            yield Finding("name of the port", NOTE, said, f"write link: {name}")
            return


def holders(port: Path, machine: Machine) -> list[tuple[int, str]]:
    """Processes that have a port open, as (number, name); without root only those of this user are seen."""
    wanted = port.resolve()
    found = []
    for process in machine.proc.glob("[0-9]*"):
        if int(process.name) != os.getpid() and _has_open(process, wanted):
            found.append((int(process.name), _name(process)))
    return sorted(found)


def meddlers(machine: Machine) -> Iterator[Finding]:
    """Programs that are known to disturb serial ports."""
    there = {_name(process) for process in machine.proc.glob("[0-9]*")}
    for name, told in MEDDLERS.items():
        if name in there:
            what, _, remedy = told.partition("; ")
            yield Finding("other programs", NOTE, f"{name} runs, which {what}", remedy)


def _has_open(process: Path, wanted: Path) -> bool:
    try:
        return any(entry.readlink() == wanted for entry in (process / "fd").iterdir())
    except OSError:
        return False


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text(errors="replace").strip()
    except OSError:
        return "?"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.geteuid()}"


def _group(number: int) -> str:
    try:
        name = grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
    return "dialout" if name == "root" else name


def _groups_in_file(user: str) -> set[str]:
    return {group.gr_name for group in grp.getgrall() if user in group.gr_mem}
