#!/usr/bin/env bash
# Prints the path of a MicroPython (unix port) for the tests; where there is none, puts one into DIR first.
#   tools/micropython.sh DIR
# Debian's package is unpacked below DIR with the libraries it was built for, so no root is needed and
# nothing is installed: from this machine's release if that has it, else from Debian 13 by the same mirror.
set -euo pipefail

DIR=$(realpath -m "${1:?usage: tools/micropython.sh DIR}")
RUNNABLE=$DIR/bin/micropython

say() { printf 'micropython: %s\n' "$*" >&2; }
runs() { "$1" -c 'import sys; sys.exit(sys.implementation.name != "micropython")' 2>/dev/null; }

if FOUND=$(command -v micropython) && runs "$FOUND"; then echo "$FOUND"; exit; fi
if runs "$RUNNABLE"; then echo "$RUNNABLE"; exit; fi

give_up() {
  say "$1; MicroPython is also in npm (@micropython/micropython-webassembly-pyscript, needs node)"
  exit 1
}

command -v apt-get >/dev/null && command -v dpkg >/dev/null || give_up "no Debian package manager here"
rm -rf "$DIR/apt" "$DIR/root" "$DIR/bin"
mkdir -p "$DIR/apt/lists/partial" "$DIR/apt/cache/archives/partial" "$DIR/bin"
LOG=$DIR/log
: >"$LOG" >"$DIR/apt/status"
# An empty status makes apt fetch every library, down to libc; our own folders make root needless.
APT=(-q -o "Dir::State::status=$DIR/apt/status" -o "Dir::Cache=$DIR/apt/cache"
  -o APT::Sandbox::User= -o Debug::NoLocking=1)

use_debian_13() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 -E '/debian/?$') ||
    give_up "this machine's apt knows no Debian mirror"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$DIR/apt/sources.list"
  APT+=(-o "Dir::Etc::sourcelist=$DIR/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$DIR/apt/lists")
  apt-get "${APT[@]}" update >>"$LOG" 2>&1 || give_up "Debian 13's list of packages could not be fetched (see $LOG)"
}

say "fetching MicroPython into $DIR"
if ! apt-cache policy micropython | grep -q 'Candidate: [0-9]'; then use_debian_13; fi
apt-get "${APT[@]}" -y install --download-only --no-install-recommends micropython >>"$LOG" 2>&1 ||
  give_up "its Debian package could not be fetched (see $LOG)"
for package in "$DIR"/apt/cache/archives/*.deb; do dpkg -x "$package" "$DIR/root"; done
rm -rf "$DIR/apt"

LOADER=$(find "$DIR/root" -type f -name 'ld-linux*.so.*' | head -n 1)
LIBRARIES=$(find "$DIR/root" -name 'lib*.so.*' -printf '%h\n' | sort -u | paste -sd :)
cat >"$RUNNABLE" <<EOF
#!/bin/sh
exec '$LOADER' --library-path '$LIBRARIES' '$DIR/root/usr/bin/micropython' "\$@"
EOF
chmod +x "$RUNNABLE"
runs "$RUNNABLE" || give_up "the unpacked one does not run"
echo "$RUNNABLE"
