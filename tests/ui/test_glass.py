from __future__ import annotations

import asyncio

from factories import stored

GREEN = (20, 200, 60)


def test_of_a_withdrawn_post_no_pixel_is_kept_anywhere(on_stage, shell):
    async def test(here, wall) -> None:
        states = [await here.approved(number, stored((320, 240), GREEN)) for number in range(3)]
        before = len(shell.cards._cards)
        await here.filled()
        assert len(shell.cards._cards) == before + 3
        here.stage.withdraw([state.uri for state in states])
        assert len(shell.cards._cards) == before
        assert len(here.stream._strip) == 0

    on_stage(test)


def test_a_card_that_was_begun_for_another_size_is_not_used(on_stage):
    async def test(here, wall) -> None:
        await here.approved(1, stored((320, 240), GREEN))
        async with here.held_back():
            here.stage.fill()
            await asyncio.sleep(0.02)
            wall.resize(1920, 1080)
            await asyncio.sleep(0.05)
        cards = [card for column in here.stream._columns._columns for card in column]
        assert [card.width for card in cards] == [here.stream._columns.card_width]
        widths = {here.house.shell.cards._cards[card.key].width() for card in cards}
        assert widths == {here.stream._columns.card_width}

    on_stage(test)
