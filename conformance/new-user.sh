#!/usr/bin/env bash
# What a new user sees: a fresh clone, an empty home folder, no credentials, the machine's own Node.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
git clone --quiet "$top" "$work/groundplan"
cd "$work/groundplan"
# The pinned runtime must come from the checkout, so whatever this script was given is taken off the path.
path=$(printf '%s' "$PATH" | tr ':' '\n' | grep -v "^$top/node_modules" | paste -sd:)
run() { env -i HOME="$work/home" PATH="$path" CI=true npm_config_cache="${npm_config_cache:-$(npm config get cache)}" "$@"; }
echo "node: $(run node --version)"
run npm ci --no-audit
begin=$SECONDS
run npm start
echo "npm start: $((SECONDS - begin)) s"
run npm run --silent groundplan -- --help >/dev/null
begin=$SECONDS
run NO_COLOR=1 npm test 2>&1 | tail -6
echo "npm test: $((SECONDS - begin)) s"
