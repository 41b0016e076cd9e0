#!/usr/bin/env bash
# the engine on real input, a crash in the middle included: [--keep leaves it running] [--preset release]
# when: examples/demo/CMakeLists.txt
preset=release options=()
while [ $# -gt 0 ]; do
    case $1 in
        --keep) options+=("$1") ;;
        --preset) preset=${2:?--preset needs a name}; shift ;;
        *) die "usage: ./dev demo [--keep] [--preset release|dev|gcc]" ;;
    esac
    shift
done
need build test
configure "$preset"
compile "$preset" tappet plugin_core demo_service
mkdir -p build/demo
exec examples/demo/play.sh "$PWD/build/$preset/bin" "$PWD/build/$preset/plugins" "$PWD/build/demo" "${options[@]}"
