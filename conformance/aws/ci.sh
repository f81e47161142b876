#!/usr/bin/env bash
# The AWS side: the matrix of presets and regimes, cfn-lint over its templates, deployment into an emulator.
#
#   ci.sh          pairs of the matrix, every preset deployed
#   ci.sh --all    the whole matrix (nightly)
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
export PATH="$top/node_modules/.bin:$PATH"
python=$(bash "$here/python.sh") || exit 1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

node "$here/check.ts" --out "$out" "$@" 2>"$out/synthesis.log" || { failed=1; tail -5 "$out/synthesis.log"; }

linted=0
for folder in "$out"/*/; do
  region=$(basename "$folder")
  ls "$folder"*.template.json >/dev/null 2>&1 || continue
  linted=$((linted + $(ls "$folder"*.template.json | wc -l)))
  "$python/cfn-lint" --regions "$region" --non-zero-exit-code warning --format parseable -- "$folder"*.template.json || failed=1
done
echo "cfn-lint: $linted templates"
[ "$linted" -gt 0 ] || failed=1

bash "$here/deploy.sh" || failed=1
exit $failed
