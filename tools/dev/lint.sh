#!/usr/bin/env bash
# clang-tidy on the .cpp files that differ from main (--all: on every one), then the tree's own rules (tests/tidy)
need build test lint
configure dev
case ${1:-} in
    --all) mapfile -t files < <(cpp_files) ;;
    '')
        base=$(git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)
        mapfile -t files < <(cpp_files "$base")
        ;;
    *) die "usage: ./dev lint [--all]" ;;
esac
compile dev tidy
build/dev/bin/tidy .
for file in "${files[@]}"; do
    # Files outside the compilation database (benches, fuzzers of another preset) have no flags to be read with.
    if [[ $file == *.cpp ]] && grep -q "/$file\"" build/dev/compile_commands.json; then printf '%s\0' "$file"; fi
done | xargs -0 -r -P2 -n1 clang-tidy-16 --quiet -p build/dev
