from __future__ import annotations

import asyncio

from kiosk.domain.model import Author
from kiosk.domain.scenes import Cue

ACCENT = (255, 133, 82)


async def talking(here, texts: list[str]) -> list:
    """Approved posts of as many different people."""
    return [
        await here.approved(number, text=text, author=Author(f"@{number}@example.social", "Somebody"))
        for number, text in enumerate(texts)
    ]


async def shown(here) -> None:
    here.stage.show(Cue("words", (), 10.0))
    await asyncio.sleep(1.2)


def test_what_several_people_wrote_is_set_large_and_nothing_else_is(on_stage, frame):
    async def test(here, wall) -> None:
        await talking(here, ["sourdough rye wheat", "Sourdough wheat", "secretword"])
        await shown(here)
        assert here.stage.property("scene") == "Words"
        assert not here.stage.property("empty"), "no invitation lies on the words"
        assert here.stage.words.above.property("texts") == ["Sourdough", "wheat"]
        assert frame(wall).colours > 10

    on_stage(test)


def test_a_word_leaves_with_the_post_that_made_it_one(on_stage, frame):
    async def test(here, wall) -> None:
        states = await talking(here, ["sourdough wheat", "sourdough", "wheat"])
        await shown(here)
        before = frame(wall)
        await here.delete(states[1])
        assert here.stage.words.above.property("texts") == ["wheat"], "in the same moment"
        assert frame(wall).image.tobytes() != before.image.tobytes()
        await here.delete(states[2])
        assert here.stage.words.above.property("texts") == []
        assert here.stage.property("scene") == "Scroll", "rather than an empty page"

    on_stage(test)
