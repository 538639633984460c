from __future__ import annotations

from pathlib import Path

from app.offscreen import running, systemd
from evening import DESK, WALL, display, glass, program
from factories import approved, photo_of, photo_stored, post, received, stored
from glass import Area

from kiosk.app.house import latch_of
from kiosk.archive.event_file import EventFile
from kiosk.domain.model import PostState

GREEN, MAGENTA = (20, 200, 60), (250, 0, 250)


def prepared(folder: Path) -> Path:
    """An event with a green post that is approved and a magenta one that waits."""
    file = EventFile.open(folder / "event.wall")
    for number, colour in ((1, GREEN), (2, MAGENTA)):
        one = post(number, attachments=(photo_of(f"https://x.example/{number}"),))
        picture = stored((900, 700), colour)
        events = (received(one), photo_stored(one.uri, f"https://x.example/{number}", picture))
        state = file.append(events, photos=[picture])[-1].after
        assert isinstance(state, PostState)
        if colour == GREEN:
            file.append([approved(state)])
    file.close()
    path = folder / "event.toml"
    path.write_text('[event]\nname = "House"\n', "utf-8")
    return path


def test_panic_lies_beside_the_event_it_belongs_to():
    assert latch_of(Path("/events/evening.wall")) == Path("/events/evening.wall.panic")


def test_only_approved_posts_come_back_and_panic_on_the_wall_window_survives_a_restart(tmp_path):
    settings = prepared(tmp_path)
    with display() as screen, glass(screen) as pane:
        with program("run", settings, "--windowed", screen=screen, log=tmp_path / "log"):
            wall = pane.window("Wall")
            pane.wait(lambda: pane.count(GREEN, WALL) > 20_000, seconds=20)
            pane.wait(lambda: pane.count(MAGENTA, DESK) > 500, seconds=20)
            assert pane.count(MAGENTA, WALL) == 0
            pane.focus(wall)
            pane.press("Control_L", "Shift_L", "p")
            pane.wait(lambda: pane.count(GREEN, WALL) == 0, seconds=5)
            assert latch_of(tmp_path / "event.wall").exists()
        with program("run", settings, "--windowed", screen=screen, log=tmp_path / "log"):
            desk = pane.window("Desk")
            pane.wait(lambda: pane.count(MAGENTA, DESK) > 500, seconds=20)
            assert pane.count(GREEN, WALL) == 0, "panic did not survive the restart"
            pane.focus(desk)
            pane.press("p")
            assert pane.wait_steadily(lambda: pane.count(GREEN, WALL) == 0, steady=1, seconds=3) < 3, "left unasked"
            pane.press("p")
            pane.wait(lambda: pane.count(GREEN, WALL) > 20_000, seconds=20)
            assert not latch_of(tmp_path / "event.wall").exists()


def test_a_wall_without_a_desk_can_be_panicked_from_its_own_keyboard(tmp_path):
    settings = prepared(tmp_path)
    whole = Area(0, 0, 1920, 1080)
    with (
        display(1920, 1080) as screen,
        glass(screen) as pane,
        program("run", settings, "--wall-only", screen=screen, log=tmp_path / "log"),
    ):
        wall = pane.window("Wall")
        pane.wait(lambda: pane.count(GREEN, whole) > 20_000, seconds=20)
        pane.focus(wall)
        pane.press("Control_L", "Shift_L", "p")
        pane.wait(lambda: pane.count(GREEN, whole) == 0, seconds=5)
        assert latch_of(tmp_path / "event.wall").exists()


def test_an_unreadable_latch_is_panic(tmp_path):
    settings = prepared(tmp_path)
    latch_of(tmp_path / "event.wall").mkdir()
    with systemd(tmp_path) as listener, running("run", settings, folder=tmp_path, NOTIFY_SOCKET=str(listener.path)):
        listener.wait(lambda lines: "READY=1" in lines, 30)
