from __future__ import annotations

import msgspec
import pytest
from PySide6.QtGui import QColor

from kiosk.domain.contrast import rgb
from kiosk.domain.errors import SettingsError
from kiosk.settings import Theme, load_theme, theme_names
from kiosk.settings.theme import FontTable, MotionTable
from kiosk.ui.brand import PLAIN, UNHURRIED, Brand, dress
from kiosk.ui.shown import TONES


@pytest.fixture
def worn(shell):
    """QML's Theme in a look of this test's own; the first look is put on again afterwards."""

    def wear(theme: Theme):
        dress(shell.engine, Brand(theme))
        return shell.engine.singletonInstance("Kiosk", "Theme")

    yield wear
    dress(shell.engine, PLAIN)


@pytest.mark.parametrize("name", theme_names())
def test_qml_sees_what_the_file_says(worn, name):
    theme = load_theme(name)
    qml = worn(theme)
    assert qml.property("stage") == QColor(theme.colours.stage)
    assert qml.property("accent") == QColor(theme.colours.accent)
    assert qml.property("crossfade") == theme.motion.crossfade
    for key in ("papers", "inks", "quiets"):
        assert [colour.name() for colour in qml.property(key)] == list(getattr(theme.colours, key))


def test_fewer_tones_are_met_again(worn):
    colours = msgspec.structs.replace(Theme().colours, papers=("#000000", "#111111"))
    papers = worn(Theme(colours=colours)).property("papers")
    assert [colour.name() for colour in papers] == ["#000000", "#111111"] * (TONES // 2)


def test_reduced_motion_cuts_and_hardly_moves(worn):
    motion = MotionTable(crossfade=900, reduced_motion=True)
    qml = worn(Theme(motion=motion))
    assert (qml.property("crossfade"), qml.property("settle")) == (0, 0)
    assert Brand(Theme(motion=motion)).pace(300, 20) == (0, UNHURRIED)
    assert PLAIN.pace(300, 20) == (300, 20)


def test_a_font_that_is_not_there_is_refused(worn, tmp_path):
    with pytest.raises(SettingsError, match="There is no font “Comic Neue Wide”"):
        worn(Theme(font=FontTable(family="Comic Neue Wide")))
    (tmp_path / "broken.otf").write_bytes(b"no font")
    with pytest.raises(SettingsError, match=r"broken\.otf of theme night cannot be read"):
        worn(Theme(font=FontTable(files=("broken.otf",)), folder=tmp_path))


@pytest.mark.parametrize("name", theme_names())
def test_the_wall_is_painted_in_the_themes_colours(worn, hall, play, frame, name):
    theme = load_theme(name)
    worn(theme)

    async def test() -> None:
        async with hall() as here:
            for number in range(6):
                await here.approved(number, text="Seen")
            wall = await here.wall()
            await here.filled()
            picture = frame(wall)
            papers = sum(picture.count(rgb(paper), tolerance=0) for paper in set(theme.colours.papers))
            assert papers > 0.3 * 960 * 540
            assert picture.count(rgb(theme.colours.accent), tolerance=8) > 200, "the hashtag"

    play(test())
