#!/usr/bin/env bash
# Start this checkout with `make up` and live through the README's quickstart, letter for letter.
set -euo pipefail
cd "$(dirname "$0")/.."
export FITMESH_PORT=8000
log=$(mktemp)
make up >"$log" 2>&1 &
up=$!
finish() {
  status=$?
  [ "$status" = 0 ] || { cat "$log"; tail -n 20 .local/logs/*.log; }
  make down
  wait "$up" || true
}
trap finish EXIT
for _ in $(seq 600); do
  grep -q 'curl -X POST' "$log" && break
  kill -0 "$up" || exit 1
  sleep 0.5
done

# The commands stand in README.md between the markers; they are run as they are written there.
commands=$(sed -n '/<!-- quickstart -->/,/<!-- \/quickstart -->/p' README.md | grep '^curl')
[ "$(grep -c . <<<"$commands")" = 3 ] || { echo "README.md has no quickstart of three commands"; exit 1; }
while read -r command; do
  echo "+ $command"
  answer=$(eval "$command --silent --show-error --fail-with-body")
  echo "$answer" | cut -c 1-300
  case $answer in *access_token*) token=$(sed 's/.*"access_token":"\([^"]*\)".*/\1/' <<<"$answer") ;; esac
done <<<"$commands"

ask() { curl --silent --show-error --fail "http://localhost:8000$1" -H "Authorization: Bearer $token"; }
for _ in $(seq 100); do
  steps=$(ask /analytics/steps)
  told=$(ask /notifications)
  case "$steps $told" in *'"average_steps":5000'*'"items":[{'*) break ;; esac
  sleep 0.1
done
echo "$steps"
echo "$told"
case "$steps $told" in *'"average_steps":5000'*'"items":[{'*) ;; *) echo "analytics or notification did not react"; exit 1 ;; esac
curl --silent --show-error --fail http://localhost:8000/health
echo
curl --silent --show-error --fail http://localhost:8000/docs >/dev/null
curl --silent --show-error --fail http://localhost:8000/ >/dev/null
make status
