#!/usr/bin/env bash
# Every kind of manifest against a real API server of the pinned version, and every pod with a real scheduler. Needs Go,
# which builds both on the first run (some minutes) and keeps them outside the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"
command -v go > /dev/null || { echo 'no Go here: the manifests are not applied to a real API server'; exit 77; }
node conformance/kubernetes/apply.ts
node conformance/kubernetes/schedule.ts
