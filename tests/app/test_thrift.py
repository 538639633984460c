from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest
from house.tree import ROOT

PROGRAM = """
import threading
from pathlib import Path
from kiosk.app.thrift import give_memory_back
assert THRIFTY is False or give_memory_back()
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20
before = resident()
kept = []
def work():
    for _ in range(60):  # large blocks with small ones between them, as pictures and their names
        blocks = [b"x" * (3 << 20) for _ in range(6)]
        kept.append(bytes(200))
        del blocks
for thread in [threading.Thread(target=work) for _ in range(4)]:
    thread.start()
    thread.join()
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_large_blocks_leave_no_holes_behind():
    command = [sys.executable, "-c", PROGRAM.replace("THRIFTY", "True")]
    environment = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) <= 6
