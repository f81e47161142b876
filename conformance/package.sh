#!/usr/bin/env bash
# The published package: packed, installed in an empty folder, its project generated and synthesized by its own CLI.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top"
npm run --silent build
tarball=$work/$(npm pack --silent --pack-destination "$work")
mkdir "$work/empty" && cd "$work/empty"
npm init -y >/dev/null
npm install --no-audit --silent "$tarball" node@24
npx groundplan --help | grep -q 'groundplan new'
npx groundplan new my-platform --preset support-chat-rag
cd my-platform
# Not published here: the tarball takes the place of the version package.json names.
npm install --no-audit --silent "$tarball"
npx cdk synth --quiet
ls cdk.out/*.template.json
npx groundplan verify .
