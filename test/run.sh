#!/bin/sh
# The whole suite, in four parts at once: what kills, freezes and cuts off mostly waits for leases to pass, what serves for
# answers and pages; what workers do and the rest mostly compute. Parts are shown when they are over, the last one as it
# goes. Needs what `npm test` installs first.
set -u
cd "$(dirname "$0")/.."
DEADLINE=40m
export MOCHA_COLORS=0
running=""
shown="$(mktemp -d)"
ended() {
  [ -z "$running" ] || kill $running 2>/dev/null
  rm -rf "$shown"
}
trap ended EXIT
trap 'exit 130' INT TERM

part() {
  name="$1"
  shift
  timeout --kill-after=30 "$DEADLINE" mocha "$@" >"$shown/$name" 2>&1 &
  running="$running $!"
}
part chaos 'test/chaos/**/*.test.ts'
part serving 'test/*.test.ts' 'test/{attack,browser}/**/*.test.ts'
part worker 'worker/**/*.test.ts'
code=0
timeout --foreground --kill-after=30 "$DEADLINE" mocha --ignore 'test/{attack,browser,chaos}/**' \
  '{platform,client,orchestrator,gateway,cli}/**/*.test.ts' 'test/*/**/*.test.ts' || code=$?
for each in $running; do
  wait "$each" || code=$?
done
running=""
cat "$shown/chaos" "$shown/serving" "$shown/worker"
exit "$code"
