#!/usr/bin/env bash
# The gateway against a real Home Assistant and a real broker, below .cache/acceptance.
#   acceptance/run.sh [--stay] [--seconds N]   all checks (--stay: leave it up to look at)
#   acceptance/run.sh rules                    renew the rules that the unit tests use
#   acceptance/run.sh remote                   only an ESP32 as the remote port, played by ESPHome's own program
# HA_VERSION, HA_PYTHON: see install.sh; ESPHOME_VERSION, ESPHOME_PYTHON: see esphome.sh. HA_PORT, MQTT_PORT: fixed ports instead of free ones.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE # Home Assistant starts three times faster from compiled files
CACHE=.cache/acceptance

acceptance/install.sh "$CACHE"
if [ "${1:-}" = rules ]; then
  exec "$CACHE/venv/bin/python" acceptance/rules.py tests/outputs/homeassistant_rules.json
fi

alone() { # a program in a network of its own, where that is allowed: the ESPHome node listens everywhere
  if unshare -n true 2>/dev/null; then unshare -n sh -c 'ip link set lo up && exec "$@"' - "$@"; else "$@"; fi
}

acceptance/esphome.sh "$CACHE" "$CACHE"
worked=0
alone .venv/bin/python -m acceptance.remote "$CACHE" || worked=1
if [ "${1:-}" = remote ]; then exit "$worked"; fi
.venv/bin/python -m acceptance.check "$CACHE" "$@" || worked=1
exit "$worked"
