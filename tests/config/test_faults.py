"""Every fault in the values of a configuration, with the line that tells it."""

from __future__ import annotations

import pytest

from config.conftest import Faults

BUS = "buses: [{link: sim:2}]\n"
DURATION = "a duration such as 5s, 500ms, 2min or 1h30min is expected"
SECTION = "a section (lines of key: value) is expected"
LIST = "a list (lines that begin with a dash) is expected"
NO_FILE = "; mend the path, as seen from the configuration"


def test_all_faults_are_told_at_once_by_line(faults: Faults) -> None:
    assert faults(
        "mqtt: {url: mqtt://h, prot: 5}\n"
        "buses:\n"
        "  - link: /dev/ttyUSB0\n"
        "    timing: {gap: soon}\n"
        "    packs:\n"
        "      - {name: a, address: 0}\n"
        "      - {name: b, adress: 1}\n"
        "      - {name: c, address: 0}\n"
        "log: {level: loud}\n"
        "homeassistant: {discovery_prefix: !secret prefix}\n"
    ) == [
        "jkbus.yaml:1: mqtt.prot: unknown key; known here: url, username, password, topic, client_id, "
        "ca, cert, key, insecure, groups",
        f"jkbus.yaml:4: buses[0].timing.gap: {DURATION}, not 'soon'",
        "jkbus.yaml:7: buses[0].packs[1].adress: unknown key; did you mean address?",
        "jkbus.yaml:8: buses[0].packs[2].address: address 0 is also that of buses[0].packs[0] (line 6); "
        "give each pack its own on its DIP switch",
        "jkbus.yaml:9: log.level: debug, info, warning or error is expected, not 'loud'",
        "jkbus.yaml:10: homeassistant.discovery_prefix: there is no secrets.yaml beside jkbus.yaml; "
        "write one with a line prefix: ...",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"{BUS}busses: 1", "2: busses: unknown key; did you mean buses?"),
        (
            f"{BUS}inverter: 1",
            "2: inverter: unknown key; known here: substitutions, buses, mqtt, homeassistant, names,"
            " history, alarms, export, metrics, web, esphome, state, log",
        ),
        (
            f"{BUS}mqtt: {{url: mqtt://h, groups: {{cell: }}}}",
            "2: mqtt.groups.cell: unknown key; did you mean cells?",
        ),
        (
            "log:\n",
            "1: buses: the key is missing; add for instance buses: [{link: /dev/ttyUSB0}]",
        ),
        (f"{BUS}mqtt:", "2: mqtt.url: the key is missing; add for instance url: mqtt://127.0.0.1:1883"),
        ("buses:\n  - name: x", "2: buses[0].link: the key is missing; add for instance link: /dev/ttyUSB0"),
        ("buses: []", "1: buses: at least one bus is needed; add for instance - link: /dev/ttyUSB0"),
        ("buses:", "1: buses: at least one bus is needed; add for instance - link: /dev/ttyUSB0"),
        ("buses: sim:1", f"1: buses: {LIST}, not 'sim:1'"),
        ("buses: {link: sim:1}", f"1: buses: {LIST}, not a section"),
        ("buses: [sim:1]", f"1: buses[0]: {SECTION}, not 'sim:1'"),
        (
            "- link: sim:1",
            "1: keys such as buses: and mqtt: are expected, not a list; write key: value lines",
        ),
        ("hello", "1: keys such as buses: and mqtt: are expected, not 'hello'; write key: value lines"),
        (f"{BUS}homeassistant: on", f"2: homeassistant: {SECTION}, not 'on'"),
        (f"{BUS}log: [info]", f"2: log: {SECTION}, not a list"),
        (
            f"{BUS}log: {{level: INFO}}",
            "2: log.level: debug, info, warning or error is expected, not 'INFO'; did you mean info?",
        ),
        (f"{BUS}log: {{level: }}", "2: log.level: debug, info, warning or error is expected, not nothing"),
        (f"{BUS}state: []", "2: state: the name of a file or directory is expected, not a list"),
        (
            f"{BUS}state: ~nobody-at-all/x",
            "2: state: nobody knows the home directory in '~nobody-at-all/x'; write the whole path",
        ),
    ],
)
def test_keys_and_kinds(faults: Faults, text: str, fault: str) -> None:
    assert faults(text) == [f"jkbus.yaml:{fault}"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("read_only: maybe", "read_only: true or false is expected, not 'maybe'"),
        ("read_only:", "read_only: true or false is expected, not nothing"),
        ("baudrate: fast", "baudrate: a whole number is expected, not 'fast'"),
        ("baudrate: 9600.5", "baudrate: a whole number is expected, not 9600.5"),
        ("baudrate: 3", "baudrate: a number from 1200 on is expected, not 3"),
        ("baudrate: 99999999", "baudrate: a number up to 4000000 is expected, not 99999999"),
        (f"baudrate: {'9' * 5000}", f"baudrate: a whole number is expected, not '{'9' * 40}…'"),
        ("rs485: kernal", "rs485: auto, kernel or rts is expected, not 'kernal'; did you mean kernel?"),
        ("rs485: x", "rs485: auto, kernel or rts is expected, not 'x'"),
        ("packs: 3", f"packs: {LIST}, not 3"),
        ("timing: [1]", f"timing: {SECTION}, not a list"),
        ("timing: {listn: 3}", "timing.listn: unknown key; did you mean listen?"),
        ("timing: {gap: -1s}", "timing.gap: a duration cannot be negative, as -1s is"),
        ("timing: {gap: 5 parsecs}", f"timing.gap: {DURATION}, not '5 parsecs'"),
        ("timing: {gap: [1]}", f"timing.gap: {DURATION}, not a list"),
        ("timing: {gap: }", f"timing.gap: {DURATION}, not nothing"),
        (
            "timing: {gap: 300ms}",
            "timing: gap 300ms is not between gap_floor 30ms and gap_ceiling 250ms; change one",
        ),
        ("timing: {answer_timeout: 0}", "timing.answer_timeout: a number above 0 is expected, not 0"),
        ("timing: {missed_cycles: 0}", "timing.missed_cycles: a number above 0 is expected, not 0"),
        ("timing: {missed_cycles: .inf}", "timing.missed_cycles: a number is expected, not '.inf'"),
        ("timing: {missed_cycles: nan}", "timing.missed_cycles: a number is expected, not 'nan'"),
        ("name: ''", "name: the name is empty; give one such as garage-1"),
        ("name: [x]", "name: a text is expected, not a list"),
        ("name: 电池", "name: '电池' needs a letter a to z or a digit, because topics are made of it"),
        (f"name: {'x' * 65}", "name: a name is one line of at most 64 characters"),
    ],
)
def test_values_of_a_bus(faults: Faults, line: str, fault: str) -> None:
    assert faults(f"buses:\n  - link: sim:2\n    {line}\n") == [f"jkbus.yaml:3: buses[0].{fault}"]


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("ttyUSB0", "'ttyUSB0' is no link; write the path of a serial port such as /dev/ttyUSB0"),
        ("", "'' is no link; write the path of a serial port such as /dev/ttyUSB0"),
        ("tcp://h:1", "no link begins with 'tcp:'; did you mean socket://host:port?"),
        ("sockt://h:1", "no link begins with 'sockt:'; did you mean socket://host:port?"),
        (
            "foo://x",
            "no link begins with 'foo:'; known are /dev/..., socket://host:port, esphome://host, "
            "replay:FILE, sim:6",
        ),
        ("socket://h", "the port is missing; write socket://host:port"),
        ("rfc2217://h:1", "no link begins with 'rfc2217:'; did you mean socket://host:port?"),
        ("socket://h:x", "the port is no number from 1 to 65535; write socket://host:port"),
        ("socket://h:99999", "the port is no number from 1 to 65535; write socket://host:port"),
        ("socket://h:0", "the port is no number from 1 to 65535; write socket://host:port"),
        ("socket://:1", "the host is missing; write socket://host:port"),
        ("socket:h:1", "// is missing after the scheme; write socket://host:port"),
        ("socket://[::1", "this host cannot be read; write socket://host:port, an IPv6 address in [ ]"),
        ("esphome://", "the host is missing; write esphome://host"),
        ("replay:", "the file to replay is missing; write replay:FILE"),
        ("replay:gone.hex", f"there is no file 'gone.hex'{NO_FILE}"),
        ("replay:/", f"there is no file '/'{NO_FILE}"),
        ("sim:0", "a simulated bus has 1 to 16 packs, not 0; write for instance sim:6"),
        ("sim:17", "a simulated bus has 1 to 16 packs, not 17; write for instance sim:6"),
        ("sim:many?master=no", "a simulated bus has 1 to 16 packs, not 'many'; write for instance sim:6"),
    ],
)
def test_links(faults: Faults, link: str, fault: str) -> None:
    assert faults(f"buses:\n  - link: '{link}'\n") == [f"jkbus.yaml:2: buses[0].link: {fault}"]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("h", "a broker's URL begins with mqtt://, or with mqtts:// for TLS"),
        ("http://h", "a broker's URL begins with mqtt://, or with mqtts:// for TLS"),
        ("mqtt:h", "// is missing after the scheme; write mqtt://host:port"),
        ("mqtt://", "the host is missing; write mqtt://host:port"),
        ("mqtt://a host", "the host is missing; write mqtt://host:port"),
        ("mqtts://[x", "this host cannot be read; write mqtts://host:port, an IPv6 address in [ ]"),
        ("mqtt://h:99999", "the port is no number from 1 to 65535; write mqtt://host:port"),
        ("mqtt://user:hunter2", "the port is no number from 1 to 65535; write mqtt://host:port"),
        (
            "mqtt://user:hunter/2@h",
            "a URL's password cannot hold / ? # [ ]; move it to a line password: of its own",
        ),
        ("mqtt://h/topic", "nothing may follow host and port; the prefix of the topics stands in topic:"),
    ],
)
def test_urls_of_brokers(faults: Faults, url: str, fault: str) -> None:
    assert faults(f"{BUS}mqtt:\n  url: '{url}'\n") == [f"jkbus.yaml:3: mqtt.url: {fault}"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("topic: a/#", ".topic: a topic holds no +, # or spaces and begins with no $, unlike 'a/#'"),
        ("topic: /a", ".topic: no level of a topic may be empty; write for instance jkbus or home/jkbus"),
        ("topic: ''", ".topic: no level of a topic may be empty; write for instance jkbus or home/jkbus"),
        ("client_id: ''", ".client_id: the text is empty; remove the key or fill it"),
        ("ca: gone.pem", f".ca: there is no file 'gone.pem'{NO_FILE}"),
        (f"cert: {'x' * 300}", f".cert: '{'x' * 40}…' cannot be read: file name too long"),
        ("insecure: true", ": without TLS there is no use for insecure; write mqtts:// in the url"),
        ("groups: {cells: {heartbeat: 0}}", ".groups.cells.heartbeat: a number above 0 is expected, not 0"),
        (
            "groups: {cells: {deadband: {cell_voltage: big}}}",
            ".groups.cells.deadband.cell_voltage: a number is expected, not 'big'",
        ),
        (
            "groups: {cells: {deadband: {cell_voltage: -1}}}",
            ".groups.cells.deadband.cell_voltage: a number from 0 on is expected, not -1",
        ),
        ("groups: {cells: {deadband: 3}}", f".groups.cells.deadband: {SECTION}, not 3"),
    ],
)
def test_values_of_mqtt(faults: Faults, line: str, fault: str) -> None:
    line_number = 2 if fault.startswith(":") else 4
    assert faults(f"{BUS}mqtt:\n  url: mqtt://h\n  {line}\n") == [f"jkbus.yaml:{line_number}: mqtt{fault}"]


