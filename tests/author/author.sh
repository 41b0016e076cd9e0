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
    part "$lang: configure" cmake -S "$name" -B "$name/build" -G Ninja -D CMAKE_PREFIX_PATH="$place/sdk"
    case $(ninja -C "$name/build" -t commands) in
        *' -O2 '*) ;;
        *) echo "author: $name is not optimized" >&2 && exit 1 ;;
    esac
    part "$lang: build" cmake --build "$name/build"
    part "$lang: test" ctest --test-dir "$name/build" --output-on-failure --no-tests=error
    part "$lang: inspect" tappet plugin inspect "$name/build/plugins/$name.so"
    grep -q "$name/greet" "$lang: inspect.log"
    cp "$name/build/plugins/$name.so" plugins/
    cp "$name/flows/$name.yaml" flows/
    part "$lang: test of the flow" tappet test "$name/flows" --plugins plugins
    cat >"flows/$name-received.yaml" <<-FLOW
	flow: $name-received
	triggers: [ { id: got, uses: $name/received, with: { key: a-key }, respond: { mode: sync } } ]
	steps: [ { id: greeting, uses: $name/greet, with: { name: "\${{ string(trigger.body.name) }}" } } ]
	outputs: { text: "\${{ stepResults.greeting.results.text }}" }
	FLOW
done

# With a sanitizer the tests in the mock host are left, which no engine has to load.
part "sanitized: configure" cmake -S my-cpp -B my-cpp/sanitized -G Ninja -D CMAKE_PREFIX_PATH="$place/sdk" \
    -D CMAKE_BUILD_TYPE=Debug -D CMAKE_CXX_FLAGS=-fsanitize=address
part "sanitized: build" cmake --build my-cpp/sanitized
part "sanitized: test" ctest --test-dir my-cpp/sanitized --output-on-failure --no-tests=error

# Other build systems ask pkg-config; and a version that is not installed is not taken for it.
flags=$(PKG_CONFIG_PATH=$place/sdk/lib/pkgconfig pkg-config --cflags tappet-sdk)
part "by pkg-config" cc -std=c11 -Wall -Wextra -Werror -fsyntax-only $flags my-c/src/my_c.c
library=$(PKG_CONFIG_PATH=$place/sdk/lib/pkgconfig pkg-config --cflags --libs tappet-sdk)
by_flags() {  # by_flags NAME VERSION FLAGS…: a plugin whose action says its version, into NAME-VERSION.so
    local name=$1 version=$2
    shift 2
    printf '%s\n' '#include <tappet/plugin.hpp>' \
        'static std::string say(const tappet::sdk::Context&) { return VERSION; }' \
        'void define(tappet::sdk::Plugin& p) {' \
        '    p.named(NAME, VERSION).action("say", say).title("Say the version").pure();' \
        '}' 'TAPPET_PLUGIN(define)' >by-flags.cpp
    c++ -std=c++20 -shared -fPIC by-flags.cpp -o "$name-$version.so" -DNAME="\"$name\"" -DVERSION="\"$version\"" "$@"
    tappet plugin test "$name-$version.so" --only symbols
    cat >"flows/$name.yaml" <<-FLOW
	flow: $name
	triggers: [ { id: asked, uses: core/webhook, verify: { preset: none }, respond: { mode: sync } } ]
	steps: [ { id: said, uses: $name/say } ]
	outputs: { said: "\${{ stepResults.said.results }}" }
	FLOW
}
# One definition must not stand for those of other plugins and builds, whatever flags are left out.
for version in 1 2; do
    part "pkg-config: build $version" by_flags flagged "$version" $library
    part "pkg-config: other $version" by_flags other "$version" $library
    c++ -std=c++20 -shared -fPIC -I"$place/sdk/include" by-flags.cpp -o "bare-$version.so" -DNAME='"bare"' \
        -DVERSION="\"$version\""
done
sed 's/other/bare/g' flows/other.yaml >flows/bare.yaml
for name in flagged other bare; do cp "$name-1.so" "plugins/$name.so"; done
mkdir -p other
sed 's/find_package(tappet-sdk [0-9.]*/find_package(tappet-sdk 99.0/' my-c/CMakeLists.txt >other/CMakeLists.txt
if cmake -S other -B other/build -G Ninja -D CMAKE_PREFIX_PATH="$place/sdk" >other.log 2>&1; then
    echo "author: version 99.0 of the SDK is found" >&2
    exit 1
fi
grep -q 'tappet-sdk-config.cmake, version:' other.log || { cat other.log; exit 1; }

# The action's own code: its input, its result, and the function.
own=$(sed -n '/^struct Greet {/,/^}$/p' my-cpp/src/my_cpp.cpp | grep -cv '^ *$')
[ "$own" -le 15 ] || { echo "author: the action takes $own lines" >&2; exit 1; }

begin=$(date +%s%N)
echo 'plugins: { trusted: [flagged.so, other.so, bare.so] }' >tappet.yaml # in one process, where they could meet
tappet serve --config tappet.yaml --plugins plugins --flows flows --data data --listen 127.0.0.1:0 --address-file address >serve.log 2>&1 &
engine=$!
until [ -s address ] && curl -sf -m 5 -o ready "$(<address)/readyz"; do
    kill -0 "$engine" 2>/dev/null || { cat serve.log; exit 1; }
    sleep 0.02
done
address=$(<address)
for hook in my-{cpp,c}/asked my-{cpp,c}-received/got; do
    answer=$(curl -sf -X POST -H 'Content-Type: application/json' -H 'X-Key: a-key' -d '{"name": "Ada"}' \
        "$address/hooks/default/$hook") || { cat serve.log; exit 1; }
    [ "$answer" = '{"text":"Hello, Ada!"}' ] || { echo "author: $hook answered $answer" >&2; exit 1; }
done
said() { curl -sf -X POST -d '{}' "$address/hooks/default/$1/asked" || { cat serve.log; exit 1; }; }
for name in flagged other bare; do
    [ "$(said $name)" = '{"said":"1"}' ] || { echo "author: $name answers $(said $name)" >&2; cat serve.log; exit 1; }
    cp "$name-2.so" "$name.new" && mv "$name.new" "plugins/$name.so"
done
kill -HUP "$engine"
until [ "$(said flagged)$(said other)$(said bare)" = '{"said":"2"}{"said":"2"}{"said":"2"}' ]; do
    [ "$(since "$begin")" -le 60000 ] || { echo "author: a changed build answers as the old one" >&2; cat serve.log; exit 1; }
    sleep 0.02
done
printf '%-26s %8d ms\n' "served and answered" "$(since "$begin")"
printf '%-26s %8d lines (15 at most)\n' "the action's own code" "$own"
printf '%-26s %8d ms (300000 at most)\n' "all of it" "$(since "$started")"
[ "$(since "$started")" -le 300000 ]
