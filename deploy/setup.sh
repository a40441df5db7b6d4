#!/bin/sh
# Installs what Dragoman needs and lacks: what comes from npm (setup_node.sh), and the Debian packages named as
# arguments beyond Apertium and bubblewrap. Prints what it installs; does nothing where nothing is missing.
set -eu
cd "$(dirname "$0")/.."
sh deploy/setup_node.sh

missing=""
for package in apertium apertium-eng-spa bubblewrap "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo"
else
  echo "setup: missing, and not root. Install with: apt-get install$missing" >&2
  exit 1
fi
echo "setup: installing Debian packages:$missing" >&2
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
