#!/usr/bin/env bash
# build and run all tests: [--preset release|dev|asan|tsan|gcc] [arguments of ctest, such as -R store]
preset=release
while [ $# -gt 0 ]; do
    case $1 in
        --preset) preset=${2:?--preset needs a name}; shift 2 ;;
        --preset=*) preset=${1#*=}; shift ;;
        *) break ;;
    esac
done
need build test
need_npm
configure "$preset"
compile "$preset"
# Every plugin of tests/abi is there: its compilers are installed.
export TAPPET_ABI_COMPLETE=1
exec ctest --test-dir "build/$preset" -j2 --output-on-failure --no-tests=error "$@" </dev/null
