#!/bin/sh
# The whole suite, in three parts at once: what kills, freezes and cuts off mostly waits for leases to pass, what serves for
# answers and pages, and the rest mostly computes. Parts that wait are shown when they are over. Needs what `npm test` installs first.
set -u
cd "$(dirname "$0")/.."
DEADLINE=40m
export MOCHA_COLORS=0
waiting=""
shown="$(mktemp -d)"
ended() {
  [ -z "$waiting" ] || kill $waiting 2>/dev/null
  rm -rf "$shown"
}
trap ended EXIT
trap 'exit 130' INT TERM

timeout --kill-after=30 "$DEADLINE" mocha 'test/chaos/**/*.test.ts' >"$shown/chaos" 2>&1 &
chaos=$!
timeout --kill-after=30 "$DEADLINE" mocha 'test/*.test.ts' 'test/{attack,browser}/**/*.test.ts' >"$shown/serving" 2>&1 &
serving=$!
waiting="$chaos $serving"
code=0
timeout --foreground --kill-after=30 "$DEADLINE" mocha --ignore 'test/{attack,browser,chaos}/**' \
  '{platform,client,orchestrator,worker,gateway,cli}/**/*.test.ts' 'test/*/**/*.test.ts' || code=$?
wait "$serving" || code=$?
cat "$shown/serving"
wait "$chaos" || code=$?
cat "$shown/chaos"
waiting=""
exit "$code"
