"""Writes the reference pages of docs/ from the code, so that they cannot disagree with it.

Run: .venv/bin/python tools/reference.py, or with --check to see whether the pages are up to date.
"""

import inspect
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from jkbus.alarms.findings import FINDINGS
from jkbus.app import Gateway
from jkbus.app.page import page as page_of
from jkbus.config import (
    AlarmsConfig,
    BusConfig,
    Config,
    DebounceConfig,
    EsphomeConfig,
    ExportConfig,
    GroupConfig,
    HistoryConfig,
    HomeAssistantConfig,
    LogConfig,
    MetricsConfig,
    MqttConfig,
    OldEntityConfig,
    PackConfig,
    TimingConfig,
    TokenConfig,
    UserConfig,
    WebConfig,
    WebhookConfig,
    demo_config,
    format_duration,
    format_size,
)
from jkbus.control.actions import ACTIONS
from jkbus.control.settings import PAIRS, SETTINGS, Setting
from jkbus.control.values import shown
from jkbus.model.alarms import ALARMS, Alarm
from jkbus.outputs.battery_topics import BATTERY, ENERGIES
from jkbus.outputs.diagnostics import BUS
from jkbus.outputs.entities import ENTITIES
from jkbus.outputs.groups import DEFAULTS
from jkbus.outputs.health_rows import HEALTH
from jkbus.protocol import About, Settings, Status
from jkbus.protocol.fields import Field
from jkbus.protocol.frames import Frame
from jkbus.web.guard import Guard
from jkbus.web.live import Live
from jkbus.web.site import site

DOCS = Path(__file__).parent.parent / "docs"
MARK = "<!-- from here on written by tools/reference.py -->"
SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The file", Config),
    ("`buses:` each", BusConfig),
    ("`packs:` each", PackConfig),
    ("`timing:`", TimingConfig),
    ("`mqtt:`", MqttConfig),
    ("`groups:` each of status, cells, temperatures, alarms, settings, counters, info", GroupConfig),
    ("`homeassistant:`", HomeAssistantConfig),
    ("`history:`", HistoryConfig),
    ("`alarms:`", AlarmsConfig),
    ("`debounce:`", DebounceConfig),
    ("`webhook:`", WebhookConfig),
    ("`export:` each", ExportConfig),
    ("`metrics:`", MetricsConfig),
    ("`web:`", WebConfig),
    ("`users:` each", UserConfig),
    ("`tokens:` each", TokenConfig),
    ("`esphome:`", EsphomeConfig),
    ("`entities:` each, below pack, platform and old key; and `broadcast:`", OldEntityConfig),
    ("`log:`", LogConfig),
)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    names = list(head)
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def configuration() -> str:
    """Every key of every section."""
    parts = []
    for title, model in SECTIONS:
        rows = [
            (f"`{name}`", default(name, field), field.description or "")
            for name, field in model.model_fields.items()
        ]
        parts.append(f"## {title}\n\n" + table(("key", "default", "meaning"), rows))
    return "\n".join(parts)


def default(name: str, field: Any) -> str:
    """The default of a key as one would write it."""
    value = field.default
    if field.is_required():
        return "needed"
    if field.default_factory is not None:
        return "see above"
    if value is None or isinstance(value, BaseModel) or value in ((), {}, ""):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    times = {
        "interval",
        *TimingConfig.model_fields,
        *HistoryConfig.model_fields,
        *DebounceConfig.model_fields,
    }
    durations = "Duration" in str(field.annotation) or name in times
    if isinstance(value, float) and durations and name != "missed_cycles":
        return f"`{format_duration(value)}`"
    if name == "spool":
        return f"`{format_size(value)}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def remarks(frame: type[Frame]) -> dict[str, str]:
    """The comment behind each row, by name."""
    found = re.findall(r"^    (\w+) = \w+\(.*?\)  # (.*)$", inspect.getsource(frame), re.MULTILINE)
    return dict(found)


def place(row: Field) -> str:
    """Offset in the report, and the bit."""
    return f"{row.offset}" if row.bit < 0 else f"{row.offset} bit {row.bit}"


def reports() -> str:
    """Every row of the three reports."""
    parts = []
    for frame in (Settings, Status, About):
        said = remarks(frame)
        rows = [
            (
                f"`{row.name}`",
                place(row),
                "" if row.register is None else f"0x{row.register:04X}",
                row.code,
                row.unit if row.per == 1 else f"{row.unit} / {row.per}",
                said.get(row.name, ""),
            )
            for row in frame.rows()
        ]
        parts.append(
            f"## {frame.__name__}\n\n{inspect.getdoc(frame)}\n\n"
            + table(("value", "offset", "register", "struct", "unit", "remark"), rows)
        )
    return "\n".join(parts)


