#!/usr/bin/env bash
# The gateway against a real Home Assistant and a real broker, below .cache/acceptance.
#   acceptance/run.sh [--stay] [--seconds N]   all checks (--stay: leave it up to look at)
#   acceptance/run.sh rules                    renew the rules that the unit tests use
# HA_VERSION, HA_PYTHON: see install.sh. HA_PORT, MQTT_PORT: fixed ports instead of free ones.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE # Home Assistant starts three times faster from compiled files
CACHE=.cache/acceptance

acceptance/install.sh "$CACHE"
if [ "${1:-}" = rules ]; then
  exec "$CACHE/venv/bin/python" acceptance/rules.py tests/outputs/homeassistant_rules.json
fi
exec .venv/bin/python -m acceptance.check "$CACHE" "$@"
