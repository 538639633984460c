from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QRect, Qt, Signal

from kiosk.domain.errors import UsageError
from kiosk.ui.screens import Screens, choose, side_by_side

LAPTOP = QRect(0, 0, 1366, 768)
BEAMER = QRect(1366, 0, 1920, 1080)


class FakeScreen(QObject):
    """An output that can be plugged, unplugged and resized."""

    geometryChanged = Signal(QRect)  # noqa: N815  # Qt's name

    def __init__(self, name: str, area: QRect) -> None:
        super().__init__()
        self._name, self.area = name, area

    def name(self) -> str:
        return self._name

    def geometry(self) -> QRect:
        return self.area

    def availableGeometry(self) -> QRect:  # noqa: N802  # Qt's name
        return self.area

    def become(self, area: QRect) -> None:
        self.area = area
        self.geometryChanged.emit(area)


class FakeApplication(QObject):
    """A machine with outputs."""

    screenAdded = Signal(QObject)  # noqa: N815  # Qt's name
    screenRemoved = Signal(QObject)  # noqa: N815  # Qt's name
    primaryScreenChanged = Signal(QObject)  # noqa: N815  # Qt's name

    def __init__(self, *outputs: FakeScreen) -> None:
        super().__init__()
        self.outputs = list(outputs)

    def screens(self) -> list[FakeScreen]:
        return list(self.outputs)

    def plug(self, output: FakeScreen) -> None:
        self.outputs.append(output)
        self.screenAdded.emit(output)

    def unplug(self, output: FakeScreen) -> None:
        self.outputs.remove(output)
        self.screenRemoved.emit(output)


class FakeWindow:
    """A window that only remembers."""

    def __init__(self) -> None:
        self.area: QRect | None = None
        self.screen: FakeScreen | None = None
        self.shown, self.places, self.flags = False, 0, Qt.WindowType.Window

    def setScreen(self, screen: FakeScreen) -> None:  # noqa: N802  # Qt's name
        self.screen = screen

    def setGeometry(self, area: QRect) -> None:  # noqa: N802  # Qt's name
        self.area = area
        self.places += 1

    def geometry(self) -> QRect:
        return self.area

    def setFlags(self, flags: Qt.WindowType) -> None:  # noqa: N802  # Qt's name
        self.flags = flags

    def show(self) -> None:
        assert self.area is not None, "shown before it was placed"
        self.shown = True


@pytest.fixture
def laptop() -> FakeScreen:
    return FakeScreen("eDP-1", LAPTOP)


@pytest.fixture
def beamer() -> FakeScreen:
    return FakeScreen("HDMI-1", BEAMER)


def windows() -> tuple[FakeWindow, FakeWindow]:
    return FakeWindow(), FakeWindow()


def test_the_output_named_is_chosen_and_the_last_one_where_none_is(laptop, beamer):
    assert choose([laptop, beamer], "eDP-1") is laptop
    assert choose([laptop, beamer], "") is beamer


def test_a_wrong_name_is_answered_with_the_names_there_are(laptop, beamer):
    with pytest.raises(UsageError, match=r"no output “VGA”.*eDP-1, HDMI-1"):
        choose([laptop, beamer], "VGA")


@given(st.integers(-4000, 4000), st.integers(-4000, 4000), st.integers(640, 7680), st.integers(480, 4320))
def test_side_by_side_wall_and_desk_share_the_output_without_overlap(x, y, width, height):
    wall, desk = side_by_side(QRect(x, y, width, height))
    assert not wall.intersects(desk)
    assert wall.width() + desk.width() == width
    assert desk.width() > 0
    assert QRect(x, y, width, height).contains(desk)
    assert abs(wall.width() * 9 - wall.height() * 16) <= 16


def test_the_wall_keeps_its_own_size_where_that_leaves_room_for_the_desk():
    wall, desk = side_by_side(QRect(0, 0, 3200, 1080))
    assert wall == QRect(0, 0, 1920, 1080)
    assert desk == QRect(1920, 0, 1280, 1080)


def test_with_two_outputs_the_wall_fills_one_and_the_desk_the_other(shell, laptop, beamer):
    wall, desk = windows()
    Screens(FakeApplication(laptop, beamer), name="", windowed=False).show(wall, desk)
    assert (wall.area, wall.screen, desk.area) == (BEAMER, beamer, LAPTOP)
    assert wall.shown
    assert desk.shown
    assert wall.flags & Qt.WindowType.FramelessWindowHint
    assert not desk.flags & Qt.WindowType.FramelessWindowHint


def test_with_one_output_they_stand_side_by_side_and_a_lone_wall_fills_it(shell, beamer):
    wall, desk = windows()
    Screens(FakeApplication(beamer), name="", windowed=False).show(wall, desk)
    assert not wall.area.intersects(desk.area)
    alone = FakeWindow()
    Screens(FakeApplication(beamer), name="", windowed=False).show(alone, None)
    assert alone.area == BEAMER


def test_windowed_they_stand_side_by_side_with_their_frames(shell, laptop, beamer):
    wall, desk = windows()
    Screens(FakeApplication(laptop, beamer), name="", windowed=True).show(wall, desk)
    assert BEAMER.contains(wall.area)
    assert BEAMER.contains(desk.area)
    assert not wall.flags & Qt.WindowType.FramelessWindowHint


