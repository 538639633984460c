from __future__ import annotations

import asyncio

import pytest
from factories import stored, waiting
from fakes import FakeClock

from kiosk.runtime.counters import Counters
from kiosk.ui.photos import PhotoShelf
from kiosk.ui.preview import STAGE, Preview


@pytest.fixture
def preview(shell):
    picture = stored()

    async def load(_: str, __: bool) -> bytes:
        return picture.wall

    return Preview(PhotoShelf(load, Counters()), shell.press, shell.cards, FakeClock())


def drawn(preview: Preview, name: int) -> str:
    asyncio.run(preview.draw(waiting(name)))
    return preview.property("address")


def test_a_card_is_drawn_at_the_size_of_a_wall(preview, shell):
    assert preview.property("address") == ""
    assert drawn(preview, 1).startswith("image://card/preview?")
    card = shell.cards._cards["preview"]
    assert (card.width(), card.height()) == STAGE


def test_every_card_has_an_address_of_its_own_even_after_one_was_dropped(preview, shell):
    first = drawn(preview, 1)
    preview.drop()
    assert preview.property("address") == ""
    assert "preview" not in shell.cards._cards
    assert drawn(preview, 2) != first
    preview.drop()
