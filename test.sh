#!/usr/bin/env bash
# Installs what the tests need and the machine lacks, builds with warnings as errors, runs every suite, and ends with the
# line `N passed, N failed`. Needs the .NET SDK; on Debian the rest is installed, as root or through sudo.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 NO_COLOR=1
# No build server stays behind when this script ends.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
results=artifacts/test-results
passed=0 failed=0 skipped=0

finish() {
  local line="$passed passed, $failed failed"
  [ "$skipped" -gt 0 ] && line="$line, $skipped skipped"
  echo "$line"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

give_up() {
  echo "test.sh: $1" >&2
  failed=$((failed + 1))
  finish
}

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Installs the Debian packages whose programs are absent; programs and packages come in pairs.
install_missing() {
  local missing=()
  while [ $# -gt 0 ]; do
    compgen -G "$1" >/dev/null || command -v "$1" >/dev/null 2>&1 || missing+=("$2")
    shift 2
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "Installing ${missing[*]}"
  # Services that packages would start are not wanted: tests start their own.
  { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "${missing[@]}"; } \
    </dev/null >"$results/apt.log" 2>&1 || give_up "could not install ${missing[*]}: $(tail -n 3 "$results/apt.log")"
}

run_dotnet_tests() {
  local trx counters
  dotnet test tests/TokenIssuer.Tests --no-build --logger trx --logger "console;verbosity=minimal" \
    --results-directory "$results" -nodeReuse:false </dev/null
  local code=$?
  trx=$(ls "$results"/*.trx 2>/dev/null | head -n 1)
  counters=$( [ -n "$trx" ] && grep -o '<Counters [^>]*>' "$trx" )
  [ -n "$counters" ] || give_up "dotnet test reported nothing"
  count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
  local total now_passed now_failed
  total=$(count total) now_passed=$(count passed)
  skipped=$((skipped + total - $(count executed)))
  now_failed=$(($(count executed) - now_passed))
  [ "$code" -ne 0 ] && [ "$now_failed" -eq 0 ] && now_failed=1
  passed=$((passed + now_passed)) failed=$((failed + now_failed))
}

# Suites of vitest ("Tests  1 failed | 12 passed | 2 skipped (15)") and of node:test ("# pass 12").
run_npm_tests() {
  local folder=$1 log="$results/npm-$(basename "$1").log" line
  echo "npm test in $folder"
  (cd "$folder" && npm ci --no-audit --no-fund && npm run build --if-present && CI=true npm test) </dev/null >"$log" 2>&1
  local code=$?
  tail -n 25 "$log"
  line=$(grep -E '^ *Tests  ' "$log" | tail -n 1)
  count() {
    local vitest node
    vitest=$(grep -oE "[0-9]+ $1" <<<"$line" | grep -oE '[0-9]+')
    node=$(grep -E "^(#|ℹ) $2 [0-9]+" "$log" | awk '{ sum += $3 } END { print sum + 0 }')
    echo $((${vitest:-0} + ${node:-0}))
  }
  local now_failed
  now_failed=$(count failed fail)
  [ "$code" -ne 0 ] && [ "$now_failed" -eq 0 ] && now_failed=1
  passed=$((passed + $(count passed pass))) failed=$((failed + now_failed)) skipped=$((skipped + $(count skipped skipped)))
}

rm -rf "$results" && mkdir -p "$results"
command -v dotnet >/dev/null || give_up "the .NET SDK is missing: https://dotnet.microsoft.com/download"
install_missing curl curl node nodejs npm npm redis-server redis-server chromium chromium '/usr/lib/postgresql/*/bin/initdb' postgresql

dotnet build TokenIssuer.sln -nodeReuse:false -p:UseSharedCompilation=false --verbosity quiet </dev/null \
  || give_up "the build failed"
run_dotnet_tests
while read -r package; do
  run_npm_tests "$(dirname "$package")"
done < <(find src samples tests \( -name node_modules -o -name bin -o -name obj \) -prune -o -name package-lock.json -print | sed 's/^src/0&/' | sort | sed 's/^0//')
finish
