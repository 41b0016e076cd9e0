#!/usr/bin/env bash
# all tests under sanitizers: asan (addresses and undefined behaviour) or tsan (threads) [arguments of ctest]
case ${1:-} in
    asan | tsan) ;;
    *) die "usage: ./dev sanitize asan|tsan [arguments of ctest]" ;;
esac
set -- --preset "$@"
. tools/dev/test.sh
