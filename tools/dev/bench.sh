#!/usr/bin/env bash
# build the benches in release and run them: [names of tests/bench folders] [-- arguments of theirs]
# when: tests/bench/*/CMakeLists.txt
need build test bench
configure release -DTAPPET_BENCH=ON
names=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do names+=("$1"); shift; done
[ $# -eq 0 ] || shift
if [ ${#names[@]} -eq 0 ]; then
    mapfile -t names < <(for f in tests/bench/*/CMakeLists.txt; do basename "$(dirname "$f")"; done)
fi
compile release "${names[@]/#/bench_}"
for name in "${names[@]}"; do
    echo "== $name"
    "build/release/bin/bench_$name" "$@"
done
