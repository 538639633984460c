from __future__ import annotations

import inspect

import pytest
from factories import post
from fakes import FakeStage

from kiosk.domain.scenes import SCENES, Cue
from kiosk.runtime.stage import Stage
from kiosk.ui.stage import WallStage

SEAM = ["show", "pages", "withdraw", "slate", "on_glass"]


def shape(method: object) -> list[tuple[str, object]]:
    assert callable(method)
    return [(each.name, each.kind) for each in inspect.signature(method).parameters.values()]


@pytest.mark.parametrize("stage", [WallStage, FakeStage])
@pytest.mark.parametrize("asked", SEAM)
def test_every_stage_answers_what_the_seam_asks(stage, asked):
    assert shape(getattr(stage, asked)) == shape(getattr(Stage, asked))


def test_the_seam_asks_for_nothing_else():
    assert [name for name in vars(Stage) if not name.startswith("_")] == SEAM


def test_a_stage_in_a_test_withdraws_at_once_and_forgives_what_is_not_there():
    stage, uris = FakeStage(), (post(1).uri, post(2).uri)
    stage.show(Cue(next(iter(SCENES)), uris, 5.0))
    stage.withdraw((post(2).uri, post(3).uri))
    assert stage.on_glass() == (post(1).uri,)
    stage.slate(raised=True)
    assert stage.on_glass() == ()
    assert stage.slated
