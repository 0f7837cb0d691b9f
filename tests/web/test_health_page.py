"""The health page explains every topic that the health package tells, and no other."""

import ast
import re
from pathlib import Path

import jkbus.health
from jkbus.health.thresholds import (
    BALANCING_WATCH,
    BOTTOM_ACT,
    CAPACITY_ACT,
    CELL_OHM_ACT,
    EFFICIENCY_ACT,
    LEAD_HEAT_ACT,
    LEAD_OHM_ACT,
    TOP_ACT,
    TREND_WATCH,
)

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "src" / "jkbus" / "web" / "static" / "js" / "health" / "topics.js").read_text()
ENTRIES = dict(re.findall(r"^  (\w+): (\{ title: .*\}),$", PAGE, re.MULTILINE))
HELPERS = {"_spread": 0, "Finding": 1}  # what makes a finding, and which argument of it is the topic


def told() -> set[str]:
    """The topics in the calls that make findings."""
    found = set()
    for path in Path(jkbus.health.__file__).parent.glob("report*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in HELPERS:
                topic = node.args[HELPERS[node.func.id]]
                if isinstance(topic, ast.Constant):
                    found.add(str(topic.value))
                else:
                    assert ast.unparse(topic) == "topic", ast.unparse(node)
    return found


def test_every_topic_that_is_told_is_explained_and_no_other() -> None:
    assert len(told()) > 15
    assert told() == set(ENTRIES)


def test_the_manual_has_every_topic_that_can_ask_for_something() -> None:
    table = set(re.findall(r"^\| (\w+) \|", (ROOT / "docs" / "health.md").read_text(), re.MULTILINE))
    assert set(ENTRIES) - table == {"share", "resistance"}, "these two are never more than fine"


def test_the_page_says_to_act_where_the_gateway_does() -> None:
    said = {
        "cable": [f"{LEAD_OHM_ACT * 1000:.0f} mΩ", f"{LEAD_HEAT_ACT:.0f} W"],
        "spread_top": [f"{TOP_ACT * 1000:.0f} mV"],
        "spread_bottom": [f"{BOTTOM_ACT * 1000:.0f} mV"],
        "spread_trend": [f"{TREND_WATCH * 1000:.0f} mV a week"],
        "cell_resistance": [f"{CELL_OHM_ACT} times"],
        "balancing": [f"{BALANCING_WATCH:.0f} hours a week"],
        "capacity": [f"{CAPACITY_ACT:.0%}".replace("%", " %")],
        "efficiency": [f"{EFFICIENCY_ACT:.0%}".replace("%", " %")],
    }
    for topic, limits in said.items():
        assert all(limit in ENTRIES[topic] for limit in limits), topic
