#!/usr/bin/env bash
# Makes this checkout ready, as far as it is not ready yet.
#   tools/setup.sh run    .venv with jkbus in it
#   tools/setup.sh test   and what the tests need: development packages, servers to talk to, MicroPython
# PYTHON=/path/to/python chooses the interpreter. In CI (CI=true) whatever is missing is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .cache

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

apt_install() { # packages; false where we may not, or where it fails
  command -v apt-get >/dev/null && as_root true 2>/dev/null || return 1
  say "installing Debian packages: $*"
  local apt=(as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
  { "${apt[@]}" install -y --no-install-recommends "$@" ||
    { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"; }; } </dev/null >.cache/apt.log 2>&1 ||
    { tail -n 5 .cache/apt.log >&2; return 1; }
}

choose_python() {
  local candidates=${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11} python
  for python in $candidates; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  fail "no Python 3.11 or newer here (tried: $candidates); install python3 of Debian 12, Ubuntu 24.04 or later, or name one: PYTHON=/path/to/python3.11 make ..."
}

venv_is_sound() { # it has pip, and was made for the interpreter and the folder that it is in now
  .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
    grep -qsF "$PWD/.venv/bin" .venv/bin/pip
}

make_venv() {
  local python
  python=$(choose_python)
  "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install "${python##*/}-venv" ||
    fail "this Python cannot make a virtual environment yet; type: sudo apt-get install ${python##*/}-venv"
  rm -rf .venv
  "$python" -m venv .venv
}

stamp() { echo "$PWD $(readlink -f .venv/bin/python) $(cksum <pyproject.toml)"; }
is_ready() { [ -x .venv/bin/python ] && [ "$(cat ".venv/ready-$1" 2>/dev/null)" = "$(stamp)" ]; }

python_packages() { # run|test, what pip shall install
  if is_ready "$1"; then return; fi
  say "preparing .venv, this happens once"
  venv_is_sound || make_venv
  .venv/bin/python -m pip install -q --disable-pip-version-check -e "$2" >.cache/pip.log 2>&1 || {
    tail -n 5 .cache/pip.log >&2
    fail "Python packages could not be installed (all of it: .cache/pip.log); is there a network?"
  }
  stamp | tee .venv/ready-run >".venv/ready-$1"
}

silence() { # a service; the tests start servers of their own, Debian starts one at installation
  if [ -d /run/systemd/system ]; then
    as_root systemctl disable --quiet --now "$1"
  else
    as_root service "$1" stop
  fi </dev/null >>.cache/apt.log 2>&1 || true
}

without() { # what is not tested, the remedy
  [ "${CI:-}" != true ] || fail "missing in CI: $1; $2"
  say "skipping $1; to have it too: $2"
}

server() { # its program, the package that has it, what is not tested without it
  command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || {
    if apt_install "$2"; then silence "$2"; else without "$3" "sudo apt-get install $2"; fi
  }
}

browser() { # the page is tested in it; the font is for its pictures
  command -v chromium >/dev/null || apt_install chromium fonts-inter fonts-dejavu-core ||
    without "the tests of the web page in a real browser" "sudo apt-get install chromium"
}

debian_packages() {
  command -v git >/dev/null || apt_install git || without "the tests that use git" "sudo apt-get install git"
  server mosquitto mosquitto "the tests with a real MQTT broker"
  server prometheus prometheus "the tests with a real Prometheus"
  server victoria-metrics victoria-metrics "the tests with a real VictoriaMetrics"
  server influxd influxdb "the tests with a real InfluxDB"
  browser
  tools/micropython.sh .cache/micropython >/dev/null ||
    without "the tests under MicroPython" "install micropython and put it on the PATH"
}

case ${1:-} in
  run) python_packages run . ;;
  test)
    python_packages test '.[dev]'
    debian_packages
    ;;
  *) fail "usage: tools/setup.sh run|test" ;;
esac
