#!/usr/bin/env bash
# Every alert rule through Prometheus's own checker, and what the rules do with series through its unit tests. Needs
# promtool: from the path, else taken out of Debian's package into the cache; without one the check is skipped (77).
# Debian's Prometheus may be older than 3.4, where histogram_fraction does not yet read classic histograms: those rules
# are checked for syntax and types only.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"
cache="${GROUNDPLAN_CACHE:-$HOME/.cache/groundplan}/promtool"

if ! command -v promtool > /dev/null && [ ! -x "$cache/usr/bin/promtool" ] && command -v apt-get > /dev/null; then
  mkdir -p "$cache"
  (cd "$cache" && { apt-get download prometheus || { apt-get update -qq && apt-get download prometheus; }; } \
    && dpkg -x prometheus_*.deb . && rm prometheus_*.deb) > /dev/null 2>&1 || true
fi
promtool="$(command -v promtool || echo "$cache/usr/bin/promtool")"
[ -x "$promtool" ] || { echo 'no promtool here, and none could be fetched: the alert rules are not checked'; exit 77; }

rules="$(mktemp -d)"
trap 'rm -rf "$rules"' EXIT
node conformance/alerts/write-rules.ts "$rules"
"$promtool" check rules "$rules"/*.yaml
cp conformance/alerts/rules.test.yaml "$rules/rules.test.yaml"
"$promtool" test rules "$rules/rules.test.yaml"
