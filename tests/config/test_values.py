"""Durations, addresses, names and URLs on their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.config import SecretUrl, format_duration, parse_address, parse_duration, redact, slug
from jkbus.config.values import check_name
from jkbus.config.words import BadValue
from jkbus.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5s", 5),
        ("500ms", 0.5),
        ("35ms", 0.035),
        ("2min", 120),
        ("2m", 120),
        ("1h", 3600),
        ("1d", 86400),
        ("1h30min", 5400),
        ("1 min 1.5 s", 61.5),
        (" 3 sec ", 3),
        ("2.5", 2.5),
        (".5s", 0.5),
        ("0", 0),
        (7, 7),
        (0.25, 0.25),
    ],
)
def test_durations_are_read_as_people_write_them(text: object, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "s", "5 parsecs", "5s!", "1:30", "five", "1e3", "inf", "nan", True, None, "٣s"]
)
def test_nonsense_is_no_duration(text: object) -> None:
    with pytest.raises(ConfigError, match="a duration such as 5s, 500ms, 2min or 1h30min is expected, not"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["-5s", -1, "-0.5"])
def test_a_duration_is_never_negative(text: object) -> None:
    with pytest.raises(ConfigError, match="a duration cannot be negative, as -"):
        parse_duration(text)


def test_a_duration_has_a_measure() -> None:
    with pytest.raises(ConfigError, match="not a number beyond measure"):
        parse_duration("9" * 400 + "s")


@given(st.integers(min_value=0, max_value=10**12))
def test_a_duration_is_written_as_it_is_read(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds / 1000)) == milliseconds / 1000


@given(st.integers(min_value=0, max_value=15))
def test_an_address_is_read_in_decimal_and_in_hexadecimal(address: int) -> None:
    for text in (address, str(address), f"0x{address:x}", f"0x{address:02X}", f" 0{address} "):
        assert parse_address(text) == address


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans())
def test_anything_else_is_no_address(text: object) -> None:
    try:
        assert 0 <= parse_address(text) <= 15
    except ConfigError as error:
        assert "0 to 15" in str(error)


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("rs485-bms0", "rs485-bms0"),
        ("Garage links 1", "garage_links_1"),
        ("Über/Straße #2", "uber_strasse_2"),
        ("a  --  b", "a_--_b"),
        ("电池", ""),
    ],
)
def test_a_name_becomes_a_part_of_a_topic(name: str, topic: str) -> None:
    assert slug(name) == topic


@given(st.text())
def test_a_topic_never_holds_what_mqtt_forbids(name: str) -> None:
    assert set(slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")
    assert slug(slug(name)) == slug(name)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mqtt://me:hunter2@h:1883", "mqtt://me:****@h:1883"),
        ("mqtt://me:hun:t@er2@h", "mqtt://me:****@h"),
        ("mqtt://:hunter2@h", "mqtt://:****@h"),
        ("esphome://h:6053/?port_name=a&key=hunter2=", "esphome://h:6053/?port_name=a&key=****"),
        ("esphome://h/?noise_psk=hunter2&x=1", "esphome://h/?noise_psk=****&x=1"),
        ("socket://10.0.0.2:8899", "socket://10.0.0.2:8899"),
        ("/dev/ttyUSB0", "/dev/ttyUSB0"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert redact(url) == SecretUrl(url).shown == shown
    assert repr(SecretUrl(url)) == repr(shown)


@pytest.mark.parametrize(
    ("name", "said"),
    [("all", "every pack at once"), ("Battery", "all packs as one"), ("cellar, left", "holds a comma")],
)
def test_a_name_that_commands_would_misread_is_refused(name: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        check_name(name)
