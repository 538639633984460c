from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from factories import at, photo_of, photo_stored, standing_approved, stored, waiting
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtTest import QAbstractItemModelTester

from kiosk.domain.fold import fold
from kiosk.domain.model import (
    PostState,
    Standing,
    Tombstone,
)
from kiosk.ui.deskpost import DeskPost
from kiosk.ui.rows import LOADED, POST, THUMB, PostRows, belongs

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = at(600)
URL = "https://example.social/media/1"
AVATAR = "https://example.social/avatar"


def desk_post(name: str | int = 1, **changes: object) -> DeskPost:
    return DeskPost(waiting(name, **changes), NOW)


def pictured(name: str | int = 1, url: str = URL, **changes: object) -> PostState:
    state = waiting(name, **({"attachments": (photo_of(url),)} | changes))
    after = fold(state, photo_stored(state.uri, url, stored()))
    assert isinstance(after, PostState)
    return after


@pytest.fixture
def rows(shell) -> Iterator[PostRows]:
    """A list without posts, watched by Qt's own referee for models, whose objections are warnings."""
    made = PostRows(lambda sha256: f"thumbnail of {sha256}")
    referee = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield made
    del referee


def names(rows: PostRows) -> list[str]:
    return [rows.at(row).uri.rsplit("/", 1)[1] for row in range(len(rows))]


def test_qml_reads_the_post_and_its_thumbnail(rows):
    state = pictured()
    rows.fill([DeskPost(state, NOW), desk_post(2)])
    assert {bytes(name.data()) for name in rows.roleNames().values()} == {b"post", b"thumb"}
    assert rows.data(rows.index(0), POST) is rows.at(0)
    assert rows.data(rows.index(0), THUMB) == f"thumbnail of {state.photos[URL].sha256}"
    assert rows.data(rows.index(1), THUMB) == ""
    assert rows.data(rows.index(0), 0) is None
    assert rows.rowCount(rows.index(0)) == 0


def test_new_posts_join_below_and_a_full_list_takes_no_more(rows):
    rows.fill(desk_post(number) for number in range(LOADED - 1))
    rows.add(desk_post("last"))
    rows.add(desk_post("too many"))
    assert len(rows) == LOADED
    assert names(rows)[-1] == "last"


def test_a_changed_post_stays_in_its_row(rows):
    rows.fill(desk_post(number) for number in range(3))
    told: list[int] = []
    rows.dataChanged.connect(lambda first, _: told.append(first.row()))
    rows.replace(1, desk_post(1, text="edited"))
    assert names(rows) == ["0", "1", "2"]
    assert rows.at(1).post.words.text == "edited"
    assert told == [1]


def test_a_post_is_found_by_its_name_only_where_it_stands(rows):
    rows.fill(desk_post(number) for number in range(3))
    rows.remove(1)
    assert rows.row_of(desk_post(2).uri) == 1
    assert rows.row_of(desk_post(1).uri) == -1
    assert rows.at(-1) is None
    assert rows.at(2) is None


def test_a_thumbnail_that_arrives_is_told_to_the_rows_that_show_it(rows):
    rows.fill([desk_post(1), DeskPost(pictured(2), NOW)])
    told: list[tuple[int, list[int]]] = []
    rows.dataChanged.connect(lambda first, _, roles: told.append((first.row(), list(roles))))
    rows.refresh(rows.at(1).thumbnail)
    assert told == [(1, [THUMB])]


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9), unique=True))
def test_a_mirror_holds_what_it_mirrors_and_moves_no_row_that_stays(before, after):
    mirror = PostRows(lambda _: "")
    mirror.fill(desk_post(number) for number in before)
    kept = {mirror.at(row).uri: mirror.at(row) for row in range(len(mirror))}
    mirror.mirror(desk_post(number) for number in after)
    stay = [str(number) for number in before if number in after]
    assert names(mirror) == stay + [str(number) for number in after if number not in before]
    for row in range(len(stay)):
        assert mirror.at(row) is kept[mirror.at(row).uri]


def test_a_post_belongs_to_the_list_of_its_standing_and_a_deleted_one_to_none():
    assert belongs(standing_approved(), Standing.APPROVED)
    assert not belongs(standing_approved(), Standing.PENDING)
    assert not belongs(None, Standing.PENDING)
    assert not belongs(Tombstone(waiting().uri, NOW), Standing.REJECTED)
