#!/usr/bin/env bash
# the release: build/release/bin/tappet, build/release/plugins, and the install tree in build/release/stage
need build test
configure release
compile release product
[ -x build/release/bin/tappet ] || die "this tree defines no tappet to build"
rm -rf build/release/stage
cmake --install build/release --prefix "$PWD/build/release/stage" >build/install.log
say "built build/release/stage"
