#!/usr/bin/env bash
# Prints the folder of a Python with cfn-lint, moto and boto3 in pinned versions; installs them on the first call.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${GROUNDPLAN_CACHE:-$HOME/.cache/groundplan}
venv=$cache/aws-python-$(sha256sum "$here/requirements.txt" | cut -c1-12)
if [ ! -f "$venv/complete" ]; then
  mkdir -p "$cache"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
  touch "$venv/complete"
fi
echo "$venv/bin"
