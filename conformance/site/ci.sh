#!/usr/bin/env bash
# The documents of every preset in a real browser. Needs Chromium: taken from CHROMIUM or the path, else installed from
# Debian's packages where that is allowed; without one the check says so and is skipped (77).
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" && return
  done
  return 1
}

if ! find_chromium > /dev/null && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } \
    > /dev/null 2>&1 || true
fi
CHROMIUM="$(find_chromium)" || { echo 'no Chromium here, and none could be installed: the site is not checked'; exit 77; }
export CHROMIUM
node conformance/site/check.ts
