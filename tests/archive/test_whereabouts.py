from __future__ import annotations

import pytest
from factories import ADA, at, post, received
from msgspec.structs import replace

from kiosk.archive.event_file import EventFile
from kiosk.archive.whereabouts import Tally
from kiosk.domain.events import CueShown, PostEchoed, PostReceived, PostSighted
from kiosk.domain.model import Author, Echo, PostUri, Sighting

COPY = post("copy", author=Author("@ada.bsky.social", "Ada Lovelace"), text="Post number 1 — and hello to THE HALL")


@pytest.fixture
def file(tmp_path):
    file = EventFile.open(tmp_path / "event.wall")
    yield file
    file.close()


def met(name: int, source: str, identity: str) -> PostReceived:
    return replace(received(post(name)), sighting=Sighting(source, identity))


def test_posts_are_found_by_the_ids_that_each_source_has_for_them(file):
    file.append(
        [met(1, "a", "7"), met(2, "a", "8"), PostSighted(at=at(1), uri=post(1).uri, sighting=Sighting("b", "8"))]
    )
    assert file.whereabouts.sighted("a", ["7", "8", "9"]) == {"7": post(1).uri, "8": post(2).uri}
    assert file.whereabouts.sighted("b", ["7", "8"]) == {"8": post(1).uri}


def test_posts_are_found_by_the_beginning_of_their_ids(file):
    file.append([met(1, "a", "at://ada/1"), met(2, "a", "at://ada/2"), met(3, "a", "at://adam/1")])
    assert file.whereabouts.sighted_under("a", "at://ada/") == [post(1).uri, post(2).uri]
    assert file.whereabouts.sighted_under("b", "at://ada/") == []


def test_the_original_of_a_copy_is_the_oldest_post_with_its_words(file):
    file.append([received(replace(post(1), created_at=at(60))), received(replace(post(1), uri=PostUri("older")))])
    original = file.whereabouts.original(COPY)
    assert original is not None
    assert original.uri == "older"
    assert file.whereabouts.original(replace(COPY, author=ADA)) is None
    assert file.whereabouts.original(replace(COPY, text="Hi")) is None


def test_a_copy_is_known_by_the_post_that_stands_for_it(file):
    echo = Echo(COPY.uri, COPY.author.handle, Sighting("b", "1"))
    file.append([received(post(1)), PostEchoed(at=at(1), uri=post(1).uri, echo=echo)])
    assert file.whereabouts.echoed(COPY.uri) == post(1).uri
    assert file.whereabouts.echoed(post(1).uri) is None


def test_posts_that_the_wall_has_shown_are_known(file):
    file.append([CueShown(at=at(1), scene="scroll", uris=(post(1).uri, post(2).uri), seconds=1.0)])
    assert file.whereabouts.shown([post(2).uri, post(3).uri]) == file.shown([post(2).uri]) == {post(2).uri}


def test_each_source_is_told_how_many_came_and_how_many_were_shown(file):
    file.append([met(1, "a", "1"), met(2, "a", "2"), met(3, "b", "3")])
    shown = CueShown(at=at(1), scene="scroll", uris=(post(1).uri, post(1).uri), seconds=1.0)
    file.append([shown, shown])
    assert file.whereabouts.tallies() == {"a": Tally(2, 1), "b": Tally(1, 0)}
