#!/usr/bin/env bash
# From an installed SDK to an answered request: plugin new → build → test → used in a flow of a running engine, in C++
# and in C. usage: author.sh BUILD_FOLDER PLACE (a folder that is made anew). Prints the seconds of each part.
set -euo pipefail
build=$1 place=$2
started=$(date +%s%N)
engine=
cleanup() { [ -z "$engine" ] || kill "$engine" 2>/dev/null || true; }
trap cleanup EXIT

since() { echo $((($(date +%s%N) - $1) / 1000000)); }
part() {  # part NAME command…: runs it, prints what it took
    local name=$1 begin log="$place/$1.log"
    shift
    begin=$(date +%s%N)
    if ! "$@" >"$log" 2>&1; then
        cat "$log"
        echo "author: $name failed" >&2
        exit 1
    fi
    printf '%-26s %8d ms\n' "$name" "$(since "$begin")"
}

rm -rf "$place"
mkdir -p "$place"
part install cmake --install "$build" --prefix "$place/first"
mv "$place/first" "$place/sdk" # what is installed may be moved
PATH=$place/sdk/bin:$PATH
mkdir -p "$place/plugins" "$place/flows"
cp "$place/sdk/plugins/core.so" "$place/plugins/"

cd "$place"
for lang in cpp c; do
    name=my-$lang
    part "$lang: plugin new" tappet plugin new "$name" --lang "$lang"
    part "$lang: configure" cmake -S "$name" -B "$name/build" -G Ninja -D CMAKE_BUILD_TYPE=Release \
        -D CMAKE_PREFIX_PATH="$place/sdk"
    part "$lang: build" cmake --build "$name/build"
    part "$lang: test" ctest --test-dir "$name/build" --output-on-failure --no-tests=error
    part "$lang: inspect" tappet plugin inspect "$name/build/plugins/$name.so"
    grep -q "$name/greet" "$lang: inspect.log"
    cp "$name/build/plugins/$name.so" plugins/
    cp "$name/flows/$name.yaml" flows/
done

# The action's own code: its input, its result, and the function.
own=$(sed -n '/^struct Greet {/,/^}$/p' my-cpp/src/my_cpp.cpp | grep -cv '^ *$')
[ "$own" -le 15 ] || { echo "author: the action takes $own lines" >&2; exit 1; }

begin=$(date +%s%N)
tappet serve --plugins plugins --flows flows --data data --listen 127.0.0.1:0 --address-file address >serve.log 2>&1 &
engine=$!
until [ -s address ] && curl -sf -m 5 -o ready "$(<address)/readyz"; do
    kill -0 "$engine" 2>/dev/null || { cat serve.log; exit 1; }
    sleep 0.02
done
address=$(<address)
for lang in cpp c; do
    answer=$(curl -sf -X POST -H 'Content-Type: application/json' -d '{"name": "Ada"}' \
        "$address/hooks/default/my-$lang/asked") || { cat serve.log; exit 1; }
    [ "$answer" = '{"text":"Hello, Ada!"}' ] || { echo "author: my-$lang answered $answer" >&2; exit 1; }
done
printf '%-26s %8d ms\n' "served and answered" "$(since "$begin")"
printf '%-26s %8d lines (15 at most)\n' "the action's own code" "$own"
printf '%-26s %8d ms (300000 at most)\n' "all of it" "$(since "$started")"
[ "$(since "$started")" -le 300000 ]
