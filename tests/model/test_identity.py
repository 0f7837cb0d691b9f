"""Who a pack is: keys that stay, whatever moves, restarts or tells its serial number late."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.config import BusConfig, PackConfig, SecretUrl
from jkbus.model.identity import Identities

Memory = dict[str, Any]


def identities(known: Memory, *packs: PackConfig) -> Identities:
    return Identities([BusConfig(link=SecretUrl("sim:2"), name="bus1", packs=packs)], known)


def restarted(known: Memory, *packs: PackConfig) -> Identities:
    return identities(json.loads(json.dumps(known)), *packs)


def test_a_configured_address_names_whatever_is_there() -> None:
    named = identities({}, PackConfig(name="Garage left", address=3))
    assert named.name("bus1", 3, None) == ("garage_left", "Garage left")
    assert named.name("bus1", 3, "12345678901") == ("garage_left", "Garage left")
    assert named.name("bus1", 4, None) is None
    assert named.name("bus2", 3, None) is None


def test_a_configured_serial_number_follows_the_pack() -> None:
    named = identities({}, PackConfig(name="rs485-bms0", serial="12345678901"))
    assert named.name("bus1", 3, None) is None
    assert named.name("bus1", 3, "12345678901") == ("rs485-bms0", "rs485-bms0")
    assert named.name("bus1", 9, "12345678901") == ("rs485-bms0", "rs485-bms0")


def test_a_found_pack_is_named_by_its_serial_number() -> None:
    named = identities({})
    assert named.name("bus1", 3, "ABC 123") is None
    assert named.adopt("bus1", 3, "ABC 123") == ("jk_abc_123", "JK ABC 123")
    assert named.name("bus1", 3, "ABC 123") == ("jk_abc_123", "JK ABC 123")


def test_a_serial_number_is_found_again_at_another_address_after_a_restart() -> None:
    known: Memory = {}
    identities(known).adopt("bus1", 3, "ABC123")
    assert restarted(known).name("bus2", 7, "ABC123") == ("jk_abc123", "JK ABC123")


def test_a_pack_without_a_serial_number_is_known_by_its_place() -> None:
    known: Memory = {}
    assert identities(known).adopt("bus1", 0, None) == ("bus1_0", "bus1 pack 0")
    assert restarted(known).name("bus1", 0, None) is None
    assert restarted(known).adopt("bus1", 0, None) == ("bus1_0", "bus1 pack 0")


def test_a_pack_known_by_its_place_keeps_its_key_when_it_tells_its_serial_number() -> None:
    known: Memory = {}
    named = identities(known)
    key = named.adopt("bus1", 3, None)
    assert named.name("bus1", 3, "ABC123") == key
    assert restarted(known).name("bus1", 3, "ABC123") == key
    assert restarted(known).name("bus1", 8, "ABC123") == key


def test_a_pack_bound_by_its_serial_number_leaves_its_old_place_to_others() -> None:
    known: Memory = {}
    named = identities(known)
    named.adopt("bus1", 3, None)
    named.name("bus1", 3, "ABC123")
    named.name("bus1", 8, "ABC123")
    assert named.adopt("bus1", 3, None) == ("bus1_3_2", "bus1 pack 3")
    assert named.adopt("bus1", 8, None) == ("bus1_3", "bus1 pack 3")


def test_another_serial_number_at_a_known_place_is_another_pack() -> None:
    named = identities({})
    named.adopt("bus1", 3, "ABC123")
    assert named.name("bus1", 3, "XYZ789") is None
    assert named.adopt("bus1", 3, "XYZ789") == ("jk_xyz789", "JK XYZ789")
    assert named.name("bus1", 5, "ABC123") == ("jk_abc123", "JK ABC123")


def test_a_silent_newcomer_inherits_the_place_until_the_owner_is_heard_elsewhere() -> None:
    known: Memory = {}
    identities(known).adopt("bus1", 3, "ABC123")
    named = restarted(known)
    assert named.adopt("bus1", 3, None)[0] == "jk_abc123"
    assert named.name("bus1", 5, "ABC123") == ("jk_abc123", "JK ABC123")
    assert named.adopt("bus1", 3, None)[0] == "bus1_3"


@pytest.mark.parametrize("serial", ["", "   ", "XXXXXXXXXXX", "00000000000", "XXXXX XXXXX", "---", "µµ"])
def test_a_blanked_serial_number_tells_nothing(serial: str) -> None:
    named = identities({})
    assert named.name("bus1", 3, serial) is None
    assert named.adopt("bus1", 3, serial) == ("bus1_3", "bus1 pack 3")
    assert named.adopt("bus1", 4, serial) == ("bus1_4", "bus1 pack 4")


def test_a_found_pack_never_takes_a_configured_key() -> None:
    named = identities({}, PackConfig(name="bus1_3", address=5), PackConfig(name="JK ABC", address=6))
    assert named.adopt("bus1", 3, None)[0] == "bus1_3_2"
    assert named.adopt("bus1", 4, "abc")[0] == "jk_abc_2"


def test_memory_that_makes_no_sense_is_forgotten() -> None:
    known: Memory = {
        "a": 3,
        "b": {"name": "B"},
        "c": {"name": "C", "serial": None, "bus": "bus1", "address": 1},
        "d": {"name": "D", "serial": None, "bus": "bus1", "address": 99},
        "e": {"name": "E", "serial": None, "bus": "bus1", "address": "2"},
        "f": {"name": "F", "serial": None, "bus": ["bus1"], "address": 3},
        "g": {"name": "G", "serial": 7, "bus": "bus1", "address": 4},
    }
    named = identities(known)
    assert named.adopt("bus1", 1, None) == ("c", "C")
    assert list(known) == ["c"]


@given(st.lists(st.tuples(st.integers(0, 15), st.sampled_from([None, "A1", "B2", "C3", "XXX"]))))
def test_keys_are_unique_and_fit_for_topics_whatever_happens(seen: list[tuple[int, str | None]]) -> None:
    known: Memory = {}
    named = identities(known, PackConfig(name="Küche", address=15))
    for address, serial in seen:
        key, _ = named.name("bus1", address, serial) or named.adopt("bus1", address, serial)
        assert key and set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")
    told = [pack["serial"] for pack in known.values() if pack["serial"]]
    places = [(pack["bus"], pack["address"]) for pack in known.values() if pack["address"] is not None]
    assert len(told) == len(set(told)) and len(places) == len(set(places))


def test_packs_made_alike_keep_their_places_after_a_restart() -> None:
    known: Memory = {}
    named = identities(known)
    assert named.adopt("bus1", 3, "ABC123")[0] == "jk_abc123"
    assert named.adopt("bus1", 5, "ABC123")[0] == "jk_abc123_2"
    again = restarted(known)
    assert again.name("bus1", 5, "ABC123") == ("jk_abc123_2", "JK ABC123")
    assert again.name("bus1", 3, "ABC123") == ("jk_abc123", "JK ABC123")
