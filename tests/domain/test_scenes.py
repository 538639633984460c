from __future__ import annotations

from pathlib import Path

import pytest
from factories import post

import kiosk
from kiosk.domain.scenes import SCENES, Cue
from kiosk.settings import WallTable

FILES = Path(kiosk.__file__).parent / "ui" / "qml" / "Kiosk" / "scenes"


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_scene_stands_under_its_name_and_has_its_file(scene):
    assert SCENES[scene.name] is scene
    assert (FILES / f"{scene.qml}.qml").is_file()
    assert scene.slots >= 0
    assert scene.dwell > 0


def test_every_layout_has_its_line():
    assert {path.stem for path in FILES.glob("*.qml")} == {scene.qml for scene in SCENES.values()}


def test_the_usual_playlist_names_scenes_that_are_there():
    assert set(WallTable().playlist) <= set(SCENES)


def test_a_cue_is_a_value():
    cue = Cue("spotlight", (post().uri,), 10.0)
    assert cue == Cue("spotlight", (post().uri,), 10.0)
    with pytest.raises(AttributeError):
        cue.dwell = 3.0  # type: ignore[misc]
