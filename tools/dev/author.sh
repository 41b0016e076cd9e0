#!/usr/bin/env bash
# what a plugin's author does, from an installed engine to an answered request: seconds of each part
need build test
configure release
compile release product
exec tests/author/author.sh "$PWD/build/release" "$PWD/build/release/author"
