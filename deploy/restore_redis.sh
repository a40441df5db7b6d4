#!/bin/sh
# Makes of a dump a folder that a Redis server starts from with `--appendonly yes`: such a server does not look at dumps.
#
# Usage: deploy/restore_redis.sh DUMP FOLDER
# FOLDER is the server's --dir: a new one, or empty. Needs redis-server and redis-cli. Listens on a socket in FOLDER, on no port.
set -eu
dump="${1:?usage: deploy/restore_redis.sh DUMP FOLDER}"
folder="${2:?usage: deploy/restore_redis.sh DUMP FOLDER}"
umask 077
mkdir -p "$folder"
[ -z "$(ls -A "$folder")" ] || { echo "$folder is not empty." >&2; exit 2; }
cp "$dump" "$folder/dump.rdb"
folder="$(cd "$folder" && pwd)"
# A socket's path has at most 107 characters.
work="$(mktemp -d)"
redis-server --port 0 --unixsocket "$work/s" --dir "$folder" --dbfilename dump.rdb --save "" --appendonly no --daemonize no >"$work/log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
ask() { redis-cli -s "$work/s" "$@"; }
tries=0
until [ "$(ask ping 2>/dev/null)" = PONG ]; do
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  tries=$((tries + 1))
  [ "$tries" -lt 6000 ] || { echo "Redis does not load the dump." >&2; exit 1; }
  sleep 0.1
done
keys="$(ask dbsize)"
ask config set appendonly yes >&2
until ask info persistence | tr -d '\r' | grep -qx 'aof_rewrite_in_progress:0'; do sleep 0.1; done
ask info persistence | tr -d '\r' | grep -qx 'aof_last_bgrewrite_status:ok' || { cat "$work/log" >&2; exit 1; }
ask shutdown nosave >/dev/null 2>&1 || true
wait "$server" || true
rm "$folder/dump.rdb"
echo "$keys keys"
