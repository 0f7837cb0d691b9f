"""The dashboard for Grafana: sound, and each of its queries has an answer from real servers."""

import asyncio
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jkbus.bus.nodes import Node
from jkbus.outputs.exposition import BATTERY, LINE, PACK
from jkbus.outputs.metrics import dashboard
from jkbus.protocol import Report
from outputs.databases import Prometheus, VictoriaMetrics, scrape_config
from outputs.test_metrics import Shed, served

BOARD: dict[str, Any] = json.loads(dashboard())
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
QUERIES = sorted({target["expr"] for panel in PANELS for target in panel["targets"]})
VARIABLES = {"$bus": ".*", "$pack": ".*", "$__rate_interval": "1m", "$__range": "1h", "$__interval": "10s"}
TOOL = Path(__file__).parent.parent.parent / "tools" / "dashboard.py"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def asked(query: str) -> str:
    """A query as Grafana sends it, with everything chosen."""
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    assert "$" not in query
    return query


def cells(panel: dict[str, Any]) -> Iterator[tuple[int, int]]:
    place = panel["gridPos"]
    return itertools.product(
        range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
    )


def test_it_is_what_the_tool_makes() -> None:
    found = subprocess.run([sys.executable, TOOL, "--check"], capture_output=True, text=True)
    assert found.returncode == 0, f"{found.stdout}; run: .venv/bin/python tools/dashboard.py"


def test_it_can_be_imported() -> None:
    assert BOARD["uid"] == "jkbus" and "id" not in BOARD and BOARD["title"]
    assert BOARD["schemaVersion"] >= 36
    source, *variables = BOARD["templating"]["list"]
    assert (source["name"], source["type"], source["query"]) == ("datasource", "datasource", "prometheus")
    assert [variable["name"] for variable in variables] == ["bus", "pack"]
    for part in (*variables, *PANELS, *(target for panel in PANELS for target in panel["targets"])):
        assert part["datasource"] == SOURCE


def test_every_panel_has_its_place_and_its_number() -> None:
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert ids == list(range(1, len(ids) + 1))
    taken = [cell for panel in BOARD["panels"] for cell in cells(panel)]
    assert len(set(taken)) == len(taken) and max(x for x, _ in taken) == 23
    assert len({(panel["title"], panel["type"]) for panel in PANELS}) == len(PANELS)


def test_every_metric_it_asks_for_is_on_our_page() -> None:
    known = {
        f"{one.family}_total" if one.counter else one.family
        for table in (PACK, BATTERY, LINE)
        for one in table.values()
    }
    definitions = [variable.get("definition", "") for variable in BOARD["templating"]["list"]]
    used = {name for text in (*QUERIES, *definitions) for name in re.findall(r"jkbus_\w+", text)}
    assert used - known == {"jkbus_bus_role"} and len(used) > 25


@pytest.mark.parametrize("kind", [Prometheus, VictoriaMetrics])
async def test_every_query_has_an_answer(
    kind: type[Prometheus] | type[VictoriaMetrics], tmp_path: Path
) -> None:
    shed = Shed()
    for number, virtual in enumerate(shed.virtual):
        shed.bus.nodes[number] = node = Node(number, 0.0)
        node.hear(Report(virtual.report(2)[:300], number), asyncio.get_running_loop().time())
        node.took(0.1)
        virtual.status.battery_current, virtual.status.alarm_cell_undervoltage = 20.0, True
        virtual.status.full_charge_capacity = 280.0
        shed.hear(number)
    target = f"127.0.0.1:{shed.port}"
    server: Prometheus | VictoriaMetrics
    if kind is Prometheus:
        server = Prometheus(tmp_path / "server", [target])
    else:
        server = VictoriaMetrics(tmp_path / "server", scrape_config(tmp_path / "scrape.yml", [target]))
    async with served(shed):
        try:
            await asyncio.to_thread(server.start)
            missing = await unanswered(server, QUERIES)
        finally:
            server.kill()
    assert missing == []


async def unanswered(server: Prometheus | VictoriaMetrics, queries: list[str]) -> list[str]:
    """The queries that a server has no answer to, after as long as it may take to ask us twice."""
    left = queries
    for _ in range(100):
        left = [query for query in left if not await asyncio.to_thread(server.query, asked(query))]
        if not left:
            break
        await asyncio.sleep(0.2)
    return left
