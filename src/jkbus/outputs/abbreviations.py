"""Home Assistant's own short names for the keys of a discovery message, which save a sixth of it."""

from collections.abc import Mapping
from typing import Any

SHORT = {
    "availability": "avty",
    "command_topic": "cmd_t",
    "default_entity_id": "def_ent_id",
    "device_class": "dev_cla",
    "enabled_by_default": "en",
    "entity_category": "ent_cat",
    "event_types": "evt_typ",
    "expire_after": "exp_aft",
    "json_attributes_topic": "json_attr_t",
    "optimistic": "opt",
    "options": "ops",
    "payload_off": "pl_off",
    "payload_on": "pl_on",
    "platform": "p",
    "state_class": "stat_cla",
    "state_off": "stat_off",
    "state_on": "stat_on",
    "state_topic": "stat_t",
    "suggested_display_precision": "sug_dsp_prc",
    "unique_id": "uniq_id",
    "unit_of_measurement": "unit_of_meas",
    "value_template": "val_tpl",
}


def shortened(component: Mapping[str, Any]) -> dict[str, Any]:
    """A component with short keys; those that have none stay as they are."""
    return {SHORT.get(key, key): value for key, value in component.items()}
