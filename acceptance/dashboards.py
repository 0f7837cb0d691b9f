"""Dashboards as `jkbus dashboard` writes them, and the blueprint for alarms, in a real Home Assistant."""

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .client import Json, Refused

if TYPE_CHECKING:
    from .check import Acceptance

BLUEPRINT = "jkbus/jkbus-alarm.yaml"
AUTOMATION = "jkbus_alarm"
ID = re.compile(r"\b(?:sensor|binary_sensor|switch|number|button|event)\.[a-z0-9_]+")
TEMPLATE = re.compile(r"\{[{%]")
NEVER = re.compile(r"(event|button)\..*|.*_last_change")  # have no state before the first time


class Dashboards:
    """Checks what `program` writes for a configuration; `settings` is Home Assistant's folder."""

    def __init__(self, acceptance: "Acceptance", program: Path, settings: Path) -> None:
        self._acceptance, self._home = acceptance, acceptance.home
        self._program, self._settings = program, settings

    def watch(self, events: list[str]) -> None:
        """Let an automation from the blueprint tell the alarms of these events."""
        self._write(["--blueprint"], self._settings / "blueprints" / "automation" / BLUEPRINT)
        self._acceptance.expect("Home Assistant takes the blueprint", self._no_blueprint)
        said = {"path": BLUEPRINT, "input": {"alarms": events}}
        automation = {"alias": AUTOMATION, "use_blueprint": said}
        self._home.rest(f"/api/config/automation/config/{AUTOMATION}", automation)
        self._acceptance.expect("and an automation of it runs", self._not_running, 10)

    def told(self) -> list[str]:
        """What lacks of the notification that a battery's alarm makes."""
        found = self._home.command("persistent_notification/get")
        ours = [note for note in found if str(note["notification_id"]).startswith("jkbus_")]
        wrong = [note for note in ours if "cells far apart" not in note["message"]]
        return [str(note) for note in wrong] or ([] if ours else ["no notification"])

    def check(self, config: Path, via: str) -> None:
        """Every card of a dashboard shows something, every template says something."""
        file = self._settings / f"jkbus-{via}.yaml"
        self._write(["--config", str(config), "--via", via], file)
        found = self._home.command("lovelace/config", url_path=f"jkbus-{via}", force=True)
        expect = self._acceptance.expect
        expect(f"the dashboard for {via} shows only what is there", lambda: self._empty(found), 120)
        expect("its tables are filled in", lambda: self._unfilled(found), 30)

    def _write(self, arguments: list[str], file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        state = {**os.environ, "XDG_STATE_HOME": str(self._settings.parent / "state")}
        command = [str(self._program), "dashboard", *arguments, "--output", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, env=state, timeout=60)
        if done.returncode:
            raise Refused(done.stderr)

    def _no_blueprint(self) -> list[str]:
        found = self._home.command("blueprint/list", domain="automation")
        error = found.get(BLUEPRINT, {}).get("error", "is not listed" if BLUEPRINT not in found else "")
        return [str(error)] if error else []

    def _not_running(self) -> list[str]:
        state = self._home.states().get(f"automation.{AUTOMATION}")
        return [] if state and state["state"] == "on" else [f"it is {state}"]

    def _empty(self, dashboard: Json) -> list[str]:
        states, shown = self._home.states(), set(ID.findall(str(dashboard)))
        faults = [f"{id} does not exist" for id in sorted(shown - states.keys())]
        without = ("unknown", "unavailable")
        for id in sorted(shown & states.keys()):
            if states[id]["state"] in without and not NEVER.fullmatch(id):
                faults.append(f"{id} is {states[id]['state']}")
        return faults if len(shown) > 100 else [f"only {len(shown)} entities", *faults]

    def _unfilled(self, dashboard: Json) -> list[str]:
        """Templates that fail, or have a value missing in them."""
        faults = []
        for content in contents(dashboard):
            if TEMPLATE.search(content):
                shown = self._home.render(content)
                if not shown.strip() or re.search(r"\{[{%]|unknown|unavailable|None", shown):
                    faults.append(f"{content[:60]!r} shows {shown[:200]!r}")
        return faults


def contents(node: Json) -> list[str]:
    """What stands in the markdown cards of a dashboard."""
    if isinstance(node, list):
        return [text for part in node for text in contents(part)]
    if not isinstance(node, dict):
        return []
    own = [node["content"]] if node.get("type") == "markdown" else []
    return own + [text for part in node.values() for text in contents(part)]
