#!/usr/bin/env bash
# format the C++ code, or with --check say what is not formatted
need format
mapfile -t files < <(cpp_files)
case ${1:-} in
    --check) clang-format-16 --dry-run -Werror "${files[@]}" ;;
    '') clang-format-16 -i "${files[@]}" ;;
    *) die "usage: ./dev fmt [--check]" ;;
esac
