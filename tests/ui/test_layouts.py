from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.scenes import SCENES
from kiosk.ui.layouts import LAYOUTS, PAN, View

VIEWS = st.builds(
    lambda width, height, header: View(width, height - header * height // 10, height),
    st.integers(300, 7680), st.integers(300, 4320), st.integers(0, 1),
)  # fmt: skip


def dealt(name: str, view: View, posts: int, height: int = 200) -> list:
    layout = LAYOUTS[name](view, posts)
    cards = []
    for post in range(posts):
        for part in range(len(SCENES[name].cards)):
            width, room = layout.room(part)
            placed = layout.place(f"{post}-{part}", part, (width, room or height))
            cards += [placed] if placed else []
    return layout.settled(cards)


def test_every_scene_with_places_has_a_layout():
    assert set(LAYOUTS) == {scene.name for scene in SCENES.values() if scene.slots}


@pytest.mark.parametrize("name", ["masonry", "mosaic"])
@given(view=VIEWS, posts=st.integers(1, 60), height=st.integers(40, 500))
def test_cards_lie_on_the_stage_and_none_on_another(name, view, posts, height):
    cards = dealt(name, view, posts, height)
    assert cards
    for index, card in enumerate(cards):
        assert card.left >= 0
        assert card.left + card.width <= view.width
        if index or card.height + 100 < view.height:
            assert card.top >= 0
            assert card.bottom <= view.height
        for other in cards[:index]:
            beside = card.left >= other.left + other.width or other.left >= card.left + card.width
            assert beside or card.top >= other.bottom or other.top >= card.bottom


@given(view=VIEWS, posts=st.integers(1, 60))
def test_a_photo_grid_covers_the_stage_but_for_its_seams(view, posts):
    cards = dealt("mosaic", view, posts)
    assert len(cards) <= posts
    assert min(card.left for card in cards) == min(card.top for card in cards) == 0
    assert max(card.left + card.width for card in cards) == view.width
    assert max(card.bottom for card in cards) == view.height
    assert sum(card.width * card.height for card in cards) > 0.85 * view.width * view.height


@pytest.mark.parametrize(("posts", "grid"), [(12, (4, 3)), (40, (8, 5)), (1, (1, 1)), (2, (2, 1))])
def test_a_broad_screen_has_four_by_three_to_eight_by_five_photos(posts, grid):
    cards = dealt("mosaic", View(1920, 967, 1080), posts)
    assert (len({card.left for card in cards}), len({card.top for card in cards})) == grid


@given(view=VIEWS)
def test_a_drifting_picture_is_larger_than_the_stage_and_its_caption_stays_on_it(view):
    picture, caption = dealt("photos", view, 1, height=view.height // 4)
    assert picture.width == round(view.width * (1 + PAN))
    assert picture.height > view.height
    assert caption.left > 0
    assert caption.left + caption.width < view.width
    assert 0 < caption.top < caption.bottom < view.height
