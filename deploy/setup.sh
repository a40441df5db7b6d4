#!/bin/sh
# Installs what Dragoman needs and lacks: npm packages, and the Debian packages named as arguments
# beyond Apertium. Prints what it installs; does nothing where nothing is missing.
set -eu
cd "$(dirname "$0")/.."

if [ ! -x node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "setup: installing npm packages (npm ci)"
  npm ci --no-audit --no-fund --loglevel=error
  # npm may be set not to run install scripts; this one only links Node 24 into node_modules/.bin.
  [ -x node_modules/.bin/node ] || npm rebuild node --loglevel=error
  touch node_modules/.package-lock.json
fi

# The page, from its sources and what they import.
if [ -z "$(find gateway/web/dist/index.html -newer package-lock.json 2>/dev/null)" ] ||
  [ -n "$(find gateway/web/src gateway/web/index.html client gen -newer gateway/web/dist/index.html -type f | head -1)" ]; then
  echo "setup: building the page (npm run build)"
  npm run --silent build
fi

missing=""
for package in apertium apertium-eng-spa "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo"
else
  echo "setup: missing, and not root. Install with: apt-get install$missing" >&2
  exit 1
fi
echo "setup: installing Debian packages:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
