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
    soak)
        cargo build --release --locked --bin readerpass
        exec cargo run --release --locked -p bench -- --soak "${SOAK_SECONDS:-1800}" "${@:2}"
        ;;
    package)
        cargo build --locked --bin readerpass
        exec tests/package.sh "${@:2}"
        ;;
    discovery)
        # The browser drives the program as it is shipped; what drives the browser need not be fast.
        cargo build --release --locked --bin readerpass
        export DISCOVERY_PROGRAM="${CARGO_TARGET_DIR:-$PWD/target}/release/readerpass"
        cargo test --locked -p system-tests --features browser a_reader_finds_one_of_1200_libraries -- --nocapture
        echo "discovery: commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
        ;;
    fuzz)
        exec tests/fuzz.sh "${FUZZ_SECONDS:-600}" "${@:2}"
        ;;
    second-opinion)
        seed=${SEED:-1}
        cargo run --release --locked -p second-opinion --features samael --example differential -- \
            "${2:-1000000}" "$seed"
        echo "second-opinion: commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown), seed $seed"
        ;;
    corrupted)
        cargo test --locked -p system-tests every_corruption_of_every_flow -- --ignored --nocapture
        echo "corrupted: commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown), no seed: every one of them"
        ;;
    *)
        echo "./test long bench [--json] [--enforce] [--seed N] [WORD…]"
        echo "                     CPU per login and keystroke, memory, start, beside their budgets, in one run"
        echo "./test long discovery"
        echo "                     Chromium over 1,200 libraries: bytes of the first page, time from key to list"
        echo "./test long soak [--seed N]"
        echo "                     SOAK_SECONDS (1800) at half load: memory, descriptors and the slowest logins stay as they were"
        echo "./test long package [--release]"
        echo "                     the Debian package, built, installed, upgraded and purged in a Debian of its own"
        echo "./test long fuzz [TARGET…]"
        echo "                     every fuzz target, or these, for FUZZ_SECONDS (600) each; what they find is kept in test-output/fuzz"
        echo "./test long corrupted"
        echo "                     every part of every request of the four flows, corrupted in every way"
        echo "./test long second-opinion [COUNT]"
        echo "                     1,000,000 changed answers, or so many, read by our verifier and by samael; SEED (1) draws them"
        exit 2
        ;;
esac
