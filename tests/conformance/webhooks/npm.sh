#!/usr/bin/env bash
# Signatures of npm packages against the presets: npm.sh CONFORMANCE_WEBHOOKS NODE_MODULES WORK_FOLDER
set -euo pipefail
here=$(dirname "$0")
if ! command -v node >/dev/null; then echo "skipped: no node"; exit 77; fi
for package in standardwebhooks stripe @octokit/webhooks; do
    if [ ! -d "$2/$package" ]; then
        echo "skipped: $package is not at $2; ./dev test installs it"
        exit 77
    fi
done
rm -rf "$3"
mkdir -p "$3"
node "$here/sign.mjs" "$2" "$3"
"$1" "$3"
