#!/usr/bin/env bash
# Runs every step of the Dockerfiles (the container's, the add-on's) in a clean Debian instead of docker, then what
# they start, and the health check.
#   packaging/docker/try.sh        needs root (or sudo) and debootstrap; five minutes, 1 GB below .cache
set -euo pipefail
cd "$(dirname "$0")/../.."
BASE=$PWD/.cache/debian12 WORK=$PWD/.cache/container
MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
fail() { printf 'container: %s\n' "$*" >&2; exit 1; }

as_root true 2>/dev/null || fail "to try the Dockerfile you must be root, or be allowed to use sudo"
command -v debootstrap >/dev/null || as_root apt-get install -qq -y debootstrap >/dev/null ||
  fail "type: sudo apt-get install debootstrap"
if [ ! -e "$BASE/ready" ]; then
  as_root rm -rf "$BASE"
  mkdir -p "$BASE"
  as_root debootstrap --variant=minbase bookworm "$BASE" "$MIRROR" >.cache/debootstrap.log 2>&1 ||
    fail "Debian could not be unpacked; .cache/debootstrap.log tells why"
  as_root touch "$BASE/ready"
fi
try() { # a Dockerfile, its context; in a mount namespace of its own, so that nothing stays mounted
  as_root rm -rf "$WORK/stages"
  mkdir -p "$WORK/stages"
  as_root unshare --mount "$PWD/.venv/bin/python" -m acceptance.container "$1" "$2" "$BASE" "$WORK/stages"
  as_root rm -rf "$WORK/stages"
}

as_root rm -rf "$WORK"
try packaging/docker/Dockerfile .
packaging/homeassistant/assemble.sh "$WORK/repository" >/dev/null
try packaging/homeassistant/jkbus/Dockerfile "$WORK/repository/jkbus"
as_root rm -rf "$WORK"
