#!/usr/bin/env bash
# packaging/deb.sh [--debug]   builds the Debian package from the release (or debug) program that
#                              lies in the target folder; prints its path.
set -euo pipefail
cd "$(dirname "$0")/.."

version=3.8.0
tools=${CARGO_TARGET_DIR:-target}/tools
if [ "$("$tools/bin/cargo-deb" --version 2>/dev/null)" != "cargo-deb $version" ]; then
    cargo install cargo-deb --force --version "=$version" --locked --no-default-features --root "$tools" >&2
fi
profile=(--profile release)
[ "${1:-}" != --debug ] || profile=(--profile dev)
"$tools/bin/cargo-deb" deb --no-build --no-strip --quiet --locked "${profile[@]}"
