#!/bin/sh
# Saves what a deployment must not lose, while it runs, into a new folder: the store first, then what it tells of.
#
# Usage: deploy/backup.sh FOLDER
# Takes DRAGOMAN_STORE, DRAGOMAN_ARTEFACTS and DRAGOMAN_DATA as the components do. Needs the project's node for SQLite, redis-cli for Redis. Of an S3
# bucket nothing is saved: its own versions or a copy do that (docs/operations.md). Exits with 0 where all is saved and on disk.
set -eu
umask 077
folder="${1:?usage: deploy/backup.sh FOLDER}"
data="${DRAGOMAN_DATA:-data}"
# The project's own Node has SQLite; the system's may be older.
PATH="$(cd "$(dirname "$0")/.." && pwd)/node_modules/.bin:$PATH"
store="${DRAGOMAN_STORE:-sqlite:$data/jobs.db}"
artefacts="${DRAGOMAN_ARTEFACTS:-file:$data/artefacts}"
[ ! -e "$folder" ] || { echo "$folder is there already." >&2; exit 2; }
part="$folder.part"
rm -rf "$part"
mkdir -p "$part"

case "$store" in
  sqlite:*)
    # By VACUUM INTO, which reads at one moment: SQLite's own backup begins anew with each write of the service, and may never end.
    node --disable-warning=ExperimentalWarning --input-type=module -e '
      import { DatabaseSync } from "node:sqlite";
      const [from, to] = process.argv.slice(1);
      const source = new DatabaseSync(from, { readOnly: true, timeout: 10_000 });
      source.prepare("VACUUM INTO ?").run(to);
      const { integrity_check: found } = new DatabaseSync(to, { readOnly: true }).prepare("PRAGMA integrity_check").get();
      if (found !== "ok") throw new Error(`the copy is damaged: ${found}`);
    ' "${store#sqlite:}" "$part/jobs.db"
    ;;
  redis://* | rediss://*)
    redis-cli -u "$store" --rdb "$part/dump.rdb" >&2
    ;;
  *) echo "DRAGOMAN_STORE is neither SQLite nor Redis." >&2; exit 2 ;;
esac

# After the store: whatever a job of it names was there before. What came meanwhile belongs to no job of it, and does no harm.
case "$artefacts" in
  file:*)
    # A file that is removed while it is copied belongs to no job any more; whatever else cp says is a failure.
    LC_ALL=C cp -a "${artefacts#file:}" "$part/artefacts" 2>"$part/cp.log" || {
      missed="$(grep -v 'No such file or directory$' "$part/cp.log" || true)"
      [ -z "$missed" ] && [ -d "$part/artefacts" ] || { cat "$part/cp.log" >&2; exit 1; }
    }
    rm "$part/cp.log"
    ;;
  *) echo "The bucket is not saved by this: see docs/operations.md." >&2 ;;
esac
for secret in upload-secret worker-key api-key; do
  [ ! -f "$data/$secret" ] || cp -p "$data/$secret" "$part/"
done
sync
mv "$part" "$folder"
echo "$folder"
