#!/bin/sh
# Installs what the tests need, then runs everything that must pass. Arguments go to pytest: sh tests/run.sh tests/domain
set -eu
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$1"; }

if [ -z "${CI_SKIP_INSTALL:-}" ]; then
  step "System packages"
  sh assets/install.sh --libraries
  sh tests/packages.sh

  step "Python packages, exact versions, in .venv"
  wanted=$(cat tests/constraints.txt | sha256sum)
  if [ "$(cat .venv/complete 2>/dev/null || true)" != "$wanted" ]; then
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/python -m pip install --no-input --disable-pip-version-check --progress-bar off --quiet \
      --require-hashes -r tests/constraints.txt
    echo "$wanted" >.venv/complete
  fi

  step "Real servers"
  sh tests/servers.sh
fi
PATH=$PWD/.venv/bin:$PATH
export PATH

step "Lint, format"
ruff check --quiet .
ruff format --quiet --check .

step "Import contract"
lint-imports --no-cache >/tmp/kiosk-imports.$$ || { cat /tmp/kiosk-imports.$$; rm -f /tmp/kiosk-imports.$$; exit 1; }
tail -n 4 /tmp/kiosk-imports.$$ && rm -f /tmp/kiosk-imports.$$

step "Types"
basedpyright kiosk

step "Tests"
exec python -m pytest "$@"
