#!/usr/bin/env bash
# tests/fuzz.sh SECONDS [TARGET…]   every fuzz target, or these, for so many seconds each.
# FUZZ_JOBS: how many at a time (as many as there are processors).
#
# A crash ends it with the path of the input. That input becomes a unit test beside what it
# broke before anything else is done.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.13.1
seconds=$1
shift

if [ "$(cargo fuzz --version 2>/dev/null)" != "cargo-fuzz $version" ]; then
    # A folder of its own: the workspace's profile must not slow this tool's build.
    cargo install cargo-fuzz --version "$version" --locked --force --debug \
        --root "${CARGO_HOME:-$HOME/.cargo}" --quiet
fi

# The rooms' own overflow checks and assertions stay on; the sanitizers would need another
# compiler, and there is no unsafe code of ours for them to look at.
export CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_INCREMENTAL=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! cargo fuzz build --dev -s none --features run >"$log" 2>&1; then
    cat "$log"
    exit 1
fi
host=$(rustc -vV | sed -n 's/^host: //p')
export built=${CARGO_TARGET_DIR:-target}/$host/debug seconds

targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
    mapfile -t targets < <(cargo fuzz list)
fi

one() {
    local target=$1 kept=test-output/fuzz/$1
    mkdir -p "$kept/found" "$kept/crashes"
    # A short run begins with the seeds alone, and always alike; a long one with all that the
    # long ones before it found.
    local draw=(-seed=1) found=$kept/found
    if [ "$seconds" -ge 60 ]; then draw=(); else found=$(mktemp -d); fi
    local status=0
    "$built/$target" "$found" "fuzz/corpus/$target" "${draw[@]}" -max_total_time="$seconds" \
        -max_len=65536 -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$kept/crashes/" \
        -print_final_stats=1 >"$kept/log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 40 "$kept/log"
        echo "$target: FAILED; the input: $(grep -oE "$kept/crashes/[^ ]+" "$kept/log" | tail -n 1)"
        echo "  once more: cargo fuzz run --dev -s none --features run $target INPUT"
        return 1
    fi
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$kept/log") inputs," \
        "seed $(sed -n 's/^INFO: Seed: //p' "$kept/log")," \
        "$(sed -n 's/^stat::peak_rss_mb: *//p' "$kept/log") MB"
    if [ "$seconds" -lt 60 ]; then rm -rf "$found"; fi
}
export -f one

status=0
printf '%s\0' "${targets[@]}" |
    xargs -0 -n 1 -P "${FUZZ_JOBS:-$(nproc)}" bash -euc 'one "$0"' || status=1
echo "fuzz: $seconds s each, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
exit "$status"
