#!/bin/sh
# Puts promtool into .servers/ where the system has none. Debian's package is only unpacked: in Debian 12 it is
# prometheus, and installing that would start a server; from Debian 13 on promtool has a package of its own.
set -eu
cd "$(dirname "$0")/.."

[ -x .servers/promtool ] && exit 0
command -v promtool >/dev/null && exit 0

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
mkdir -p .servers
echo "setup: unpacking promtool from Debian's packages into .servers/" >&2
fetch() {
  for package in promtool prometheus; do
    (cd "$folder" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$package" 2>/dev/null) && return
  done
  return 1
}
if ! { fetch || { apt-get -qq update && fetch; }; } || ! dpkg-deb --fsys-tarfile "$folder"/*.deb | tar -x -C "$folder" ./usr/bin/promtool; then
  echo "setup: promtool is missing, and Debian's package cannot be reached; put promtool on the PATH" >&2
  exit 1
fi
mv "$folder/usr/bin/promtool" .servers/promtool
