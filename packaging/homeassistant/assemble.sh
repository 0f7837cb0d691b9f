#!/usr/bin/env bash
# Makes the add-on ready to be copied: its folder with the wheel of this checkout beside its Dockerfile.
#   packaging/homeassistant/assemble.sh DIR     DIR becomes a repository of add-ons, DIR/jkbus is the add-on
# The built wheel goes in as it is, so that nothing has to be published anywhere before. PYTHON chooses a Python
# with pip; .venv of this checkout if nothing is said.
set -euo pipefail
OUT=$(realpath -m "${1:?usage: packaging/homeassistant/assemble.sh DIR}")
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-.venv/bin/python}
mkdir -p "$OUT/jkbus"
cp packaging/homeassistant/repository.yaml "$OUT/"
cp -r packaging/homeassistant/jkbus/. "$OUT/jkbus/"
rm -f "$OUT"/jkbus/*.whl
"$PYTHON" -m pip wheel -q --no-deps -w "$OUT/jkbus" .
echo "copy $OUT/jkbus into /addons of Home Assistant, and reload the store"
