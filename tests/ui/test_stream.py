from __future__ import annotations

from factories import stored

from kiosk.ui import stream as stream_module

GREEN = (20, 200, 60)


def test_no_post_is_on_the_strip_twice(on_stage):
    async def test(here, wall) -> None:
        states = [await here.approved(number) for number in range(4)]
        for _ in range(3):
            here.stage.fill()
        await here.stage.ready()
        assert len(here.stream._strip) == 4
        assert set(here.stage.on_glass()) == {state.uri for state in states}

    on_stage(test)


def test_the_strip_is_filled_a_little_further_than_is_seen_and_no_further(on_stage):
    async def test(here, wall) -> None:
        for number in range(40):
            await here.approved(number, stored((320, 240), GREEN))
        await here.filled()
        assert here.stream.property("end") >= 540
        assert len(here.stage.on_glass()) < 20

    on_stage(test)


def test_what_scrolled_out_is_forgotten_and_comes_round_again(on_stage, shell):
    async def test(here, wall) -> None:
        for number in range(12):
            await here.approved(number, stored((320, 240), GREEN))
        await here.filled()
        first, offset = here.stage.on_glass()[0], 0
        seen: set[str] = set()
        for _ in range(60):
            offset += 100
            offset -= here.stream.advance(offset)
            await here.stage.ready()
            seen |= {*here.stage.on_glass()}
        assert len(seen) == 12
        assert len(here.stage.on_glass()) <= 12
        assert len(here.stream._strip) == len(here.stage.on_glass())
        assert first in seen

    on_stage(test)


def test_places_stay_small_numbers_for_days(on_stage, monkeypatch):
    monkeypatch.setattr(stream_module, "FARTHEST", 1000)

    async def test(here, wall) -> None:
        for number in range(12):
            await here.approved(number, stored((320, 240), GREEN))
        await here.filled()
        offset, shifts = 0, 0
        for _ in range(60):
            offset += 90
            shift = here.stream.advance(offset)
            offset -= shift
            shifts += shift > 0
            await here.stage.ready()
            assert here.stream.property("end") < 1000 + 3 * 540
            assert all(card.bottom >= offset for card in here.stream._strip._cards)
        assert shifts > 3

    on_stage(test)
