"""Short forms of the long campaigns, so that every run of the tests has seen a crash and a take-down on real glass."""

from __future__ import annotations

import random
import shutil
import statistics

import pytest
from campaigns import kill9, takedown
from evening import display, glass

needs = pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb; `sh tests/run.sh` installs it")


@needs
def test_a_kill_loses_no_acknowledged_decision_and_shows_nothing_unapproved():
    tally = kill9.campaign(4, seed=7)
    assert tally.rounds == 4
    assert tally.seen > 0, "approved posts never came to the wall, so the frames prove nothing"


@needs
def test_the_watch_would_see_an_unapproved_post(tmp_path):
    (tmp_path / "event.toml").write_text(kill9.EVENT, "utf-8")
    acknowledged = kill9.killed(tmp_path / "event.wall", random.Random(3))
    approved = kill9.check(tmp_path / "event.wall", acknowledged)
    assert approved
    with display(1920, 1080) as screen, glass(screen) as pane, pytest.raises(AssertionError, match="nobody approved"):
        kill9.watch(pane, screen, tmp_path, set(), 8)


@needs
def test_a_post_leaves_the_glass_within_a_tenth_of_a_second():
    taken = takedown.take_down(10, lambda _: None)
    assert len(taken) == 10
    assert statistics.median(taken) <= takedown.LIMIT
