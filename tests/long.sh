#!/usr/bin/env bash
# The long proofs, each at its full size. Prints one line with commit and seed.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
    bench)
        # The bench starts the program beside it, which `cargo run` alone would not build.
        cargo build --release --locked --bin readerpass
        exec cargo run --release --locked -p bench -- "${@:2}"
        ;;
    package)
        cargo build --locked --bin readerpass
        exec tests/package.sh "${@:2}"
        ;;
    *)
        echo "./test long bench [--json] [--enforce] [--seed N] [WORD…]"
        echo "                     CPU per login and keystroke, memory, start, beside their budgets, in one run"
        echo "./test long package [--release]"
        echo "                     the Debian package, built, installed, upgraded and purged in a Debian of its own"
        exit 2
        ;;
esac
