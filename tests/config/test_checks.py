"""Faults between values: what is given twice, and what must be given once."""

from __future__ import annotations

from config.conftest import Faults


def packs(*entries: str) -> str:
    """A configuration of one bus with these packs, the first in line 4."""
    return "buses:\n  - link: sim:2\n    packs:\n" + "".join(f"      - {{{entry}}}\n" for entry in entries)


def test_addresses_are_those_of_the_dip_switch(faults: Faults) -> None:
    above = "cannot be; the DIP switch gives 0 to 15 (0x00 to 0x0F)"
    other = "an address from 0 to 15 is expected"
    given = ["16", "0x10", "-1", "9" * 5000, "x", "1.5", "[1]"]
    told = faults(packs(*(f"name: p{index}, address: {address}" for index, address in enumerate(given))))
    assert told == [
        f"jkbus.yaml:4: buses[0].packs[0].address: address 16 {above}",
        f"jkbus.yaml:5: buses[0].packs[1].address: address 0x10 {above}",
        f"jkbus.yaml:6: buses[0].packs[2].address: address -1 {above}",
        f"jkbus.yaml:7: buses[0].packs[3].address: address '{'9' * 40}…' {above}",
        f"jkbus.yaml:8: buses[0].packs[4].address: {other}, not 'x'",
        f"jkbus.yaml:9: buses[0].packs[5].address: {other}, not 1.5",
        f"jkbus.yaml:10: buses[0].packs[6].address: {other}, not a list",
    ]


def test_a_pack_is_found_by_address_or_by_serial_number(faults: Faults) -> None:
    assert faults(
        packs("name: a, address: 1, serial: x", "name: b", "name: c, address: ", "name: d, serial: ''")
    ) == [
        "jkbus.yaml:4: buses[0].packs[0]: a pack has either an address (its DIP switch) or a serial number; "
        "remove one of them",
        "jkbus.yaml:5: buses[0].packs[1]: neither address nor serial is given; add for instance address: 0, "
        "as on the DIP switch",
        "jkbus.yaml:6: buses[0].packs[2]: neither address nor serial is given; add for instance address: 0, "
        "as on the DIP switch",
        "jkbus.yaml:7: buses[0].packs[3].serial: the text is empty; remove the key or fill it",
    ]


def test_the_same_address_twice_is_told_in_any_spelling(faults: Faults) -> None:
    assert faults(packs("name: a, address: 10", "name: b, address: 0x0A")) == [
        "jkbus.yaml:5: buses[0].packs[1].address: address 10 is also that of buses[0].packs[0] (line 4); "
        "give each pack its own on its DIP switch"
    ]


def test_the_same_address_on_two_buses_is_fine(faults: Faults) -> None:
    two = "buses:\n" + "  - {link: sim:1, packs: [{name: NAME, address: 1}]}\n" * 2
    assert faults(two) == [
        "jkbus.yaml:3: buses[1].packs[0].name: name 'NAME' is also that of buses[0].packs[0] (line 2); "
        "give each pack its own"
    ]


def test_names_and_serial_numbers_are_given_once(faults: Faults) -> None:
    assert faults(
        packs("name: A b, serial: 5", "name: A b, address: 2", "name: a_b, address: 3", "name: c, serial: 5")
    ) == [
        "jkbus.yaml:5: buses[0].packs[1].name: name 'A b' is also that of buses[0].packs[0] (line 4); "
        "give each pack its own",
        "jkbus.yaml:6: buses[0].packs[2].name: 'a_b' and 'A b' of buses[0].packs[0] (line 4) "
        "make the same topic a_b; change one",
        "jkbus.yaml:7: buses[0].packs[3].serial: serial 5 is also that of buses[0].packs[0] (line 4); "
        "each pack has its own, see its label",
    ]


