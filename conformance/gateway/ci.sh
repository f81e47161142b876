#!/usr/bin/env bash
# The pinned LiteLLM with the configuration and hooks we emit. Needs Python, which installs the proxy on the first run.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"
command -v python3 > /dev/null || { echo 'no Python here: the gateway is not run'; exit 77; }
node conformance/gateway/litellm.ts
