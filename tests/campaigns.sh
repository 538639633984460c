#!/bin/sh
# The long series, run before a release: about half an hour. Each says its figures and fails where a promise is broken.
set -eu
cd "$(dirname "$0")/.."
[ -f .venv/complete ] || { echo "campaigns.sh: run sh tests/run.sh once first, it installs what this needs." >&2; exit 1; }
python=.venv/bin/python

echo "== Take-down on the glass, 200 key presses (p99 at most 100 ms)"
$python tests/campaigns/takedown.py --times 200
echo "== kill -9 during writes, 200 times"
$python tests/campaigns/kill9.py --times 200
echo "== Long property tests: 10,000 mutated payloads"
$python -m pytest -m campaign "$@"
