"""The install script as far as it can be tried without installing; the whole is tried on a bare system by hand."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib

import pytest
from house.tree import ROOT

SCRIPT = ROOT / "assets" / "install.sh"
LOCKS = [ROOT / "assets" / "constraints.txt", ROOT / "tests" / "constraints.txt"]
PINNED = re.compile(r"^([a-z0-9-]+)==\S+", re.MULTILINE)


@pytest.mark.parametrize("script", ["assets/install.sh", "tests/run.sh", "tests/packages.sh", "tests/campaigns.sh"])
def test_scripts_are_posix_shell(script):
    done = subprocess.run(["dash", "-n", ROOT / script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_wrong_argument_is_said_and_installs_nothing():
    done = subprocess.run(["sh", SCRIPT, "--everything"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "unknown argument --everything" in done.stderr
    assert "--service" in done.stderr


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_every_dependency_is_pinned_with_hashes_and_no_host(lock):
    text = lock.read_text("utf-8")
    assert "http:" not in text
    assert "https:" not in text
    for entry in re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE):
        if PINNED.match(entry):
            assert "--hash=sha256:" in entry, entry.splitlines()[0]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[<>=]", name)[0].lower() for name in project["dependencies"]}
    assert wanted <= set(PINNED.findall(text)), "compile it anew, see kiosk/DECISIONS.md"


def test_both_locks_agree():
    ours, tests = (
        dict.fromkeys(re.findall(r"^([a-z0-9-]+==\S+)", lock.read_text("utf-8"), re.MULTILINE)) for lock in LOCKS
    )
    assert set(ours) <= set(tests)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_unit_is_hardened():
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", ROOT / "kiosk.service"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    level = re.search(r"exposure level for kiosk\.service: ([\d.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level[1]) <= 2.0


def test_the_unit_is_fed_and_comes_back():
    unit = (ROOT / "kiosk.service").read_text("utf-8")
    for line in (
        "Type=notify",
        "WatchdogSec=",
        "Restart=always",
        "LoadCredential=",
        "ExecStart=/usr/local/bin/kiosk run ",
    ):
        assert line in unit