def test_a_key_needs_its_certificate(faults: Faults) -> None:
    assert faults(f"{BUS}mqtt: {{url: mqtts://h, key: jkbus.yaml}}") == [
        "jkbus.yaml:2: mqtt: key needs a certificate; add cert: with its file"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "url: 'mqtt://me:hunter2@h:x'",
        "url: 'mqtt://me:hunter2'",
        "url: 'me:hunter2@h'",
        "url: ['mqtt://me:hunter2@h']",
        "url:mqtt://me:hunter2@h",
        "mqtt://me:hunter2@h: 1",
        "'mqtt://me:hunter2@h': 1",
        "{mqtt://me:hunter2@h}",
        "password: [hunter2]",
        "password: {hunter2: 1}",
        "password: @hunter2",
        "password: *hunter2",
        "password: %hunter2",
        "password: |hunter2",
        "password: !hunter2",
        "password: !h!hunter2 x",
        "password: &hunter2",
        "password: 'hun'hunter2",
        'password: "\\hunter2"',
        'password: "\\hunter2',
        "password: ${hunter2}",
        "password: $${hunter2}",
        "password: ${hunter2",
        "groups: !secret password",
        "topic: ['${pass}', !secret password]",
        "topic: {a: !secret password}",
        "insecure: !secret password",
        "insecure: ${pass}",
        "insecure: !env_var HUNTER",
        "ca: !secret password",
        "url: !secret password",
        "url: ${pass}",
        "client_id: !env_var HUNTER\n  topic: !env_var HUNTER_TOPIC",
    ],
)
def test_no_fault_shows_a_password(faults: Faults, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("HUNTER", "hunter2")
    monkeypatch.setenv("HUNTER_TOPIC", "hunter2/#")
    told = faults(
        f"substitutions: {{pass: !secret password}}\n{BUS}mqtt:\n  {text}\n",
        secrets="password: hunter2\n",
    )
    assert told
    assert not any("hunter" in line.lower().replace("env_var hunter", "") for line in told)