def topics() -> str:
    """Groups with their policies, and every entity."""
    policies = [
        (
            f"`{name}`",
            f"{policy.interval:g} s",
            f"{policy.heartbeat:g} s",
            ", ".join(
                sorted({f"`{key}` {band:g}" for key, band in policy.deadband.items() if not numbered(key)})
            ),
        )
        for name, policy in DEFAULTS.items()
    ]
    parts = ["## Groups\n\n" + table(("group", "at most every", "at least every", "dead-bands"), policies)]
    for title, entities in (
        ("Entities of a pack", (*ENTITIES, *HEALTH)),
        ("Entities of a bus", BUS),
        ("Entities of the battery as a whole", (*BATTERY, *ENERGIES)),
    ):
        parts.append(
            f"## {title}\n\n" + table(("key", "name", "group", "unit", "enabled"), entity_rows(entities))
        )
    return "\n".join(parts)


def numbered(key: str) -> bool:
    return re.search(r"_(?:[2-9]|[1-3]\d)$", key) is not None


def entity_rows(entities: Iterable[Any]) -> Iterator[tuple[str, ...]]:
    """A row per entity; of the cells only the first stands for all."""
    for entity in entities:
        if numbered(entity.key) and entity.family != entity.key:
            continue
        many = " … 32" if entity.family != entity.key and entity.key.endswith("_1") else ""
        yield (
            f"`{entity.key}`{many}",
            entity.title,
            entity.group,
            entity.unit,
            "yes" if entity.enabled else "",
        )


def settings() -> str:
    """Every setting and action with range, register and meaning, and the pairs that must not cross."""
    numbers = [
        (f"`{name}`", reach(setting), f"0x{setting.register:04X}", since(setting), setting.text)
        for name, setting in SETTINGS.items()
        if not setting.switch
    ]
    switches = [
        (f"`{name}`", f"0x{setting.register:04X}{bit(setting)}", since(setting), setting.text)
        for name, setting in SETTINGS.items()
        if setting.switch
    ]
    pairs = [(f"`{lower}`", f"`{upper}`") for lower, upper in PAIRS]
    actions = [
        (f"`{name}`", f"0x{action.register:04X}", f"`{action.word}`" if action.word else "", action.text)
        for name, action in ACTIONS.items()
    ]
    return "\n".join(
        (
            "## Numbers\n\n" + table(("setting", "range", "register", "from", "what it does"), numbers),
            "## Switches\n\n" + table(("setting", "register", "from", "what it does"), switches),
            "## Pairs that must not cross\n\n" + table(("must be below", "this one"), pairs),
            "## Actions\n\n" + table(("action", "register", "word", "what it does"), actions),
        )
    )


def reach(setting: Setting) -> str:
    """The range of a setting, its unit once."""
    low, high = shown(setting, setting.low), shown(setting, setting.high)
    return f"{low.removesuffix(setting.unit).rstrip()} … {high}"


def since(setting: Setting) -> str:
    """The first firmware and hardware that have a setting; "" where all have it."""
    major, minor = setting.software
    firmware = f"V{major}" if major and not minor else f"V{major}.{minor}" if major else ""
    return f"{firmware}, {setting.hardware}A" if setting.hardware else firmware


def bit(setting: Setting) -> str:
    return f" bit {setting.row.bit}" if setting.row.bit >= 0 else ""


def alarms() -> str:
    """Every alarm: what the board tells, and what the gateway finds."""
    bits = [(bit, *told(alarm)) for bit, alarm in enumerate(ALARMS)]
    return "\n".join(
        (
            "## What the boards tell\n\n" + table(("bit", "alarm", "severity", "title", "what to do"), bits),
            "## What the gateway finds\n\n"
            + table(("alarm", "severity", "title", "what to do"), map(told, FINDINGS)),
        )
    )


def told(alarm: Alarm) -> tuple[str, ...]:
    return f"`{alarm.name}`", alarm.severity.name.lower(), alarm.title, alarm.remedy


def routes() -> str:
    """Every route of the API."""
    shown_page = page_of()(Gateway(demo_config()), {}, time.monotonic)._shown
    guard = site(shown_page, Live(shown_page), time.monotonic)
    assert isinstance(guard, Guard) and isinstance(guard._app, FastAPI)
    paths: dict[str, Any] = guard._app.openapi()["paths"]
    found = [
        (operation["tags"][0], path, method.upper(), operation["summary"])
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]
    rows = [(tag, f"`{method} {path}`", summary) for tag, path, method, summary in sorted(found)]
    return "## Routes\n\n" + table(("about", "route", "what it tells or does"), rows)


PAGES = {
    "alarms.md": alarms,
    "api.md": routes,
    "configuration.md": configuration,
    "reports.md": reports,
    "mqtt.md": topics,
    "settings.md": settings,
}


def page(name: str) -> str:
    """A page as it should be: the hand-written head, then what is generated."""
    head = (DOCS / name).read_text().partition(MARK)[0].rstrip()
    return f"{head}\n\n{MARK}\n\n{PAGES[name]()}"


def main() -> None:
    stale = [name for name in PAGES if (DOCS / name).read_text() != page(name)]
    if "--check" not in sys.argv:
        for name in stale:
            (DOCS / name).write_text(page(name))
    print(f"docs: {', '.join(stale) or 'nothing'} {'is stale' if '--check' in sys.argv else 'rewritten'}")
    sys.exit(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    main()
