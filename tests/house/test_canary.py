"""Warns when a PySide6 that loses references comes in: 6.12.0 on Python 3.11 lost True and None with each signal."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class Caller(QObject):
    told = Signal(bool, object)


def test_five_thousand_signals_keep_the_reference_counts():
    caller = Caller()
    heard = []
    caller.told.connect(lambda flag, thing: heard.append((flag, thing)))
    before = [sys.getrefcount(value) for value in (True, False, None)]
    for number in range(5000):
        caller.told.emit(number % 2 == 0, None)
    held = {True: 2500, False: 2500, None: 5000}
    heard_count = len(heard)
    after = [sys.getrefcount(value) for value in (True, False, None)]
    assert heard_count == 5000
    for was, now, value in zip(before, after, (True, False, None), strict=True):
        assert now - was >= held[value] - 100, f"{value} lost references: {was} → {now}"
        assert now - was <= held[value] + 200, f"{value} leaks references: {was} → {now}"
