#!/usr/bin/env bash
# fuzz one target of tests/fuzz or all in turn: [NAME] [seconds each, 60 by default]
# when: tests/fuzz/*/CMakeLists.txt
need build test
configure fuzz
names=("${1:-}")
if [ -z "${1:-}" ]; then mapfile -t names < <(for f in tests/fuzz/*/CMakeLists.txt; do basename "$(dirname "$f")"; done); fi
for name in "${names[@]}"; do
    [ -f "tests/fuzz/$name/CMakeLists.txt" ] || die "no tests/fuzz/$name"
    compile fuzz "fuzz_$name"
    found=build/fuzz/found/$name
    mkdir -p "$found"
    say "fuzzing $name for ${2:-60} s; what it finds goes to $found"
    "build/fuzz/bin/fuzz_$name" -max_total_time="${2:-60}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$found/" "$found" "tests/fuzz/$name/corpus"
done
