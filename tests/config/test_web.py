"""web: who may reach the page, and how a mistake that would let everybody in is told."""

from pathlib import Path

import pytest

from config.conftest import Faults, Write
from jkbus.config import WebConfig, dump
from jkbus.web.passwords import hashed

BUS = "buses: [{link: 'sim:2'}]\n"
TOKEN = "0123456789abcdef0123"


def test_the_page_is_on_by_default_and_only_on_this_computer(config: Write) -> None:
    web = config(BUS).web
    assert web == config(f"{BUS}web:\n").web == WebConfig()
    assert web.enabled and web.is_local
    assert web.address == ("127.0.0.1", 8090)


def test_every_key_of_web_is_read(config: Write, folder: Path) -> None:
    for name in ("page.crt", "page.key"):
        (folder / name).write_text("PEM")
    text = (
        "web:\n"
        "  listen: 0.0.0.0:443\n"
        "  users: [{name: anna, password: !secret anna}, {name: ben, password: long enough, role: read}]\n"
        "  tokens: [{name: evcc, token: !secret evcc, role: full}]\n"
        "  cert: page.crt\n"
        "  key: page.key\n"
        "  hosts: [Battery.home.arpa]\n"
        "  trusted: [172.30.32.2, '::1']\n"
    )
    kept = hashed("correct horse")
    web = config(BUS + text, secrets=f"anna: {kept}\nevcc: {TOKEN}\n").web
    assert web.address == ("0.0.0.0", 443) and not web.is_local
    assert [(user.name, user.role) for user in web.users] == [("anna", "full"), ("ben", "read")]
    assert web.users[0].password.get_secret_value() == kept
    assert web.tokens[0].token.get_secret_value() == TOKEN
    assert web.cert is not None and web.cert.name == "page.crt"
    assert web.hosts == ("battery.home.arpa",)
    assert web.trusted == ("172.30.32.2", "::1")


def test_no_password_and_no_token_is_ever_shown(config: Write) -> None:
    users = "{users: [{name: anna, password: hunter2hunter2}], tokens: [{name: evcc, token: " + TOKEN + "}]}"
    tree = config(f"{BUS}web: {users}")
    for text in (dump(tree), repr(tree), tree.model_dump_json()):
        assert "hunter2" not in text
        assert TOKEN not in text


@pytest.mark.parametrize("listen", ["0.0.0.0:8090", "192.168.1.5:8090", "':8090'", "'[::]:8090'", "nas:8090"])
def test_a_page_for_other_computers_wants_to_know_who_comes(faults: Faults, listen: str) -> None:
    (fault,) = faults(f"{BUS}web: {{listen: {listen}}}")
    assert fault.startswith("jkbus.yaml:2: web: ")
    assert "can be reached from other computers" in fault
    assert "add users: with a name and a password, or listen: 127.0.0.1:8090" in fault


@pytest.mark.parametrize(
    "more",
    [
        "listen: 127.0.0.1:80",
        "listen: '[::1]:8090'",
        "listen: localhost:8090",
        "listen: 0.0.0.0:8090, enabled: false",
        "listen: 0.0.0.0:8090, trusted: [172.30.32.2]",
        "listen: 0.0.0.0:8090, users: [{name: anna, password: long enough}]",
        f"listen: 0.0.0.0:8090, tokens: [{{name: evcc, token: {TOKEN}}}]",
    ],
)
def test_a_page_that_not_everybody_reaches_is_right(config: Write, more: str) -> None:
    assert config(f"{BUS}web: {{{more}}}").web


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ("users: [{name: anna, password: short}]", "a password of 8 characters or more is expected"),
        ("users: [{name: anna, password: scrypt$14$8$5$abc}]", "is not complete; copy it again"),
        ("users: [{name: anna}]", "users[0].password: the key is missing"),
        ("users: [{name: ' ', password: long enough}]", "a name of 1 to 64 letters is expected"),
        ("users: [{name: a, password: long enough, role: admin}]", "full or read is expected, not 'admin'"),
        ("tokens: [{name: evcc, token: short}]", "`openssl rand -hex 24` makes one"),
        ("listen: 8090.5", "an address such as"),
        ("hosts: ['http://battery']", "without http:// and port, not 'http://battery'"),
        ("trusted: [homeassistant]", "an address such as 172.30.32.2 is expected, not 'homeassistant'"),
        ("cert: missing.pem", "there is no file"),
        ("cert: jkbus.yaml", "cert needs a key; add key: with its file"),
        ("key: jkbus.yaml", "key needs a cert; add cert: with its file"),
        (
            "users: [{name: a, password: long enough}, {name: a, password: also enough}]",
            "two users are called 'a'; give each a name of its own",
        ),
        (
            f"tokens: [{{name: a, token: {TOKEN}}}, {{name: b, token: {TOKEN}}}]",
            "two tokens are the same; give each program one of its own",
        ),
        ("hosts: [battery.home.arpa]", "add users:, or trusted: with the address of the proxy"),
    ],
)
def test_a_mistake_is_told_with_its_remedy_and_without_a_secret(faults: Faults, more: str, text: str) -> None:
    told = "\n".join(faults(f"{BUS}web: {{{more}}}"))
    assert text in told
    assert not any(secret in told for secret in ("short", "long enough", "also enough", TOKEN, "$abc"))
