"""The network's faults that take seconds, each with its figure; the long ones stand in tests/campaigns/faults.py."""

from __future__ import annotations

import gc

import pytest
from campaigns.faults import QUICK


@pytest.mark.parametrize("row", QUICK)
def test_the_row_keeps_its_figure(row):
    figure = QUICK[row](quick=True)
    assert figure
    gc.collect()  # what was left open would warn now, and warnings are errors
