#!/usr/bin/env bash
# A message of the engine against a receiver's own package: npm.sh TAPPET PLUGINS NODE_MODULES WORK_FOLDER
set -euo pipefail
here=$(dirname "$0")
if ! command -v node >/dev/null; then echo "skipped: no node"; exit 77; fi
if [ ! -d "$3/standardwebhooks" ]; then
    echo "skipped: standardwebhooks is not at $3; ./dev test installs it"
    exit 77
fi
rm -rf "$4"
mkdir -p "$4/flows"
node "$here/receive.mjs" "$@"
