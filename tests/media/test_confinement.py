"""The limits hold in a process that gave them up; see resource(7) and setrlimit(2)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def confined(then: str) -> str:
    program = f"import socket, os\nfrom kiosk.media.confinement import confine\nconfine(300_000_000)\n{then}"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("open('/etc/hostname')", "Too many open files"),
        ("socket.socket()", "Too many open files"),
        ("bytearray(400_000_000)", "MemoryError"),
        ("import decimal", "No module named 'decimal'"),
        ("print(os.nice(0))", "10"),
    ],
)
def test_what_was_given_up_is_gone(then, words):
    assert words in confined(then)


def test_what_was_loaded_before_still_works():
    assert confined("print(sum(bytearray(1000)))") == "0\n"
