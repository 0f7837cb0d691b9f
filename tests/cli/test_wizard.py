"""`init`: asks, listens, says what it hears, and writes a configuration that works."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from jkbus.app import hearing
from jkbus.app.surveying import Survey
from jkbus.cli import asking, wizard
from jkbus.config import load
from jkbus.errors import LinkError, UsageError
from jkbus.transport.links import PortInfo
from shell import Ended, jkbus

Command = Callable[..., Ended]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the configuration goes."""
    return tmp_path / "jkbus.yaml"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts lines on the keyboard."""
    return lambda *lines: monkeypatch.setattr(
        "sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines))
    )


def test_without_questions_it_takes_what_it_hears(hurried: Command, file: Path) -> None:
    done = hurried("init", str(file), "--link", "sim:4", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "A JK master (pack 0) polls this bus; packs 1, 2 and 3 answer it." in done.out
    assert f"{file} is written; `jkbus run {file}` starts the gateway" in done.out
    (bus,) = load(file).buses
    assert (bus.link, [(pack.name, pack.address) for pack in bus.packs]) == (
        "sim:4",
        [("pack-0", 0), ("pack-1", 1), ("pack-2", 2), ("pack-3", 3)],
    )
    assert "# A JK master (pack 0) polls this bus" in file.read_text()


def test_packs_that_nobody_asks_are_asked_with_consent(
    hurried: Command, file: Path, typed: Callable[..., None]
) -> None:
    typed("y", "cellar", "cellar", "garage", "")
    done = hurried("init", str(file), "--link", "sim:2?master=no")
    assert done.code == 0
    assert "Packs 1 and 2 answered us; nobody else asks, so jkbus will be the master." in done.out
    assert "another pack is called cellar; each needs a name of its own" in done.out
    config = load(file)
    assert [(pack.name, pack.address) for pack in config.buses[0].packs] == [("cellar", 1), ("garage", 2)]
    assert config.mqtt is None


def test_without_consent_nobody_is_asked(hurried: Command, file: Path, typed: Callable[..., None]) -> None:
    typed("n", "")
    done = hurried("init", str(file), "--link", "sim:2?master=no")
    assert done.code == 0
    assert "Not a byte was heard.\n- swap A and B" in done.out
    assert load(file).buses[0].packs == ()


def test_a_typed_password_goes_to_the_secrets(
    hurried: Command, file: Path, typed: Callable[..., None]
) -> None:
    typed("", "", "http://host", "mqtts://host", "me", 'pa"ss')
    done = hurried("init", str(file), "--link", "sim:2")
    assert done.code == 0 and "a broker's URL begins with mqtt://" in done.out
    assert "pa" not in file.read_text().partition("mqtt:\n")[2].partition("\n#")[0].replace("password", "")
    assert "password: !secret mqtt_password" in file.read_text()
    mqtt = load(file).mqtt
    assert mqtt is not None
    broker = mqtt.broker
    assert (broker.host, broker.port, broker.tls, broker.username, broker.password) == (
        "host",
        8883,
        True,
        "me",
        'pa"ss',
    )
    assert (file.parent / "secrets.yaml").stat().st_mode & 0o777 == 0o600


def test_secrets_that_are_there_already_are_kept(hurried: Command, file: Path) -> None:
    secrets = file.parent / "secrets.yaml"
    secrets.write_text("wifi: x\nmqtt_password: other")
    assert hurried("init", str(file), "--link", "sim:2", "--yes", "--mqtt", "mqtt://me:mine@host").code == 0
    assert secrets.read_text() == 'wifi: x\nmqtt_password: other\nmqtt_password_2: "mine"\n'
    mqtt = load(file).mqtt
    assert mqtt is not None and mqtt.broker.password == "mine"


def test_a_file_that_is_there_is_not_overwritten_without_asking(
    hurried: Command, file: Path, typed: Callable[..., None]
) -> None:
    file.write_text("precious")
    typed("n")
    for arguments in ([], ["--yes"]):
        done = hurried("init", str(file), "--link", "sim:2", *arguments)
        assert done.code == 2 and "is there already; nothing was changed" in done.err
    assert file.read_text() == "precious"
    typed("y", "", "", "")
    assert hurried("init", str(file), "--link", "sim:2").code == 0
    assert "precious" not in file.read_text()


def test_a_link_that_does_not_open_writes_nothing(file: Path) -> None:
    done = jkbus("init", str(file), "--link", "/dev/ttyNOTHING", "--yes")
    assert done.code == 1 and "there is no such device" in done.err
    assert not file.exists()


def test_when_nobody_answers_the_questions_it_says_how_to_go_on(
    hurried: Command, file: Path, typed: Callable[..., None]
) -> None:
    typed()
    done = hurried("init", str(file), "--link", "sim:2?master=no")
    assert done.code == 2 and "nobody answers; give --link and --yes" in done.err


@pytest.mark.parametrize(
    "found, sentence",
    [([], "no serial port was found"), (["/dev/a", "/dev/b"], "several serial ports: /dev/a, /dev/b")],
)
def test_only_one_port_can_be_taken_without_asking(
    monkeypatch: pytest.MonkeyPatch, found: list[str], sentence: str
) -> None:
    monkeypatch.setattr(wizard, "ports", lambda: [PortInfo(path, "stick") for path in found])
    with pytest.raises(UsageError, match=sentence):
        wizard.find(True)


def test_a_port_is_chosen_by_its_number_or_typed(
    monkeypatch: pytest.MonkeyPatch, typed: Callable[..., None]
) -> None:
    monkeypatch.setattr(wizard, "ports", lambda: [PortInfo("/dev/a", "stick"), PortInfo("/dev/b", "stick")])
    for answer, link in (("2", "/dev/b"), ("", "/dev/a"), ("socket://host:1", "socket://host:1")):
        typed(answer)
        assert wizard.find(False) == link


def test_a_question_comes_again_until_its_answer_can_be(typed: Callable[..., None]) -> None:
    def check(answer: str) -> None:
        if answer != "right":
            raise UsageError("wrong")

    typed("a", "b", "right")
    assert asking.ask("?", check=check) == "right"


class Silent:
    """A link on which nothing happens."""

    url, can_write = "sim:2", False

    async def read(self) -> bytes:
        raise LinkError("nothing ever comes")

    def write(self, data: bytes) -> None:
        raise AssertionError("it only listens")

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "heard, words",
    [
        (b"\xff" * 500, "an idle line that floats, or A and B swapped"),
        (bytes(range(16, 80)) * 9, "a wrong rate, or A and B swapped"),
        (bytes.fromhex("011016200001020000d6f1"), "Somebody asks the packs of this bus, but none answers."),
        (b"", "Not a byte was heard."),
    ],
)
def test_what_was_heard_is_put_into_words(heard: bytes, words: str) -> None:
    survey = Survey(Silent(), read_only=True)
    survey.bus.receive(heard, 1.0)
    survey.bus.receive(b"", 2.0)
    survey.ones = heard.count(0xFF)
    told = hearing.told(survey)
    assert words in told[0]
    assert set(hearing.HINTS) <= set(told[1:])


def test_a_link_that_cannot_be_is_asked_again(
    hurried: Command, file: Path, typed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wizard, "ports", lambda: [PortInfo("/dev/ttyUSB7", "a stick")])
    typed("ttyUSB0", "9", "sim:2", "", "", "")
    done = hurried("init", str(file))
    assert done.code == 0
    assert "'ttyUSB0' is no link" in done.out and "9 is no link" in done.out
    assert load(file).buses[0].link == "sim:2"
