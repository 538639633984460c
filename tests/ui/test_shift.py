from __future__ import annotations

from PySide6.QtCore import QTimer

from kiosk.ui.shift import PixelShift

SIZE = (960, 540)


def test_the_picture_walks_by_single_pixels_and_uncovers_no_edge(hall, play, drawn_items):
    async def test():
        async with hall() as here:
            await here.approved(1, text="x")
            window = here.shell.wall(here.stage, moving=False, shifting=True)
            window.resize(*SIZE)
            window.show()
            await here.focus(window)
            reach = window.property("reach")
            assert reach >= 1
            assert here.stage._glass.size == (SIZE[0] + 2 * reach, SIZE[1] + 2 * reach)
            glass = window.contentItem().childItems()[0]
            before = (glass.x(), glass.y())
            walk = PixelShift(window)
            walk.fit(SIZE[1])
            for _ in range(60):
                walk.step()
                assert glass.x() <= 0 <= glass.x() + glass.width() - window.width()
                assert glass.y() <= 0 <= glass.y() + glass.height() - window.height()
                assert abs(glass.x() - before[0]) + abs(glass.y() - before[1]) == 1
                before = (glass.x(), glass.y())

    play(test())


def test_a_wall_that_poses_stands_still(hall, play):
    async def test():
        async with hall() as here:
            window = await here.wall()
            assert window.property("reach") == 0
            assert not window.findChildren(QTimer)
            glass = window.contentItem().childItems()[0]
            assert (glass.x(), glass.y(), glass.width(), glass.height()) == (0, 0, *SIZE)

    play(test())
