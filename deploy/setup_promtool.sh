#!/bin/sh
# Puts promtool into .servers/ where the system has none: Debian's prometheus package is only unpacked, because
# installing it would start a server.
set -eu
cd "$(dirname "$0")/.."

[ -x .servers/promtool ] && exit 0
command -v promtool >/dev/null && exit 0

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
mkdir -p .servers
echo "setup: unpacking promtool from Debian's prometheus package into .servers/"
fetch() {
  (cd "$folder" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download prometheus)
}
if ! { fetch 2>/dev/null || { apt-get -qq update && fetch; }; } || ! dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb | tar -x -C "$folder" ./usr/bin/promtool; then
  echo "setup: promtool is missing, and Debian's prometheus package cannot be reached; put promtool on the PATH" >&2
  exit 1
fi
mv "$folder/usr/bin/promtool" .servers/promtool
