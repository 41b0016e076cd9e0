#!/usr/bin/env bash
# kill the engine at random points under load, and check its promises: [number of kills, 1000] [options of the test]
# when: tests/crash/CMakeLists.txt
need build test
kills=1000
case ${1:-} in
    '' | -*) ;;
    *[!0-9]*) die "usage: ./dev crash [number of kills] [--seed N] [--open N] [--duplicates N] [--work FOLDER]" ;;
    *) kills=$1; shift ;;
esac
configure release
compile release crash tappet plugin_core
exec build/release/bin/crash --tappet build/release/bin/tappet --plugins build/release/plugins --kills "$kills" --open 10000 --duplicates 1000 "$@"
