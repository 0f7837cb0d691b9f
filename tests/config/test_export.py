from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.conftest import Write
from jkbus.config import ExportConfig, dump
from jkbus.config.export import format_size, parse_listen, parse_size
from jkbus.config.words import BadValue
from jkbus.errors import ConfigError

BUSES = "buses: [{link: sim:2}]\n"


def one(config: Write, text: str) -> ExportConfig:
    (export,) = config(f"{BUSES}export: [{{{text}}}]").export
    return export


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("url: 'http://nas:8428'", "/write"),
        ("url: 'http://nas:8428/'", "/write"),
        ("url: 'http://nas', database: my db", "/write?db=my%20db"),
        ("url: 'http://nas', bucket: b/c, org: o", "/api/v2/write?org=o&bucket=b%2Fc"),
        ("url: 'http://nas/insert/0/influx/write?x=1'", "/insert/0/influx/write?x=1"),
        ("url: 'http://nas/ä b?x=ö y&z=%20'", "/%C3%A4%20b?x=%C3%B6%20y&z=%20"),
        ("url: 'http://nas/telegraf', database: d", "/telegraf?db=d"),
    ],
)
def test_each_server_gets_its_lines_where_it_wants_them(config: Write, text: str, target: str) -> None:
    assert one(config, text).endpoint.target == target


@pytest.mark.parametrize(
    ("text", "authorization"),
    [
        ("url: 'http://nas'", None),
        ("url: 'http://me:p%40ss@nas'", "Basic bWU6cEBzcw=="),
        ("url: 'http://nas', username: me, password: p@ss", "Basic bWU6cEBzcw=="),
        ("url: 'http://nas', bucket: b, token: abc", "Token abc"),
        ("url: 'http://nas', database: d, token: abc", "Bearer abc"),
    ],
)
def test_each_server_gets_the_login_it_understands(
    config: Write, text: str, authorization: str | None
) -> None:
    assert one(config, text).endpoint.authorization == authorization


def test_no_login_is_ever_shown(config: Write) -> None:
    tree = config(
        f"{BUSES}export:\n"
        "  - {url: 'http://me:hidden1@nas', password: hidden2}\n"
        "  - {url: 'http://box', token: hidden3}\n"
    )
    told = dump(tree) + repr(tree) + repr([export.endpoint for export in tree.export])
    assert "hidden" not in told


def test_a_database_is_called_like_its_host_and_no_two_alike(config: Write) -> None:
    tree = config(f"{BUSES}export: [{{url: 'http://nas:1'}}, {{url: 'http://nas:2', name: two}}]")
    assert [export.name for export in tree.export] == ["nas", "two"]
    with pytest.raises(ConfigError, match="two databases are called 'nas'; give each a name"):
        config(f"{BUSES}export: [{{url: 'http://nas:1'}}, {{url: 'http://nas:2'}}]")


def test_two_databases_whose_names_lead_to_one_folder_are_refused(config: Write) -> None:
    with pytest.raises(ConfigError, match="two databases are called 'My NAS'"):
        config(f"{BUSES}export: [{{url: 'http://a', name: my_nas}}, {{url: 'http://b', name: My NAS}}]")


def test_without_a_word_nothing_leaves_and_a_word_is_enough(config: Write) -> None:
    assert config(BUSES).export == () and config(BUSES).metrics is None
    metrics = config(f"{BUSES}metrics:").metrics
    assert metrics is not None and metrics.address == ("127.0.0.1", 9105)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("url: 'tcp://nas'", "begins with http://"),
        ("url: 'http://nas/#x'", "only a path may follow"),
        ("url: 'http://nas?db=x'", "only a path may follow"),
        ("url: 'http://:80'", "the host is missing"),
        ("url: 'http://nas', org: o", "org needs a bucket"),
        ("url: 'http://nas', bucket: b, database: d", "remove one of them"),
        ("url: 'http://nas', token: t, username: u", "either a token or a user"),
        ("url: 'http://u:p@nas', token: t", "either a token or a user"),
        ("url: 'http://nas', token: é", "copy it again"),
        ("url: 'http://nas', token: 'two words'", "copy it again"),
        ("url: 'http://nas', insecure: true", "https:// in the url"),
        ("url: 'http://nas', tags: {pack: x}", "given by jkbus itself"),
        ("url: 'http://nas', tags: {a-b: x}", "letters, digits and _"),
        ("url: 'http://nas', tags: {site: ''}", "the name is empty"),
        ("url: 'http://nas', spool: many", "a size such as 100MB"),
        ("url: 'http://nas', spool: 5kB", "1MB or more"),
    ],
)
def test_what_cannot_be_is_told_with_its_remedy(config: Write, text: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        one(config, text)


@given(st.integers(10**6, 10**15))
def test_a_size_is_written_as_it_is_read(size: int) -> None:
    assert parse_size(format_size(size)) == size == parse_size(size)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9105", "127.0.0.1:9105"),
        (9105, "127.0.0.1:9105"),
        (":80", "0.0.0.0:80"),
        ("[::1]:80", "[::1]:80"),
        ("box.lan:80", "box.lan:80"),
    ],
)
def test_an_address_to_listen_at_may_be_short(text: object, address: str) -> None:
    assert parse_listen(text) == address


@pytest.mark.parametrize("text", ["", "nas", "nas:", "nas:0", "nas:99999", "a b:1", "::1:80", True])
def test_no_address_is_no_address(text: object) -> None:
    with pytest.raises(BadValue, match=r"127\.0\.0\.1:9105"):
        parse_listen(text)