def test_a_wrong_name_is_said_before_anything_is_shown(shell, laptop):
    wall, desk = windows()
    with pytest.raises(UsageError):
        Screens(FakeApplication(laptop), name="HDMI-1", windowed=False).show(wall, desk)
    assert not wall.shown
    assert not desk.shown


def test_an_unplugged_beamer_never_brings_the_wall_to_the_operators_output(shell, laptop, beamer):
    wall, desk = windows()
    machine = FakeApplication(laptop, beamer)
    screens = Screens(machine, name="HDMI-1", windowed=False)
    screens.show(wall, desk)
    machine.unplug(beamer)
    assert not LAPTOP.intersects(wall.area)
    assert desk.area == LAPTOP
    machine.plug(beamer)
    assert (wall.area, desk.area) == (BEAMER, LAPTOP)


def test_an_unplugged_laptop_never_brings_the_desk_to_the_hall(shell, laptop, beamer):
    wall, desk = windows()
    machine = FakeApplication(laptop, beamer)
    screens = Screens(machine, name="", windowed=False)
    screens.show(wall, desk)
    machine.unplug(laptop)
    assert wall.area == BEAMER
    assert not BEAMER.intersects(desk.area)
    machine.plug(laptop)
    assert (wall.area, desk.area) == (BEAMER, LAPTOP)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["eDP-1", "HDMI-1", "DP-2"])), max_size=12), st.booleans())
def test_however_outputs_come_and_go_wall_and_desk_never_share_one(shell, changes, named):
    outputs = {
        name: FakeScreen(name, QRect(2000 * at, 0, 1920, 1080)) for at, name in enumerate(["eDP-1", "HDMI-1", "DP-2"])
    }
    machine = FakeApplication(outputs["eDP-1"], outputs["HDMI-1"])
    wall, desk = windows()
    screens = Screens(machine, name="HDMI-1" if named else "", windowed=False)
    screens.show(wall, desk)
    for plug, name in changes:
        output = outputs[name]
        if plug and output not in machine.outputs:
            machine.plug(output)
        elif not plug and output in machine.outputs:
            machine.unplug(output)
        assert not wall.area.intersects(desk.area)
        for each in machine.outputs:
            assert not (each.area.intersects(wall.area) and each.area.intersects(desk.area))


@pytest.mark.parametrize(
    ("output", "area", "expected"),
    [
        (QRect(0, 0, 1080, 1920), (), QRect(0, 0, 1080, 1920)),
        (QRect(100, 50, 5120, 1440), (), QRect(100, 50, 5120, 1440)),
        (QRect(1366, 0, 1920, 1080), (0, 0, 960, 288), QRect(1366, 0, 960, 288)),
        (QRect(1366, 0, 1920, 1080), (640, 200, 512, 768), QRect(2006, 200, 512, 768)),
    ],
)
def test_portrait_wide_and_odd_led_walls_get_exactly_their_part(shell, output, area, expected):
    wall = FakeWindow()
    Screens(FakeApplication(FakeScreen("HDMI-1", output)), name="", windowed=False, area=area).show(wall, None)
    assert wall.area == expected


def test_a_wall_that_something_moved_is_put_back(shell, beamer):
    wall = FakeWindow()
    screens = Screens(FakeApplication(beamer), name="", windowed=False)
    screens.show(wall, None)
    wall.area = QRect(0, 0, 160, 160)
    screens._look()
    assert wall.area == BEAMER
    screens.close()
    wall.area = QRect(0, 0, 160, 160)
    screens._look()
    assert wall.area == QRect(0, 0, 160, 160)


def test_with_every_output_gone_the_windows_wait(shell, beamer):
    wall, _ = windows()
    machine = FakeApplication(beamer)
    screens = Screens(machine, name="", windowed=False)
    screens.show(wall, None)
    machine.unplug(beamer)
    assert wall.area == BEAMER
    machine.plug(FakeScreen("DP-2", LAPTOP))
    assert wall.area == LAPTOP


def test_a_beamer_that_changes_its_resolution_is_followed_once(shell, laptop, beamer):
    wall, desk = windows()
    machine = FakeApplication(laptop)
    screens = Screens(machine, name="", windowed=False)
    screens.show(wall, desk)
    machine.plug(beamer)
    machine.unplug(laptop)
    machine.plug(laptop)
    beamer.become(QRect(0, 0, 1280, 720))
    machine.unplug(laptop)
    assert wall.area.width() <= 1280
    before = wall.places
    beamer.become(QRect(0, 0, 800, 600))
    assert wall.places == before + 1, "one change is one placement, however often outputs came and went"


def test_real_outputs_can_be_followed_too(shell):
    wall, _ = windows()
    screens = Screens(shell.application, name="", windowed=False)
    screens.show(wall, None)
    shell.application.primaryScreenChanged.emit(shell.application.primaryScreen())
    shell.application.screenAdded.emit(shell.application.primaryScreen())
    assert wall.area == shell.application.screens()[-1].geometry()
