"""Who a pack is, for everything outside: its key in topics, unique ids and files, and its name for people.

A key never changes once it was given, so that history stays in one piece. In the order of their strength:
the configuration (by address or by serial number), the serial number as remembered, the place (bus and
address) as remembered. A pack that was first known by its place keeps that key when it tells its serial
number later, and takes it along to another address.
"""

from collections.abc import Iterable
from typing import Any

from ..config.tree import BusConfig
from ..config.values import slug

Known = dict[str, Any]  # one remembered pack: name, serial, bus, address (serial and address may be None)


class Identities:
    """Keys and names, from the configuration and from memory: a `battery.Naming`.

    `known` is the memory: remembered packs by key, as plain JSON; it is changed in place.
    """

    def __init__(self, buses: Iterable[BusConfig], known: dict[str, Known]) -> None:
        self._known = known
        for key in [key for key, pack in known.items() if not _whole(pack)]:
            del known[key]
        self._by_place: dict[tuple[str, int], str] = {}
        self._by_serial: dict[str, str] = {}
        for bus in buses:
            for pack in bus.packs:
                if pack.address is not None:
                    self._by_place[bus.name, pack.address] = pack.name
                elif pack.serial is not None:
                    self._by_serial[pack.serial.strip()] = pack.name
        self._taken = {slug(name) for name in (*self._by_place.values(), *self._by_serial.values())}

    def name(self, bus: str, address: int, serial: str | None) -> tuple[str, str] | None:
        """Key and name given by the configuration or remembered for that serial number; None if unknown."""
        given = self._by_place.get((bus, address)) or self._by_serial.get(serial or "")
        if given:
            return slug(given), given
        told = _telling(serial)
        key = told and (self._telling_it(told, bus, address) or self._at(bus, address, nameless=True))
        return self._remember(key, self._known[key]["name"], bus, address, told) if key else None

    def adopt(self, bus: str, address: int, serial: str | None) -> tuple[str, str]:
        """Key and name for a found pack, remembered from now on."""
        told = _telling(serial)
        if told:
            return self._remember(self._free(f"jk_{slug(told)}"), f"JK {told}", bus, address, told)
        if key := self._at(bus, address):
            return key, self._known[key]["name"]
        return self._remember(
            self._free(f"{slug(bus)}_{address}"), f"{bus} pack {address}", bus, address, None
        )

    def _telling_it(self, serial: str, bus: str, address: int) -> str | None:
        """The key of the pack with that serial number; of several made alike, the one last there."""
        keys = [key for key, pack in self._known.items() if pack["serial"] == serial]
        at = self._at(bus, address)
        return at if at in keys else next(iter(keys), None)

    def _at(self, bus: str, address: int, nameless: bool = False) -> str | None:
        """The key of the pack last seen there; with `nameless` only if it never told a serial number."""
        for key, pack in self._known.items():
            if (pack["bus"], pack["address"]) == (bus, address) and not (nameless and pack["serial"]):
                return key
        return None

    def _remember(self, key: str, name: str, bus: str, address: int, serial: str | None) -> tuple[str, str]:
        other = self._at(bus, address)
        if other is not None and other != key:
            self._known[other]["address"] = None  # one pack a place: the other has moved or is gone
        self._known[key] = {"name": name, "serial": serial, "bus": bus, "address": address}
        return key, name

    def _free(self, wanted: str) -> str:
        key, number = wanted, 2
        while key in self._known or key in self._taken:
            key, number = f"{wanted}_{number}", number + 1
        return key


def _whole(pack: object) -> bool:
    if not isinstance(pack, dict) or not pack.keys() >= {"name", "serial", "bus", "address"}:
        return False
    texts = pack["name"], pack["bus"], "" if pack["serial"] is None else pack["serial"]
    address = 0 if pack["address"] is None else pack["address"]
    return all(isinstance(text, str) for text in texts) and isinstance(address, int) and 0 <= address <= 15


def _telling(serial: str | None) -> str | None:
    """The serial number, unless it tells nothing: blanked ones are all alike."""
    text = (serial or "").strip()
    return text if len(set(text) - {" "}) > 1 and slug(text) else None
