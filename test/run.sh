#!/bin/sh
# The whole suite, in two parts at once: what serves, kills, freezes and cuts off mostly waits, for answers, pages and leases,
# and the rest mostly computes. The part that waits is shown when it is over. Needs what `npm test` installs first.
set -u
cd "$(dirname "$0")/.."
DEADLINE=40m
export MOCHA_COLORS=0
waiting=""
shown="$(mktemp)"
ended() {
  [ -z "$waiting" ] || kill "$waiting" 2>/dev/null
  rm -f "$shown"
}
trap ended EXIT
trap 'exit 130' INT TERM

timeout --kill-after=30 "$DEADLINE" mocha 'test/*.test.ts' 'test/{attack,browser,chaos}/**/*.test.ts' >"$shown" 2>&1 &
waiting=$!
code=0
timeout --foreground --kill-after=30 "$DEADLINE" mocha --ignore 'test/{attack,browser,chaos}/**' \
  '{platform,client,orchestrator,worker,gateway,cli}/**/*.test.ts' 'test/*/**/*.test.ts' || code=$?
wait "$waiting" || code=$?
waiting=""
cat "$shown"
exit "$code"
