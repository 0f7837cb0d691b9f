"""The YAML of the ESP32 firmware most owners come from, as a configuration of ours."""
