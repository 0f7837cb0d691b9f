"""What an owner is told of each thing that has no counterpart: a sentence with what to do."""

from __future__ import annotations

from collections.abc import Mapping

from ..config.words import shown
from .written import Report, Section, Text, said, sections, text_of

INTERNAL = "was internal, so Home Assistant never had it; it is not shown"
UNKNOWN = "is no entity of that firmware's component in any version known here; it does not come along"
EMERGENCY = (
    "shows the emergency mode; homeassistant: {buttons: [set_clock, emergency_start]} lets it be turned on"
)
OFF_AT_FIRST = "comes along, and is off after each start: a change is for one pack until you turn it on"
_FORGOTTEN = "Home Assistant forgets it"
_PORT = "it belongs to the ESP32; if that stays as a remote port, keep it in its new YAML"

WITHOUT: Mapping[str, str] = {
    "": f"was never filled there and has no value here; {_FORGOTTEN}",
    "info_device_password": f"shows a password, which jkbus never does; {_FORGOTTEN}",
    "info_device_setup_passcode": f"shows a password, which jkbus never does; {_FORGOTTEN}",
    "password": f"shows a password, which jkbus never does; {_FORGOTTEN}",
}
FILTERS: Mapping[str, str] = {
    "": "is not done here; a template or filter helper of Home Assistant does the same",
    "lambda": "is C++ that only the ESP32 runs; a template helper of Home Assistant does the same",
    "offset": "is not done here, so the value is shown as measured; a template helper adds to it",
    "throttle": "is not needed: values are sent when they change, each group at its own pace",
    "throttle_average": "is not done here: the last value is sent, at its group's own pace",
    "heartbeat": "is not needed: the native API tells a value again to whoever connects",
    "delta": "is not needed: values are sent when they change, each group with its dead-band",
    "debounce": "is not needed: values are sent when they change, each group at its own pace",
    "calibrate_linear": "is not done here, so the value is shown as measured; a helper can correct it",
    "sliding_window_moving_average": "is not done here; a filter helper of Home Assistant averages",
    "exponential_moving_average": "is not done here; a filter helper of Home Assistant averages",
    "invert": "is not done here, so on and off are shown as they are",
}
UNSAID: Mapping[str, str] = dict.fromkeys(
    ("device_class", "state_class", "entity_category"),
    "cannot be said here; it is as the old firmware declares it by itself",
) | dict.fromkeys(
    ("on_value", "on_raw_value", "on_value_range", "on_press", "on_release", "on_state"),
    "is an automation, which belongs into Home Assistant now",
)
UNSAID = {**UNSAID, "device_id": "is not kept: all entities are on the node itself"}
OF_OTHERS: Mapping[str, str] = {
    "": f"is no value of a pack, so it does not come along; {_FORGOTTEN} unless the ESP32 goes on showing it",
    "template": f"is made by C++ that only the ESP32 runs; {_FORGOTTEN}, a template helper can do the same",
    "uptime": _PORT,
    "wifi_signal": _PORT,
    "wifi_info": _PORT,
    "version": _PORT,
    "internal_temperature": _PORT,
    "restart": _PORT,
    "status": _PORT,
    "debug": _PORT,
    "homeassistant": "comes from Home Assistant, which still has it",
}
_HARDWARE = "belongs to the ESP32; its new YAML as a remote port has its own"
_DISPLAY = "is done by the ESP32; jkbus has a page for browsers instead, see docs/web.md"
_AUTOMATION = "runs on the ESP32; write it as an automation of Home Assistant"
SECTIONS: Mapping[str, str] = {
    **dict.fromkeys(("esp32", "esp8266", "rp2040", "psram", "i2c", "spi", "one_wire", "light"), _HARDWARE),
    **dict.fromkeys(("output", "status_led", "debug", "safe_mode", "preferences"), _HARDWARE),
    **dict.fromkeys(("wifi", "ethernet", "ota", "captive_portal", "improv_serial", "mdns"), _HARDWARE),
    **dict.fromkeys(("esp32_improv", "esp32_ble", "esp32_ble_tracker", "bluetooth_proxy"), _HARDWARE),
    **dict.fromkeys(("network", "dashboard_import", "external_components"), _HARDWARE),
    **dict.fromkeys(("display", "font", "image", "lvgl", "touchscreen", "animation"), _DISPLAY),
    **dict.fromkeys(("script", "interval", "globals", "button", "select", "event"), _AUTOMATION),
    "mqtt": "is not taken over; write mqtt: with url and login into the new file, see docs/mqtt.md",
    "web_server": "is replaced by the page of jkbus, at http://127.0.0.1:8090 unless web: says more",
    "logger": "is replaced by log: with level:",
    "time": "is not needed: this computer has a clock, and the button set_clock gives it to the packs",
}
OTHER_SECTION = "has no counterpart here; if it is for the ESP32, keep it in its new YAML"
_READ = {"esphome", "api", "uart", "jk_rs485_sniffer", "jk_rs485_bms", "sensor", "binary_sensor"}
_READ |= {"text_sensor", "number", "switch", "substitutions", "packages", "defaults"}
_OF_ESPHOME = {"name", "friendly_name", "comment", "project", "min_version", "area", "build_path"}
_OF_API = {"encryption", "password", "port", "id", "reboot_timeout", "batch_delay"}
_OF_API |= {"max_connections", "listen_backlog"}


def tell_sections(tree: Section, report: Report) -> None:
    """A sentence on every section that is not read at all."""
    for name, value, place in tree.pairs():
        if name not in _READ and not name.startswith("."):
            report.remark(place, shown(name).strip("'"), SECTIONS.get(name, OTHER_SECTION))
        for one in sections(value) if name in ("esphome", "api") else ():
            for key, _, where in one.pairs():
                if key not in (_OF_ESPHOME if name == "esphome" else _OF_API):
                    what = _HARDWARE if key.endswith(("options", "libraries", "includes")) else _AUTOMATION
                    report.remark(where, f"{name} {key}", what)


def tell_wire(tree: Section, report: Report) -> None:
    """A sentence on what is said of the wire: pins and times there, a link here."""
    for uart in sections(tree.get("uart")):
        pins = [key for key in ("tx_pin", "rx_pin", "flow_control_pin") if key in uart]
        if pins:
            report.remark(uart.place, f"uart {', '.join(pins)}", "are pins of the ESP32; link: says the way")
    for sniffer in sections(tree.get("jk_rs485_sniffer")):
        if "talk_pin" in sniffer:
            text = "is flow_control_pin in the new YAML of the ESP32; an adapter of this computer needs none"
            report.remark(sniffer.places["talk_pin"], "talk_pin", text)
        if "rx_timeout" in sniffer:
            report.remark(sniffer.places["rx_timeout"], "rx_timeout", "is not needed: timing is learned")
        version = sniffer.get("protocol_version")
        if isinstance(version, Text) and version != "JK02_32S":
            text = f"{said(version)} is another board's; jkbus reads packs of the JK-PB series only"
            report.remark(sniffer.places["protocol_version"], "protocol_version", text)
    intervals = [pack for pack in sections(tree.get("jk_rs485_bms")) if "update_interval" in pack]
    if intervals:
        times = ", ".join(dict.fromkeys(said(text_of(pack["update_interval"])) for pack in intervals))
        text = f"{times} is not needed: packs are read all the time, and told when a value changes"
        report.remark(intervals[0].places["update_interval"], "update_interval", text)
