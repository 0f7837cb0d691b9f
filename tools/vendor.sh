#!/bin/sh
# Fetches the page's three packages from npm at their pinned versions into the wheel's static/vendor, with their
# licences and the sha256 of each file in VERSIONS. Needs npm and tar; users and tests need neither.
# Files are as published, but for one address: browsers do not know what "preact" is, so hooks.js names the file.
set -eu

PREACT=11.2.0 HTM=3.1.1 UPLOT=1.6.32
target=$(cd "$(dirname "$0")/.." && pwd)/src/jkbus/web/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fetch() {  # NAME VERSION
    npm pack --silent "$1@$2" >/dev/null
    mkdir "$1"
    tar -xzf "$1-$2.tgz" -C "$1" --strip-components=1
    cp "$1/LICENSE" "$target/LICENSE.$1"
}

rm -rf "$target"
mkdir -p "$target"
fetch preact "$PREACT"
fetch htm "$HTM"
fetch uplot "$UPLOT"
cp preact/dist/preact.mjs "$target/preact.js"
sed 's|from"preact"|from"./preact.js"|' preact/hooks/dist/hooks.mjs >"$target/hooks.js"
cp htm/dist/htm.module.js "$target/htm.js"
cp uplot/dist/uPlot.iife.min.js "$target/uPlot.js"
cp uplot/dist/uPlot.min.css "$target/uPlot.css"

cd "$target"
{
    echo "# made by tools/vendor.sh"
    echo "preact $PREACT: preact.js hooks.js LICENSE.preact"
    echo "htm $HTM: htm.js LICENSE.htm"
    echo "uplot $UPLOT: uPlot.js uPlot.css LICENSE.uplot"
    sha256sum LICENSE.* *.js *.css
} >VERSIONS
