"""A dashboard of Home Assistant's as a whole, and as a file."""

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from .all_settings import all_settings
from .cells import comparison
from .home import Home
from .one_pack import one_pack
from .overview import overview

Dashboard = dict[str, Any]
_HEAD = """\
# Dashboard of jkbus for Home Assistant: {packs}.
# Settings > Dashboards > Add dashboard > New dashboard from scratch; then open it, pencil, three dots, Raw
# configuration editor, and put all of this there. docs/dashboards.md shows every step.
"""


def dashboard(home: Home, their: bool = False) -> Dashboard:
    """Overview, cells and settings of all packs, and a view for each; `their`: with jk-bms-card."""
    packs = (one_pack(pack, their) for pack in home.packs)
    views = (overview(home), comparison(home), all_settings(home), *packs)
    return {"title": "Battery", "views": [view for view in views if view is not None]}


def written(found: Dashboard, home: Home) -> str:
    """A dashboard as YAML, with what to do with it in front."""
    yaml, file = YAML(), io.StringIO()
    yaml.width, yaml.allow_unicode = 4096, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_readable(found), file)
    packs = ", ".join(" ".join(pack.name.split()) for pack in home.packs)
    return _HEAD.format(packs=packs) + file.getvalue()


def _readable(node: Any) -> Any:
    """The same, where text of several lines stands as such."""
    if isinstance(node, dict):
        return {key: _readable(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_readable(value) for value in node]
    return LiteralScalarString(node) if isinstance(node, str) and "\n" in node else node
