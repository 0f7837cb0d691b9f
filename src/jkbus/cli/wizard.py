"""`init`: find the bus, say what is on it, write a configuration."""

import asyncio
from pathlib import Path

from ..app import hearing
from ..app.surveying import Survey
from ..app.writing import address, write
from ..config import Broker, template
from ..config.urls import check_link, parse_broker
from ..config.values import check_name, slug
from ..config.words import BadValue
from ..errors import UsageError
from ..transport.links import Link, ports
from . import asking
from .listening import opened

ASK_FOR = 20.0  # s at most to ask packs that nobody else asks


def init(config: Path, link: str | None, mqtt: str | None, yes: bool, seconds: float, baudrate: int) -> None:
    """Ask, listen, tell and write; with `yes` ask nothing."""
    if config.exists():
        kept = UsageError(
            f"{config} is there already; nothing was changed, name another file or move that one away"
        )
        if yes or not asking.confirm(f"{config} is there already; replace it?", False):
            raise kept
    broker = parse_broker(mqtt) if mqtt else None
    url = link or find(yes)
    survey = asyncio.run(hear(url, seconds, yes, baudrate))
    told = hearing.told(survey)
    print("\n".join(["", *told]))
    packs = [(pack.address, f"pack-{pack.address}") for pack in survey.battery.packs]
    named = [(name, address) for address, name in packs] if yes else names(packs)
    if broker is None and not yes:
        broker = ask_broker()
    text = template(url, named, None if broker is None else address(broker), told[0])
    write(config, text, broker)
    print(f"\n{config} is written; `jkbus run {config}` starts the gateway")


def find(yes: bool) -> str:
    """The link to use. Raises UsageError where only a person could tell."""
    found = [(port.path, port.description) for port in ports()]
    if yes:
        if len(found) == 1:
            return found[0][0]
        there = ", ".join(path for path, _ in found)
        raise UsageError(
            f"there are several serial ports: {there}; say which with --link"
            if found
            else "no serial port was found; plug the adapter in, or say with --link where the bus is"
        )
    print(
        "Where is the bus?" if found else "No serial port was found; a network gateway is socket://host:port."
    )
    if not found:
        return asking.ask("Link", check=_usable)
    return asking.choose("Number, or another link", found, _usable)


def _usable(answer: str) -> None:
    if not answer:
        raise UsageError("plug the adapter in and start again, or type where the bus is")
    check_link(answer)


async def hear(url: str, seconds: float, yes: bool, baudrate: int) -> Survey:
    """Listen; when nobody speaks, ask the packs if we may."""
    async with opened(url, baudrate) as link:
        print(f"Listening on {link.url} for {seconds:g} s ...", flush=True)
        survey = Survey(link, read_only=True)
        await survey.run(seconds, lambda _: None)
        if survey.bus.nodes or not link.can_write or not (yes or _may_ask(survey)):
            return survey
        return await poll(link)


def _may_ask(survey: Survey) -> bool:
    said = "only noise" if survey.bus.counters.bytes_in else "nothing"
    return asking.confirm(f"There is {said}. Ask the packs, as a master does?", True)


async def poll(link: Link) -> Survey:
    """Ask every address, as the master of a bus without one."""
    print("Asking addresses 1 to 15 ...", flush=True)
    survey = Survey(link, read_only=False, listen=0.5)
    await survey.run(ASK_FOR, lambda _: None)
    return survey


def names(packs: list[tuple[int, str]]) -> list[tuple[str, int]]:
    """A name for each pack, as a person wants it."""
    if packs:
        print("\nNames for the packs, as Home Assistant will show them:")
    named: list[tuple[str, int]] = []

    def check(answer: str) -> None:
        check_name(answer)
        if slug(answer) in [slug(name) for name, _ in named]:
            raise BadValue(f"another pack is called {answer}; each needs a name of its own")

    for number, proposed in packs:
        named.append((asking.ask(f"  address {number}", proposed, check), number))
    return named


def ask_broker() -> Broker | None:
    """The MQTT broker with its login, None if there is none."""
    question = "\nMQTT broker, such as mqtt://192.168.1.5 (empty: none)"
    url = asking.ask(question, check=lambda answer: answer and parse_broker(answer))
    if not url:
        return None
    broker = parse_broker(url)
    if broker.username is None:
        username = asking.ask("  user (empty: none)") or None
        password = asking.secret("  password") if username else None
        broker = Broker(broker.host, broker.port, broker.tls, username, password or None)
    return broker
