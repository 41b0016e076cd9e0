#!/usr/bin/env bash
# measure in release: [rows: accept pure effect idle overload slow, or other folders of tests/bench such as plugin] [--json FILE] [--times N] [--seconds N]
# when: tests/bench/*/CMakeLists.txt
need build test bench
configure release -DTAPPET_BENCH=ON
rows=() folders=() options=()
while [ $# -gt 0 ]; do
    case $1 in
        --*) options+=("$1" "${2:?$1 needs a value}"); shift 2 ;;
        accept | pure | effect | idle | overload | slow) rows+=("$1"); shift ;;
        *) folders+=("$1"); shift ;;
    esac
done
if [ ${#rows[@]} -eq 0 ] && [ ${#folders[@]} -eq 0 ]; then rows=(accept pure effect idle overload slow); fi
if [ ${#rows[@]} -gt 0 ]; then
    compile release bench_engine
    # One folder with the plugins that ship and the one that tests load.
    mkdir -p build/release/bench-plugins
    cp build/release/plugins/core.so build/release/test-plugins/test.so build/release/bench-plugins/
    build/release/bin/bench_engine --tappet build/release/bin/tappet --plugins build/release/bench-plugins \
        --work build/release/bench-work "${options[@]}" "${rows[@]}"
fi
for name in "${folders[@]}"; do
    compile release "bench_$name"
    echo "== $name"
    "build/release/bin/bench_$name" "${options[@]}"
done
