#!/bin/sh
# Puts a nats-server that is new enough into .servers/ where the system has none: JetStream in Debian 12's
# 2.9.10 refuses `sync_interval: always`. Debian 13's package is only unpacked, nothing is installed and
# the system's own package lists stay as they are.
set -eu
cd "$(dirname "$0")/.."

new_enough() {
  version="$("$1" --version 2>/dev/null | sed -nE 's/.*v([0-9]+)\.([0-9]+)\..*/\1 \2/p')"
  [ -n "$version" ] && [ "${version% *}" -ge 2 ] && { [ "${version% *}" -gt 2 ] || [ "${version#* }" -ge 10 ]; }
}

new_enough .servers/nats-server && exit 0
command -v nats-server >/dev/null && new_enough nats-server && exit 0

# The same mirror that this machine takes its packages from.
mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 2>/dev/null | head -1)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/lists/partial" "$folder/archives/partial" .servers
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian/} trixie main" >"$folder/sources.list"
echo "setup: unpacking nats-server from Debian 13 into .servers/"
apt() {
  apt-get -qq -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$folder/lists" \
    -o Dir::Cache="$folder" -o APT::Get::List-Cleanup=0 -o APT::Sandbox::User="$(id -un)" "$@"
}
if ! (apt update && cd "$folder" && apt download nats-server && dpkg-deb -x nats-server_*.deb unpacked); then
  echo "setup: nats-server 2.10 or newer is missing, and Debian 13's package cannot be reached; put one on the PATH" >&2
  exit 1
fi
mv "$folder/unpacked/usr/sbin/nats-server" .servers/nats-server
