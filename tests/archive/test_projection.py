from __future__ import annotations

import pytest
from factories import MET, approved, at, post, received, waiting

from kiosk.archive import schema
from kiosk.archive.event_file import EventFile
from kiosk.archive.projection import TABLES
from kiosk.domain.events import CueShown, EchoLost, Hidden, Pinned, PostDeleted, PostEchoed, Unpinned
from kiosk.domain.model import Echo, PostUri, Sighting

ECHO = Echo(PostUri("at://ada/1"), "@ada.bsky.social", Sighting("bluesky", "at://ada/1"))
EVENTS = [
    received(post(1)),
    received(post(2)),
    PostEchoed(at=at(1), uri=post(1).uri, echo=ECHO),
    CueShown(at=at(2), scene="scroll", uris=(post(1).uri,), seconds=3.0),
    Pinned(at=at(2), by="desk", scene="scroll", every=4),
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "event.wall"


def rows(file: EventFile) -> dict[str, list[tuple[object, ...]]]:
    tables = [table for table in TABLES if not table.startswith("search")]
    return {table: sorted(file._rows(f"SELECT * FROM {table}")) for table in tables}  # noqa: S608  # names of ours


def test_every_table_of_the_projection_can_be_rebuilt_from_the_journal(path):
    file = EventFile.open(path)
    file.append(EVENTS)
    before = rows(file)
    assert all(before.values()), before
    file.rebuild()
    assert rows(file) == before
    file.append([EchoLost(at=at(3), uri=post(1).uri, echo=ECHO.uri), PostDeleted(at=at(4), uri=post(2).uri)])
    assert rows(file)["echoes"] == []
    file.close()


def test_a_file_of_format_1_is_given_its_new_tables_and_loses_nothing(path):
    file = EventFile.open(path)
    file.append(EVENTS)
    wanted = rows(file)
    for table in ("sightings", "wordings", "echoes", "shown", "pin"):
        file._db.execute(f"DROP TABLE {table}")
    file._db.pragma("user_version", 1)
    file.close()
    old = EventFile.open_recording(path)
    assert len(old.journal()) == len(EVENTS), "a recording of the old format still plays"
    assert (old.pinned(), old.shown([post(1).uri])) == (None, set())
    old.close()
    file = EventFile.open(path)
    assert rows(file) == wanted
    assert file._db.pragma("user_version") == schema.VERSION
    file.close()


def test_a_deleted_posts_words_are_kept_nowhere(path):
    file = EventFile.open(path)
    file.append([received(post(1)), PostDeleted(at=at(1), uri=post(1).uri)])
    assert rows(file)["wordings"] == []
    assert file.whereabouts.sighted(MET.source, [MET.local_id]) == {MET.local_id: post(1).uri}
    file.close()


def test_the_newest_pin_stands_until_it_is_taken_away_or_its_post_leaves(path):
    file = EventFile.open(path)
    scene, mine = Pinned(at=at(1), by="desk", scene="clock"), Pinned(at=at(11), by="desk", uri=post(1).uri, every=4)
    file.append([received(post(1)), received(post(2)), approved(waiting(1)), approved(waiting(2)), scene])
    assert file.pinned() == scene
    file.append([mine, Hidden(at=at(12), uri=post(2).uri, by="desk")])
    assert file.pinned() == mine
    file.append([Hidden(at=at(13), uri=post(1).uri, by="desk")])
    assert file.pinned() is None
    file.append([approved(waiting(1), 14)])
    assert file.pinned() is None, "a pin that fell does not come back by itself"
    file.append([scene, Unpinned(at=at(15), by="desk")])
    assert file.pinned() is None
    file.append([mine])
    before = rows(file)
    file.rebuild()
    assert rows(file) == before
    assert file.pinned() == mine
    file.close()
