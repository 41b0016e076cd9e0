#!/usr/bin/env bash
# all tests under sanitizers: asan (addresses and undefined behaviour) or tsan (threads) [arguments of ctest]
case ${1:-} in
    asan | tsan) ;;
    *) die "usage: ./dev sanitize asan|tsan [arguments of ctest]" ;;
esac
need sanitize
export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-16 TSAN_OPTIONS=external_symbolizer_path=/usr/bin/llvm-symbolizer-16
export UBSAN_OPTIONS=print_stacktrace=1:external_symbolizer_path=/usr/bin/llvm-symbolizer-16
set -- --preset "$@"
. tools/dev/test.sh
