#!/usr/bin/env bash
# Installs ESPHome into DIR/esphome and builds a node for this machine: its serial_proxy carries bytes between a
# serial port and ESPHome's native API, like an ESP32's. A minute the first time, 300 MB, no root.
#   acceptance/esphome.sh DIR PYTHON_DIR
#   ESPHOME_VERSION   the release (default 2026.10.0)
#   ESPHOME_PYTHON    a CPython 3.12 to 3.14 (default: one of the PATH or of pyenv, else PYTHON_DIR's)
# DIR/esphome/node tells afterwards: the program, the port it takes for its UART, its API's TCP port.
set -euo pipefail

DIR=$(realpath -m "${1:?usage: acceptance/esphome.sh DIR PYTHON_DIR}/esphome")
PREFIX=$(realpath -m "${2:?usage: acceptance/esphome.sh DIR PYTHON_DIR}")
VERSION=${ESPHOME_VERSION:-2026.10.0}
PORT=16053
UART=/tmp/jkbus-$(printf %s "$DIR" | cksum | cut -d' ' -f1) # ESPHome takes only /folder/name
PROGRAM=$DIR/.esphome/build/jkbus-port/.pioenvs/jkbus-port/program
LOG=$DIR/install.log
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf 'acceptance: %s\n' "$*" >&2; }
fail() { say "$*"; tail -n 5 "$LOG" >&2; exit 1; }
suits() { "$1" -c 'import sys, venv; sys.exit(not (3, 12) <= sys.version_info < (3, 15))' 2>/dev/null; }

choose_python() {
  local python
  for python in "${ESPHOME_PYTHON:-}" python3.14 python3.13 python3.12 python3 \
    "$HOME"/.pyenv/versions/3.1[234].*/bin/python "$PREFIX/py314/bin/python3.14"; do
    if [ -n "$python" ] && suits "$python"; then echo "$python"; return; fi
  done
  fail "ESPHome needs a CPython 3.12 to 3.14; name one: ESPHOME_PYTHON=/path/to/python3.13 make acceptance"
}

mkdir -p "$DIR"
: >"$LOG"
if [ "$("$DIR/venv/bin/esphome" version 2>/dev/null)" != "Version: $VERSION" ]; then
  PYTHON=$(choose_python)
  [ -x "$PREFIX/boot/bin/uv" ] || fail "uv is missing; run acceptance/install.sh first"
  say "installing ESPHome $VERSION"
  "$PREFIX/boot/bin/uv" venv -q --clear --python "$PYTHON" "$DIR/venv" >>"$LOG" 2>&1 &&
    "$PREFIX/boot/bin/uv" pip install -q --python "$DIR/venv/bin/python" "esphome==$VERSION" >>"$LOG" 2>&1 ||
    fail "ESPHome $VERSION could not be installed"
fi
if [ ! -x "$PROGRAM" ] || [ "$(cat "$DIR/built" 2>/dev/null)" != "$VERSION $UART $PORT" ]; then
  command -v g++ >/dev/null || fail "there is no compiler; type: sudo apt-get install g++"
  say "building a node for this machine"
  cat >"$DIR/node.yaml" <<Y
esphome:
  name: jkbus-port
host:
  mac_address: "02:4A:4B:00:00:02"
logger:
  level: INFO
api:
  port: $PORT
uart:
  - id: rs485
    baud_rate: 115200
    port: $UART
serial_proxy:
  - uart_id: rs485
    name: JK bus
    port_type: RS485
Y
  (cd "$DIR" && venv/bin/esphome compile node.yaml) >>"$LOG" 2>&1 || fail "the node could not be built"
  echo "$VERSION $UART $PORT" >"$DIR/built"
fi
printf '%s\n' "$PROGRAM" "$UART" "$PORT" >"$DIR/node"
