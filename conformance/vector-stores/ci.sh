#!/usr/bin/env bash
# The schema we emit, in a real PostgreSQL with the real extension.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"
node conformance/vector-stores/pgvector.ts
