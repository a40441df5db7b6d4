#!/bin/sh
# The whole suite, in two parts at once: what kills, freezes and cuts off mostly waits for leases to pass, and the rest
# mostly computes. The part that waits is shown when it is over. Needs what `npm test` installs first.
set -u
cd "$(dirname "$0")/.."
DEADLINE=40m
export MOCHA_COLORS=0
chaos=""
shown="$(mktemp)"
ended() {
  [ -z "$chaos" ] || kill "$chaos" 2>/dev/null
  rm -f "$shown"
}
trap ended EXIT
trap 'exit 130' INT TERM

timeout --kill-after=30 "$DEADLINE" mocha 'test/chaos/**/*.test.ts' >"$shown" 2>&1 &
chaos=$!
code=0
timeout --foreground --kill-after=30 "$DEADLINE" \
  mocha --ignore 'test/chaos/**' '{platform,client,orchestrator,worker,gateway,cli,test}/**/*.test.ts' || code=$?
wait "$chaos" || code=$?
chaos=""
cat "$shown"
exit "$code"
