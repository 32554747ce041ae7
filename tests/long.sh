#!/usr/bin/env bash
# The long proofs, each at its full size. Prints one line with commit and seed.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
    bench) exec cargo run --release --locked -p bench ;;
    *)
        echo "./test long bench    CPU per login, memory, start, as ratios in one run"
        exit 2
        ;;
esac