def test_buses_have_a_name_and_a_link_of_their_own(faults: Faults) -> None:
    assert faults(
        "buses:\n  - link: /dev/ttyUSB0\n  - link: /dev/ttyUSB0\n"
        "  - {link: sim:1, name: bus2}\n  - link: sim:1\n"
    ) == [
        "jkbus.yaml:3: buses[1].link: this link is also that of buses[0] (line 2); "
        "put all packs of one line under one bus",
        "jkbus.yaml:4: buses[2].name: name 'bus2' is also that of buses[1] (line 3); give each bus its own",
    ]


def test_a_bus_has_room_for_sixteen_packs(faults: Faults) -> None:
    assert faults(packs(*(f"name: p{n}, serial: s{n}" for n in range(17)))) == [
        "jkbus.yaml:20: buses[0].packs[16]: a bus has room for 16 packs, and this is one more; remove it"
    ]


def test_a_pack_with_an_own_link_is_known_by_its_address(faults: Faults) -> None:
    assert faults(packs("name: a, serial: 5, link: /dev/ttyUSB1", "name: b, link: /dev/ttyUSB2")) == [
        "jkbus.yaml:4: buses[0].packs[0].link: the pack behind an own link is known by its address; "
        "write address: instead of serial:",
        "jkbus.yaml:5: buses[0].packs[1]: neither address nor serial is given; add for instance address: 0, "
        "as on the DIP switch",
    ]


def test_an_own_link_is_nobody_elses(faults: Faults) -> None:
    remedy = "a pack's own link is a second wire to its RS485-1 port; remove it or name another port"
    assert faults(
        "buses:\n  - link: /dev/ttyUSB0\n    packs:\n"
        "      - {name: a, address: 0, link: /dev/ttyUSB1}\n"
        "      - {name: b, address: 1, link: /dev/ttyUSB1}\n"
        "      - {name: c, address: 2, link: /dev/ttyUSB0}\n"
        "      - {name: d, address: 3, link: 'sim:1'}\n"
        "      - {name: e, address: 4, link: 'sim:1'}\n"
    ) == [
        "jkbus.yaml:5: buses[0].packs[1].link: this link is also that of buses[0].packs[0] (line 4); "
        + remedy,
        "jkbus.yaml:6: buses[0].packs[2].link: this link is also that of buses[0] (line 2); " + remedy,
    ]


def test_an_own_link_is_checked_like_any_other(faults: Faults) -> None:
    (told,) = faults(packs("name: a, address: 0, link: 'tcp://h:1'"))
    assert told == (
        "jkbus.yaml:4: buses[0].packs[0].link: no link begins with 'tcp:'; did you mean socket://host:port?"
    )


def test_a_bus_that_never_sends_cannot_change_settings(faults: Faults) -> None:
    assert faults(
        "buses:\n  - link: sim:2\n    read_only: yes\n    writes: on\n    packs:\n"
        "      - {name: a, address: 1, writes: true}\n"
        "      - {name: b, address: 2, writes: false}\n"
        "      - {name: c, address: 0, writes: true, link: /dev/ttyUSB1}\n"
    ) == [
        "jkbus.yaml:4: buses[0].writes: a bus that is read_only cannot change settings; "
        "remove one of the two",
        "jkbus.yaml:6: buses[0].packs[0].writes: its bus is read_only; remove that, "
        "or give the pack a link: to its RS485-1 port",
    ]


def test_a_button_does_not_replace_limits(faults: Faults) -> None:
    assert faults(
        "buses: [{link: sim:2}]\nhomeassistant:\n  buttons:\n"
        "    - preset_lto\n    - calibrate_current\n    - set_clok\n"
    ) == [
        "jkbus.yaml:4: homeassistant.buttons[0]: preset_lto is no button, "
        "as a touch must not change so much; use `jkbus action`",
        "jkbus.yaml:5: homeassistant.buttons[1]: calibrate_current is no button, "
        "as a touch must not change so much; use `jkbus action`",
        "jkbus.yaml:6: homeassistant.buttons[2]: 'set_clok' is no action for a button; "
        "did you mean set_clock?",
    ]
