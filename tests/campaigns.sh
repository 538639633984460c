#!/bin/sh
# The long series, run before a release: about an hour. Each says its figures and fails where a promise is broken.
set -eu
cd "$(dirname "$0")/.."
[ -f .venv/complete ] || { echo "campaigns.sh: run sh tests/run.sh once first, it installs what this needs." >&2; exit 1; }
python=.venv/bin/python

echo "== Take-down on the glass, 200 key presses (p99 at most 100 ms)"
$python tests/campaigns/takedown.py --times 200
echo "== kill -9 during writes, 200 times"
$python tests/campaigns/kill9.py --times 200
echo "== The network's faults, N1 to N19"
$python tests/campaigns/faults.py
$python tests/campaigns/faults_more.py
echo "== Long property tests: 10,000 mutated payloads for every network"
$python -m pytest -m campaign "$@"
echo "== Posts a second from the socket to the event file, beside merely inserting them (exit 1: a ratio is below 0.5)"
$python tests/campaigns/throughput.py
