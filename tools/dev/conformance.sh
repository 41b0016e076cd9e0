#!/usr/bin/env bash
# run every published suite: [folder of the vectors, ../shared/vectors by default] [names]
# when: tests/conformance/*/CMakeLists.txt
need build test
need_npm
folder=$(realpath -m "${1:-../shared/vectors}")
[ $# -eq 0 ] || shift
configure release
names=("$@")
if [ $# -eq 0 ]; then
    mapfile -t names < <(for f in tests/conformance/*/CMakeLists.txt; do basename "$(dirname "$f")"; done)
fi
compile release "${names[@]/#/conformance_}"
failed=() skipped=() passed=()
for name in "${names[@]}"; do
    echo "== $name"
    suite=()  # a suite that does not come from the folder knows its own place
    [ ! -d "$folder/$name" ] || suite=("$folder/$name")
    status=0
    "build/release/bin/conformance_$name" "${suite[@]}" || status=$?
    case $status in
        0) passed+=("$name") ;;
        77) skipped+=("$name") ;;
        *) failed+=("$name") ;;
    esac
done
echo
echo "suites passed: ${passed[*]:-none}; skipped: ${skipped[*]:-none}; failed: ${failed[*]:-none}"
[ ${#failed[@]} -eq 0 ]
