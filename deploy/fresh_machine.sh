#!/bin/sh
# Runs the README's two commands as on a fresh machine: in a root made by debootstrap with the distribution's own nodejs
# and npm and nothing else, from a clean clone of this tree's last commit. Needs root, git, debootstrap and a mirror.
#
# Usage: deploy/fresh_machine.sh bookworm|trixie [COMMAND …]
#
# Commands default to those of the README: `npm run demo`, `npm test`. BUSY=N keeps N programs busy beside them.
# Clean roots are kept in $FRESH_CACHE (/var/tmp/dragoman-fresh) for the next run; what a run installs is thrown away.
set -eu
cd "$(dirname "$0")/.."
suite="${1:?usage: deploy/fresh_machine.sh bookworm|trixie [COMMAND …]}"
shift
[ $# -gt 0 ] || set -- "npm run demo" "npm test"
cache="${FRESH_CACHE:-/var/tmp/dragoman-fresh}"
clean="$cache/$suite.tar"

mkdir -p "$cache"
root="$(mktemp -d "$cache/$suite-XXXXXX")"
chmod 755 "$root"
busy=""
inside=""
cleanup() {
  # unshare takes no notice of a mere TERM; what it started ends with it.
  [ -z "$inside" ] || ! kill -KILL "$inside" 2>/dev/null || wait "$inside" || true
  for pid in $busy; do kill "$pid" 2>/dev/null || true; done
  rm -rf --one-file-system "$root"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# A machine whose network has a certificate authority of its own hands it on.
authorities=/usr/local/share/ca-certificates
if [ ! -f "$clean" ]; then
  echo "fresh: making a root of $suite with its own nodejs and npm"
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" >"$cache/$suite.log"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  [ ! -d $authorities ] || cp -r $authorities/. "$root$authorities"
  chroot "$root" sh -ec 'update-ca-certificates; apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm' >>"$cache/$suite.log" 2>&1
  tar -C "$root" -cf "$clean.part" . && mv "$clean.part" "$clean"
else
  tar -C "$root" -xf "$clean"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
git clone -q --no-hardlinks . "$root/root/dragoman"

for _ in $(seq "${BUSY:-0}"); do
  sh -c 'while :; do :; done' &
  busy="$busy $!"
done

# A root of its own by pivot_root, as a machine has, with its own processes: a chroot would forbid namespaces inside.
cat >"$root/root/run.sh" <<'RUN'
set -eu
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /tmp
mount -t tmpfs -o mode=755 tmpfs /run
umount -l /.host
rmdir /.host
[ ! -d /usr/local/share/ca-certificates ] || export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
cd /root/dragoman
echo "fresh: $(. /etc/os-release && echo "$PRETTY_NAME"), node $(node --version), npm $(npm --version)"
for command in "$@"; do
  echo "fresh: $command"
  started=$(date +%s)
  code=0
  sh -c "$command" </dev/null || code=$?
  echo "fresh: \`$command\` ended with $code after $(($(date +%s) - started)) s"
  left="$(ps -e -o pid=,args= 2>/dev/null | grep -v -e ' ps -e' -e 'run.sh' -e ' grep ' || true)"
  [ "$code" = 0 ] || exit "$code"
  [ -z "$left" ] || { echo "fresh: it left running:"; echo "$left"; exit 1; }
done
RUN
env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb \
  unshare --mount --pid --uts --ipc --fork --kill-child sh -ec '
    root=$1; shift
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount --rbind /dev "$root/dev"
    mkdir -p "$root/.host"
    cd "$root"
    pivot_root . .host
    exec sh /root/run.sh "$@"' sh "$root" "$@" </dev/null &
inside=$!
wait "$inside"
