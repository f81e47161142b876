#!/usr/bin/env bash
# Deploys presets into an emulated account: bootstrap, deploy, read back, deploy again without a change, destroy.
#
#   deploy.sh [preset…]     default: every preset that raises something on AWS
#
# The emulator is asked by the name localhost: with an address its look-up of uploaded templates fails. Stacks are made
# directly, not by change sets, for the emulator forgets the exports of those.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
export PATH="$top/node_modules/.bin:$PATH"
python=$(bash "$here/python.sh") || exit 1
work=$(mktemp -d)
port=${GROUNDPLAN_EMULATOR_PORT:-$("$python/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
export HOME="$work/home" AWS_ENDPOINT_URL="http://localhost:$port"
export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_EC2_METADATA_DISABLED=true
export CDK_DISABLE_CLI_TELEMETRY=true NO_COLOR=1
mkdir -p "$HOME"
emulator=
trap '[ -n "$emulator" ] && kill "$emulator" 2>/dev/null; rm -rf "$work"' EXIT

start_emulator() {
  [ -n "$emulator" ] && kill "$emulator" 2>/dev/null && wait "$emulator" 2>/dev/null
  echo '{"kinds": [], "attributes": [], "failed": []}' >"$work/report.json"
  "$python/python" "$here/emulator.py" "$port" "$work/report.json" >"$work/emulator.log" 2>&1 &
  emulator=$!
  for _ in $(seq 100); do
    curl --silent --output /dev/null "$AWS_ENDPOINT_URL/moto-api/data.json" && return 0
    sleep 0.3
  done
  echo 'the emulator did not start'; tail -5 "$work/emulator.log"; return 1
}

field() { "$python/python" -c 'import json,sys; print(json.load(open(sys.argv[1])).get(sys.argv[2]) or "")' "$1" "$2"; }

deploy_preset() {
  local preset=$1 app="$work/$1" log="$work/$1.log" begin=$SECONDS region recovery
  start_emulator || return 1
  node "$here/synth.ts" "$preset" "$app" >"$log" 2>&1 || { tail -20 "$log"; return 1; }
  region=$(field "$app/expected.json" region)
  recovery=$(field "$app/expected.json" recoveryRegion)
  export AWS_REGION=$region AWS_DEFAULT_REGION=$region
  for each in $region $recovery; do
    timeout 120 cdk bootstrap "aws://123456789012/$each" --app "$app" --no-notices --ci >"$log" 2>&1 || { tail -20 "$log"; return 1; }
  done
  timeout 300 cdk deploy --all --app "$app" --method direct --require-approval never --no-notices --ci >"$log" 2>&1 || { tail -20 "$log"; return 1; }
  "$python/python" "$here/read_back.py" "$app/expected.json" "$work/report.json" deployed || return 1
  timeout 300 cdk deploy --all --app "$app" --method direct --require-approval never --no-notices --ci >"$log" 2>&1 || { tail -20 "$log"; return 1; }
  local unchanged stacks
  unchanged=$(grep -c '(no changes)' "$log")
  stacks=$("$python/python" -c 'import json,sys; print(len(json.load(open(sys.argv[1]))["stacks"]))' "$app/expected.json")
  echo "  second deployment: $unchanged of $stacks stacks unchanged"
  [ "$unchanged" -eq "$stacks" ] || return 1
  timeout 300 cdk destroy --all --app "$app" --force --no-notices --ci >"$log" 2>&1 || { tail -20 "$log"; return 1; }
  "$python/python" "$here/read_back.py" "$app/expected.json" "$work/report.json" destroyed || return 1
  echo "  $((SECONDS - begin)) s"
}

presets=("$@")
[ ${#presets[@]} -gt 0 ] || mapfile -t presets < <(node -e "import('$here/cases.ts').then((m) => console.log(m.awsPresets.join('\n')))")
failed=0
for preset in "${presets[@]}"; do
  deploy_preset "$preset" || { echo "FAILED  $preset"; failed=$((failed + 1)); }
done
echo "${#presets[@]} presets deployed into the emulator, $failed failed"
[ "$failed" -eq 0 ] && [ ${#presets[@]} -gt 0 ]
